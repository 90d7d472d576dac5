import type { TickerFeedView } from './connection.ts';
import type { State, TickerView } from './state.ts';

/** How the data of one wanted ticker is, for a person. */
export type FeedStanding =
  | 'live'
  | 'frozen'
  | 'delayed'
  | 'waiting'
  | 'silent'
  | 'refused'
  | 'competing-session';

/** One ticker with all that is known of it; null where there is no quote, or no feed. */
export interface FeedRow {
  readonly symbol: string;
  readonly quote: TickerView | null;
  readonly feed: TickerFeedView | null;
}

/** Every ticker in the order of the watchlist, then what else is followed or has a quote. */
export function feedRows(state: Pick<State, 'history' | 'connection' | 'tickers'>): FeedRow[] {
  const feeds = new Map(state.connection.marketData.tickers.map((feed) => [feed.symbol, feed]));
  const symbols = new Set([
    ...state.history.watchlist,
    ...feeds.keys(),
    ...Object.keys(state.tickers),
  ]);
  return [...symbols].map((symbol) => ({
    symbol,
    quote: Object.hasOwn(state.tickers, symbol) ? (state.tickers[symbol] as TickerView) : null,
    feed: feeds.get(symbol) ?? null,
  }));
}

/** Quotes can come at all: from a session that stands, or from no gateway in lightweight mode. */
export function quotesFlow({ app, connection }: Pick<State, 'app' | 'connection'>): boolean {
  return app.source === 'lightweight' || connection.phase === 'connected';
}

export function standingOf({ feed, kind, lastTickAt }: TickerFeedView): FeedStanding {
  switch (feed) {
    case 'streaming':
    case 'polled':
      if (kind === 'delayed' || kind === 'delayed-frozen') return 'delayed';
      if (lastTickAt === null) return 'waiting';
      return kind === 'frozen' ? 'frozen' : 'live';
    case 'off':
      return 'waiting';
    default:
      return feed;
  }
}
