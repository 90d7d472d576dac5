/**
 * Two sessions side by side, handlers for losses, a symbol that does not exist, bars in step, and a
 * reconnect on request.
 *
 *     npx tsx examples/advanced.ts
 */
import { ConnectionManager, LiveDataFeed, MarketDataClient } from '../main/library.ts';

// Each session needs a client id of its own.
const trading = new ConnectionManager({ clientId: 11 });
trading.addConnectHandler((how) => console.log(`Session opened (${how}).`));
trading.addDisconnectHandler(() => console.log('Session ended.'));
await trading.connect(10, 2);

const feed = new LiveDataFeed(trading);
console.log('Followed:', await feed.subscribe(['MSFT', 'NOSUCH']));

const { host, port } = trading;
const data = new MarketDataClient(
  {
    api: { tws_endpoint: host, port },
    market_data: { timeout: 15, retry_attempts: 3, data_type: 'delayed' },
  },
  { clientId: 12 },
);
if (await data.connectAndRun()) {
  const series = await data.getMarketData('AAPL');
  console.log(`AAPL: last price ${series?.close.at(-1)}, high ${series?.current_high}`);
}

// The symbols of the feed are followed again in the new session.
console.log('Reconnected:', await trading.reconnect());
while (feed.getLatestPrice('MSFT') === null) {
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.log(`MSFT after the reconnect: ${feed.getLatestPrice('MSFT')}`);

// The handle of @stoqey/ib, for everything this package has no words of its own for.
console.log(`The API speaks server version ${trading.api.serverVersion}.`);

await Promise.all([trading.disconnect(), data.disconnect()]);
console.log('Both sessions are closed.');
