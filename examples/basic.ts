/**
 * Connects to TWS or IB Gateway, reads the account, loads a month of bars and a price, disconnects.
 *
 *     npx tsx examples/basic.ts
 *
 * Host, port and client id come from IB_HOST, IB_PORT and IB_CLIENT_ID, or a `.env` file with them.
 * In a program of your own, import from 'gatehouse'.
 */
import {
  Broker,
  ConnectionError,
  getErrorTips,
  LiveDataFeed,
  withConnection,
} from '../main/library.ts';

try {
  await withConnection({ timeout: 10, retryCount: 2 }, async (manager) => {
    const { host, port, accounts } = manager.getStatus();
    console.log(`Connected to ${host}:${port}, accounts ${accounts?.join(', ')}`);

    const balance = await new Broker(manager).getAccountBalance();
    console.log('Balance:', balance);

    const feed = new LiveDataFeed(manager);
    const bars = await feed.getHistoricalBars('AAPL', '1 M', '1 day');
    console.log(`AAPL: ${bars.length} daily bars, last close ${bars.at(-1)?.close}`);

    console.log('Followed:', await feed.subscribe(['AAPL', 'EUR.USD']));
    while (feed.getLatestPrice('AAPL') === null) await pause(100);
    console.log(`AAPL now: ${feed.getLatestPrice('AAPL')}`);
  });
  console.log('Disconnected.');
} catch (error) {
  if (!(error instanceof ConnectionError)) throw error;
  console.error(error.message);
  const { tips = [] } = getErrorTips(502);
  for (const tip of tips) console.error(`  - ${tip}`);
  process.exitCode = 1;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
