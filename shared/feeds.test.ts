import { expect, test } from 'vitest';
import { sampleState } from '../testing/sample-state.ts';
import type { TickerFeedView } from './connection.ts';
import { feedRows, quotesFlow, standingOf } from './feeds.ts';
import type { TickerView } from './state.ts';

const quote: TickerView = { last: 1, volume: 1, at: 0, source: 'tick', rate: 0 };
const feed = (symbol: string, changes: Partial<TickerFeedView> = {}): TickerFeedView => ({
  ...{ symbol, feed: 'streaming', kind: 'live', lastTickAt: 1, problem: null },
  ...changes,
});
const base = sampleState();

test('rows follow the watchlist, a ticker like 7203 in its place and one without a quote too', () => {
  const refused = feed('MSFT', { feed: 'refused', kind: null, problem: 'Not subscribed.' });
  const rows = feedRows({
    history: { ...base.history, watchlist: ['KO', '7203', 'MSFT', 'AAPL'] },
    connection: {
      ...base.connection,
      marketData: { ...base.connection.marketData, tickers: [feed('EXTRA'), refused] },
    },
    tickers: { '7203': quote, AAPL: quote, OLD: quote },
  });
  expect(rows.map(({ symbol }) => symbol)).toEqual(['KO', '7203', 'MSFT', 'AAPL', 'EXTRA', 'OLD']);
  expect(rows[2]).toEqual({ symbol: 'MSFT', quote: null, feed: refused });
  expect(rows[0]).toEqual({ symbol: 'KO', quote: null, feed: null });
});

test('a ticker may be called like what every object has', () => {
  const rows = feedRows({ ...base, history: { ...base.history, watchlist: ['constructor'] } });
  expect(rows).toEqual([{ symbol: 'constructor', quote: null, feed: null }]);
});

test('what is polled counts as served once it has spoken, delayed data as delayed', () => {
  expect(standingOf(feed('A', { feed: 'polled', lastTickAt: null }))).toBe('waiting');
  expect(standingOf(feed('A', { feed: 'polled' }))).toBe('live');
  expect(standingOf(feed('A', { kind: 'delayed-frozen' }))).toBe('delayed');
});

test('quotes flow while a session stands, and without a gateway in lightweight mode', () => {
  const connected = { ...base.connection, phase: 'connected' as const };
  expect(quotesFlow(base)).toBe(false);
  expect(quotesFlow({ ...base, connection: connected })).toBe(true);
  expect(quotesFlow({ ...base, app: { ...base.app, source: 'lightweight' } })).toBe(true);
});
