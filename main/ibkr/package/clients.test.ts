import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/index.ts';
import { quick, until } from '../testing/rig.ts';
import { Broker } from './broker.ts';
import { LiveDataFeed } from './live-data-feed.ts';
import { MarketDataClient } from './market-data-client.ts';

let simulator: Simulator;
const opened: { disconnect(): Promise<void> }[] = [];

beforeEach(async () => {
  simulator = await startSimulator({ marketHours: 'always', ticksPerSecond: 20 });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.disconnect()));
  await simulator.close();
});

function keep<T extends { disconnect(): Promise<void> }>(one: T): T {
  opened.push(one);
  return one;
}

const at = () => ({ ...quick, host: simulator.host, port: simulator.port });

describe('the broker', () => {
  it('reads the balance in numbers while connected, and nothing otherwise', async () => {
    const broker = keep(new Broker(at()));
    expect(await broker.getAccountBalance()).toEqual({});
    expect(await broker.connect()).toBe(true);
    const balance = await broker.getAccountBalance();
    expect(Object.keys(balance).sort()).toEqual([
      'BuyingPower',
      'NetLiquidation',
      'TotalCashValue',
    ]);
    for (const value of Object.values(balance)) expect(value).toBeGreaterThan(0);
    await broker.disconnect();
    expect(broker.isConnected()).toBe(false);
    expect(await broker.getAccountBalance()).toEqual({});
  });

  it('answers false where there is nothing to connect to', async () => {
    simulator.fault('refuse');
    expect(await keep(new Broker(at())).connect(1, 1)).toBe(false);
  });
});

describe('the live feed', () => {
  it('says for each symbol whether it is followed, and gives the latest price', async () => {
    const feed = keep(new LiveDataFeed(at()));
    expect(await feed.subscribe(['AAPL'])).toEqual({ AAPL: false });
    expect(feed.getLatestPrice('AAPL')).toBeNull();
    await feed.connect();
    let calls = 0;
    const followed = await feed.subscribe(['AAPL', 'EUR.USD', 'NOSUCH'], () => calls++);
    expect(followed).toEqual({ AAPL: true, 'EUR.USD': true, NOSUCH: false });
    expect(feed.getSubscribedSymbols()).toEqual(['AAPL', 'EUR.USD']);
    await until('prices come', () => calls > 5 && feed.getLatestData('AAPL')?.last !== null);
    expect(feed.getLatestPrice('AAPL')).toBe(feed.getLatestData('AAPL')?.last);
    await until('a pair has a price', () => feed.getLatestPrice('EUR.USD') !== null);
    feed.unsubscribe(['AAPL']);
    expect(feed.getLatestPrice('AAPL')).toBeNull();
    expect(feed.getSubscribedSymbols()).toEqual(['EUR.USD']);
  });

  it('follows its symbols again after the connection was lost', async () => {
    const feed = keep(new LiveDataFeed(at()));
    await feed.connect();
    let calls = 0;
    await feed.subscribe(['MSFT'], () => calls++);
    await until('data comes', () => calls > 3);
    simulator.fault('kill-socket');
    await until('the loss is seen', () => !feed.isConnected());
    const before = calls;
    await until('data comes again', () => calls > before + 3);
  });

  it('loads bars, a month of days unless told otherwise', async () => {
    const feed = keep(new LiveDataFeed(at()));
    await feed.connect();
    const bars = await feed.getHistoricalBars('AAPL');
    expect(bars.length).toBeGreaterThan(15);
    expect(await feed.getHistoricalBars('NOSUCH')).toEqual([]);
    await expect(feed.getHistoricalBars('AAPL', '1 D', '7 mins')).rejects.toThrow(/7 mins/);
  });
});

/** One price may stand still for a while; of many some move. */
const many = ['AAPL', 'MSFT', 'TSLA', 'NVDA', 'AMZN', 'META', 'SPY', 'QQQ'];
async function points(client: MarketDataClient): Promise<number> {
  const all = await Promise.all(many.map((symbol) => client.getMarketData(symbol)));
  return all.reduce((sum, series) => sum + (series?.close.length ?? 0), 0);
}

describe('the market-data client', () => {
  const config = (data: object = {}) => ({
    api: { tws_endpoint: simulator.host, port: simulator.port },
    market_data: { timeout: 5, retry_attempts: 2, ...data },
  });

  it('answers with series in step for a symbol that has prices', async () => {
    const client = keep(new MarketDataClient(config(), quick));
    expect(await client.connectAndRun()).toBe(true);
    const series = await client.getMarketData('AAPL');
    expect(series?.close.at(-1)).toBeGreaterThan(0);
    const before = await points(client);
    await until('the series grow', async () => (await points(client)) > before + 3);
    const grown = await client.getMarketData('AAPL');
    const columns = [grown?.timestamp, grown?.close, grown?.high, grown?.low, grown?.volume];
    expect(new Set(columns.map((column) => column?.length)).size).toBe(1);
  });

  it('does not wait when IBKR says no', async () => {
    const client = keep(new MarketDataClient(config({ timeout: 600 }), quick));
    await client.connectAndRun();
    expect(await client.getMarketData('NOSUCH')).toBeNull();
    simulator.fault('not-subscribed', { symbols: ['MSFT'] });
    expect(await client.getMarketData('MSFT')).toBeNull();
    expect(await client.getMarketData('AAPL')).not.toBeNull();
  });

  it('gives up after its tries when nothing comes, and asks anew the next time', async () => {
    const client = keep(new MarketDataClient(config({ timeout: 0.3 }), quick));
    await client.connectAndRun();
    simulator.fault('feed-silent', { symbols: ['TSLA'] });
    const asked = () => simulator.log().filter((entry) => entry.message === 'marketData').length;
    const before = asked();
    expect(await client.getMarketData('TSLA')).toBeNull();
    expect(asked() - before).toBe(2);
    simulator.reset();
    await until('it answers', async () => (await client.getMarketData('TSLA')) !== null);
  });

  it('asks for the kind of data it was told to', async () => {
    const types = () =>
      simulator
        .log()
        .filter((entry) => entry.message === 'marketDataType')
        .map((entry) => entry.fields['type']);
    await keep(new MarketDataClient(config(), quick)).connectAndRun();
    await until('the type is asked for', () => types().length === 1);
    await keep(
      new MarketDataClient(config({ data_type: 'realtime' }), { ...quick, clientId: 2 }),
    ).connectAndRun();
    await until('the type is asked for', () => types().length === 2);
    expect(types()).toEqual([3, 1]);
  });

  it('keeps what it has through a loss and goes on', async () => {
    const client = keep(new MarketDataClient(config(), quick));
    await client.connectAndRun();
    const before = await points(client);
    simulator.fault('kill-socket');
    await until('the loss is seen', () => !client.isConnected());
    expect(await points(client)).toBeGreaterThanOrEqual(before);
    await until('the series grow again', async () => (await points(client)) > before + 20);
  });

  it('answers false when there is no gateway, and can be disconnected before it was connected', async () => {
    simulator.fault('refuse');
    const client = new MarketDataClient(config({ timeout: 1, retry_attempts: 1 }), quick);
    await client.disconnect();
    expect(await client.connectAndRun()).toBe(false);
    expect(await client.getMarketData('AAPL')).toBeNull();
  });
});
