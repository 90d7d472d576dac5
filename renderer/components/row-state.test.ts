import { describe, expect, it } from 'vitest';
import type { TickerFeedView } from '../../shared/connection.ts';
import type { FeedRow } from '../../shared/feeds.ts';
import { kindOf, rowState } from './row-state.ts';

const now = 1_000_000;
const patience = 90_000;

function row(feed: Partial<TickerFeedView>, at: number | null = now): FeedRow {
  return {
    symbol: 'AAPL',
    quote: at === null ? null : { last: 1, volume: 1, at, source: 'tick', rate: 0 },
    feed: {
      ...{ symbol: 'AAPL', feed: 'streaming', kind: 'live', lastTickAt: now, problem: null },
      ...feed,
    },
  };
}

describe('a row of the table of feeds', () => {
  it.each<[FeedRow, string, string, string]>([
    [row({}), 'ok', 'fresh', 'live'],
    [row({ feed: 'polled' }), 'ok', 'fresh', 'live, polled'],
    [row({}, now - patience - 1), 'warning', 'stale', 'live'],
    [row({ kind: 'delayed' }), 'warning', 'delayed', 'delayed'],
    [row({ feed: 'refused', kind: null }), 'warning', 'refused', '–'],
    [row({ feed: 'silent' }), 'warning', 'silent', '–'],
    [row({ feed: 'competing-session' }), 'warning', 'taken elsewhere', '–'],
    [row({ feed: 'waiting' }, null), 'working', 'waiting', '–'],
  ])('says how the data comes (%#)', (one, level, word, kind) => {
    expect(rowState(one, true, now, patience)).toEqual([level, word]);
    expect(kindOf(one, true)).toBe(kind);
  });

  it('is not fresh while there is no session, however young its price', () => {
    expect(rowState(row({}), false, now, patience)).toEqual(['paused', 'no session']);
    expect(kindOf(row({}), false)).toBe('–');
  });

  it('shows a ticker without a feed by the age of its bar', () => {
    const bar = { last: 1, volume: 1, at: now - 86_400_000, source: 'bar', rate: 0 } as const;
    const one = { symbol: 'AAPL', feed: null, quote: bar };
    expect(rowState(one, true, now, patience)).toEqual(['paused', 'daily bar']);
  });
});
