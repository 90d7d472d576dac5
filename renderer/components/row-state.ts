import { type FeedRow, standingOf } from '../../shared/feeds.ts';
import type { HealthLevel } from '../../shared/health.ts';

/** A row's state in a word: first whether data can come and does, then how old the price is. */
export function rowState(
  { quote, feed }: FeedRow,
  flows: boolean,
  now: number,
  freshnessMs: number,
): readonly [HealthLevel, string] {
  if (!flows) return ['paused', 'no session'];
  const standing = feed && standingOf(feed);
  switch (standing) {
    case 'refused':
    case 'silent':
      return ['warning', standing];
    case 'competing-session':
      return ['warning', 'taken elsewhere'];
    case 'waiting':
      return ['working', standing];
    case 'delayed':
      return ['warning', standing];
    case 'frozen':
      return ['paused', standing];
    default:
      break;
  }
  if (quote === null) return ['paused', 'no quote'];
  const stale = now - quote.at > freshnessMs;
  // A bar's price is old by nature; only a tick that stopped coming is a worry.
  if (quote.source === 'bar') return stale ? ['paused', 'daily bar'] : ['ok', 'new bar'];
  return stale ? ['warning', 'stale'] : ['ok', 'fresh'];
}

/** What kind of data comes, and how: `live`, `delayed`, `live, polled`. */
export function kindOf({ feed }: FeedRow, flows: boolean): string {
  if (!flows || !feed || (feed.feed !== 'streaming' && feed.feed !== 'polled')) return '–';
  return `${feed.kind ?? 'live'}${feed.feed === 'polled' ? ', polled' : ''}`;
}
