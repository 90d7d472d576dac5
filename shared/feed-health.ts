import type { ConnectionView, FarmView, TickerFeedView } from './connection.ts';
import { type FeedStanding, standingOf } from './feeds.ts';
import { age, plural } from './format.ts';
import type { Health } from './health.ts';
import type { State } from './state.ts';

/** What keeps the data of a session that stands from coming, and what a person can do about it. */
export interface DataTrouble {
  readonly sentence: string;
  readonly todo: readonly string[];
}

/** Trouble with all of the data; that of single tickers stands beside them. */
export function dataTrouble({ phase, marketData }: ConnectionView): DataTrouble | null {
  if (phase !== 'connected') return null;
  if (marketData.competing) {
    return {
      sentence:
        'Another session of this login takes the data; log out there, or log in to TWS here again',
      todo: [
        'Log out of TWS, Client Portal or the phone app elsewhere: the data comes back by itself.',
        'Or take it back: log out of TWS here and log in again.',
        'For a paper account: its live twin must not be logged in on another machine.',
      ],
    };
  }
  const dumb = marketData.tickers.filter((feed) => lacking.has(standingOf(feed)));
  const silent = dumb.filter(({ feed }) => feed === 'silent');
  const everything = dumb.length === marketData.tickers.length;
  const unproven = marketData.proof === 'missing' && (dumb.length > 0 || everything);
  if (silent.length === 0 && !unproven) return null;
  return {
    sentence: `Connected, but no data comes${everything ? '' : ` for ${names(dumb)}`}, though IBKR took the request${dumb.length === 1 ? '' : 's'}`,
    todo: [
      'Nothing for now: what is missing is asked for again by itself, at growing intervals.',
      'If TWS shows no quotes for it either, look at its data farms, and restart TWS or IB Gateway.',
    ],
  };
}

const lacking: ReadonlySet<FeedStanding> = new Set(['waiting', 'silent']);

const farmNames: Readonly<Record<FarmView['kind'], string>> = {
  market: 'market data farm',
  historical: 'history farm',
  definitions: 'farm of contract definitions',
};

/** How the feeds of a session that stands are: only what the session itself has found out. */
export function feedHealth(state: State, now: number): Health {
  const { connection } = state;
  const trouble = dataTrouble(connection);
  const { tickers } = connection.marketData;
  const of = (...wanted: readonly FeedStanding[]) =>
    tickers.filter((feed) => wanted.includes(standingOf(feed))).map(({ symbol }) => symbol);
  const served = of('live', 'frozen', 'delayed');
  const delayed = of('delayed');
  const failing = [
    about(of('refused'), 'refused'),
    about(of('silent'), 'silent'),
    ...connection.farms
      .filter((farm) => farm.state === 'broken')
      .map((farm) => `the ${farmNames[farm.kind]} ${farm.name} is broken`),
  ].filter((part) => part !== null);
  if (trouble && (connection.marketData.competing || served.length === 0)) {
    return { level: 'warning', headline: trouble.sentence };
  }
  const first = opening(served, delayed, of('frozen'), tickers.length, failing.length > 0);
  if (failing.length > 0) return { level: 'warning', headline: [first, ...failing].join('; ') };
  if (trouble) return { level: 'warning', headline: trouble.sentence };
  if (served.length === 0 && tickers.some(({ lastTickAt }) => lastTickAt !== null)) {
    return { level: 'working', headline: 'Every ticker was asked for again; waiting for ticks' };
  }
  const oldest = oldestOf(state, served);
  return {
    level: delayed.length > 0 ? 'warning' : 'ok',
    headline: oldest === null ? first : `${first}, the oldest tick ${age(now - oldest)} ago`,
  };
}

function opening(
  served: readonly string[],
  delayed: readonly string[],
  frozen: readonly string[],
  total: number,
  failing: boolean,
): string {
  if (delayed.length > 0) return `Delayed: ${countOf(delayed.length, total)}`;
  if (served.length === 0) {
    return failing
      ? `No data for ${total === 1 ? 'the ticker' : `any of ${total} tickers`}`
      : 'Live: the session stands, no tick has come yet';
  }
  if (frozen.length > 0) return `Frozen: ${countOf(frozen.length, total)}`;
  return served.length === total
    ? `Live: ${plural(total, 'feed')}`
    : `${countOf(served.length, total)} live`;
}

function countOf(count: number, total: number): string {
  return count === total ? plural(total, 'feed') : `${count} of ${plural(total, 'feed')}`;
}

function about(symbols: readonly string[], what: string): string | null {
  if (symbols.length === 0) return null;
  return `${named(symbols)} ${symbols.length === 1 ? 'is' : 'are'} ${what}`;
}

function names(feeds: readonly TickerFeedView[]): string {
  return named(feeds.map(({ symbol }) => symbol));
}

function named(symbols: readonly string[]): string {
  return symbols.length > 2 ? plural(symbols.length, 'ticker') : symbols.join(' and ');
}

function oldestOf(state: State, symbols: readonly string[]): number | null {
  const times = symbols.flatMap((symbol) => {
    const quote = state.tickers[symbol];
    return quote?.source === 'tick' ? [quote.at] : [];
  });
  return times.length === 0 ? null : Math.min(...times);
}
