/** What `import … from 'gatehouse'` offers. */
export { getErrorTips } from '../shared/advice/index.ts';
export type { Bar, Timeframe } from '../shared/bar.ts';
export type { ConnectionPhase, ConnectionReason, ConnectionView } from '../shared/connection.ts';
export type { MarketSeries } from './ibkr/market/series.ts';
export { type AccountBalance, Broker } from './ibkr/package/broker.ts';
export {
  ConnectionError,
  ConnectionManager,
  type ConnectionManagerOptions,
  type ConnectionStatus,
  withConnection,
} from './ibkr/package/connection-manager.ts';
export { type LatestData, LiveDataFeed } from './ibkr/package/live-data-feed.ts';
export { MarketDataClient, type MarketDataConfig } from './ibkr/package/market-data-client.ts';
