import { useMemo } from 'react';
import { type FeedRow, feedRows } from '../../shared/feeds.ts';
import { useSlice } from './link.ts';

/** Every ticker that is wanted or has a quote, in the order of the watchlist. */
export function useFeedRows(): readonly FeedRow[] {
  const history = useSlice('history');
  const connection = useSlice('connection');
  const tickers = useSlice('tickers');
  return useMemo(() => feedRows({ history, connection, tickers }), [history, connection, tickers]);
}
