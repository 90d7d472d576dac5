import { afterEach, describe, expect, it } from 'vitest';
import { silentLog } from '../kit/log.ts';
import type { HistoryRequest } from './ports.ts';
import { fastClock, type Rig, startRig, until } from './testing/rig.ts';

// One test for every fault the simulated gateway knows: what a user sees, and when it heals.

const symbols = ['AAPL', 'MSFT', 'EUR.USD'];
let rig: Rig;
afterEach(() => rig.close());

async function running(...args: Parameters<typeof startRig>): Promise<void> {
  rig = await startRig(...args);
  rig.service.watch(symbols);
  await rig.service.start();
  await rig.connected();
  await rig.flowing(symbols);
}

const story = (): string =>
  rig
    .view()
    .timeline.map((entry) => entry.text)
    .join('\n');
const feedOf = (symbol: string) =>
  rig.view().marketData.tickers.find((ticker) => ticker.symbol === symbol);
const logged = (message: string) =>
  rig.simulator.log().filter((entry) => entry.message === message).length;
const hour = (symbol: string): HistoryRequest => ({
  symbol,
  timeframe: '1h',
  end: null,
  duration: '1 D',
  useRth: false,
  priority: 'person',
});
const bars = (symbol: string) => rig.service.historical(hour(symbol));

describe('faults of the connection', () => {
  it('refuse: says that nothing listens, keeps trying, and heals when it listens again', async () => {
    rig = await startRig();
    rig.simulator.fault('refuse');
    rig.service.watch(symbols);
    await rig.service.start();
    await rig.until('three attempts were made', () => rig.view().failedAttempts >= 3);
    const view = rig.view();
    expect(view.phase).toBe('connecting');
    expect(story()).toMatch(/Nothing listens on 127\.0\.0\.1/);
    expect(view.todo.join()).toMatch(/Start TWS or IB Gateway/);
    expect(view.nextRetryAt).not.toBeNull();
    rig.simulator.reset();
    await rig.flowing(symbols);
    expect(rig.view()).toMatchObject({ phase: 'connected', needsAttention: false, todo: [] });
  });

  it('mute: says that nothing is said, blocks nothing, and heals', async () => {
    rig = await startRig();
    rig.simulator.fault('mute');
    await rig.service.start();
    await rig.until('it is named', () => rig.view().reason === 'mute');
    expect(rig.view().sentence).toMatch(/accepts the connection but says nothing/);
    const answer = await bars('AAPL');
    expect(answer).toMatchObject({ ok: false, reason: 'not-connected' });
    rig.simulator.reset();
    await rig.connected();
  });

  it('half-open: is noticed within the heartbeat, named, and mended by a new connection', async () => {
    await running();
    rig.simulator.fault('half-open');
    await rig.until('it is named', () => rig.phases.includes('reconnecting half-open'));
    expect(story()).toMatch(/half-open/);
    expect(rig.service.isOpen()).toBe(false);
    rig.simulator.reset();
    await rig.flowing(symbols);
  });

  it('half-open: is noticed within 15 s with the patience it has by default', async () => {
    rig = await startRig({ timeouts: {}, clock: fastClock(20) }, { ticksPerSecond: 1 });
    await rig.service.start();
    await rig.connected();
    const begun = rig.service.view().connectedAt ?? 0;
    rig.simulator.fault('half-open');
    await rig.until('it is named', () => rig.phases.includes('reconnecting half-open'));
    const lostAt = rig.view().lastDisconnectAt ?? 0;
    // The fast clock makes a millisecond of this machine's hesitation twenty.
    expect(lostAt - begun).toBeLessThan(15_000 + 4000);
    expect(lostAt - begun).toBeGreaterThanOrEqual(14_000 - 1000);
  });

  it('kill-socket: reconnects at once with the next id and streams every ticker again', async () => {
    await running();
    rig.simulator.fault('kill-socket');
    await rig.until('it is back', () => rig.view().reconnectCount === 1 && rig.service.isOpen());
    await rig.flowing(symbols);
    expect(rig.view().clientId).toBe(2);
    expect(rig.phases).toContain('reconnecting socket-closed');
    expect(rig.simulator.sessions()).toHaveLength(1);
  });

  it('client-id-in-use: takes the next id that is free, without a wait to speak of', async () => {
    rig = await startRig();
    rig.simulator.fault('client-id-in-use', { ids: [1, 2, 3] });
    await rig.service.start();
    await rig.connected();
    expect(rig.view()).toMatchObject({ clientId: 4, failedAttempts: 0 });
    expect(story()).toMatch(/Client id 1 is in use/);
    expect(rig.view().errors.map((error) => error.code)).toEqual([326, 326, 326]);
  });

  it('client-id-in-use: a fixed id is waited for', async () => {
    rig = await startRig({ clientIdPolicy: 'fixed', clientId: 7 });
    rig.simulator.fault('client-id-in-use', { ids: [7] });
    await rig.service.start();
    await rig.until('it is named', () => rig.view().reason === 'client-id-in-use');
    expect(rig.view().needsAttention).toBe(true);
    rig.simulator.reset();
    await rig.connected();
    expect(rig.view().clientId).toBe(7);
  });

  it('restart: all attempts fail while it is down, and the session comes back after it', async () => {
    await running();
    rig.simulator.fault('restart', { down: 1 });
    await rig.until('it is down', () => rig.view().failedAttempts >= 1);
    await rig.flowing(symbols);
    expect(rig.view().phase).toBe('connected');
  });

  it('garbage: a frame of nonsense is skipped and written to the log; the data goes on', async () => {
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (_: object, text: string) => void warnings.push(text) };
    await running({ log });
    rig.simulator.fault('garbage');
    await rig.until('it is logged', () => warnings.some((text) => /could not be read/.test(text)));
    await rig.flowing(symbols);
    expect(rig.view().reconnectCount).toBe(0);
  });

  it('truncate: half a message costs that answer, or that connection, never the program', async () => {
    await running();
    rig.simulator.fault('truncate', { how: 'frame' });
    const lost = await rig.service.historical({ ...hour('AAPL'), deadlineMs: 500 });
    expect(lost).toMatchObject({ ok: false, reason: 'timeout' });
    await rig.flowing(symbols);
    expect(rig.view().reconnectCount).toBe(0);
    rig.simulator.fault('truncate', { how: 'socket' });
    expect(await bars('MSFT')).toMatchObject({ ok: false, reason: 'not-connected' });
    await rig.flowing(symbols);
    expect(rig.view().reconnectCount).toBe(1);
  });

  it('slow: everything works, later', async () => {
    await running();
    rig.simulator.fault('slow', { ms: 150 });
    await rig.flowing(symbols);
    expect(await bars('AAPL')).toMatchObject({ ok: true });
    expect(rig.view().reconnectCount).toBe(0);
  });

  it('clock-skew: the difference is shown, and nothing else changes', async () => {
    rig = await startRig();
    await rig.service.start();
    await rig.connected();
    rig.simulator.fault('clock-skew', { seconds: 120 });
    await rig.until('it is shown', () => Math.abs((rig.view().clockSkewMs ?? 0) - 120_000) < 5000);
    expect(rig.view().phase).toBe('connected');
  });
});

describe('faults between TWS and IBKR', () => {
  it('link-lost, data lost: waits on the same socket and requests every ticker again', async () => {
    await running();
    rig.simulator.fault('link-lost', { restore: 'data-lost' });
    await rig.until('it is named', () => rig.view().reason === 'link-lost');
    expect(rig.view()).toMatchObject({ phase: 'disconnected', open: false, transportOpen: true });
    expect(await bars('AAPL')).toMatchObject({ ok: false, reason: 'not-connected' });
    const before = logged('marketData');
    rig.simulator.reset();
    await rig.flowing(symbols);
    expect(logged('marketData') - before).toBe(symbols.length);
    expect(logged('startApi')).toBe(1);
  });

  it('link-lost, data kept: goes on with the same requests', async () => {
    await running();
    rig.simulator.fault('link-lost', { restore: 'data-kept' });
    await rig.until('it is named', () => rig.view().reason === 'link-lost');
    const before = logged('marketData');
    rig.simulator.reset();
    await rig.flowing(symbols);
    await rig.until('the flow is proven', () => rig.view().marketData.proof === 'proven');
    expect(logged('marketData')).toBe(before);
    expect(logged('startApi')).toBe(1);
  });

  it('link-lost, data said to be kept but dead: finds out and requests again', async () => {
    await running();
    rig.simulator.fault('link-lost', { restore: 'data-kept-but-dead' });
    await rig.until('it is named', () => rig.view().reason === 'link-lost');
    rig.simulator.reset();
    await rig.flowing(symbols);
    await rig.until('the flow is proven', () => rig.view().marketData.proof === 'proven');
    expect(story()).toMatch(/No data came for .*requesting them again/);
  });

  it('link-lost: acquiring the session still closes the socket', async () => {
    await running();
    rig.simulator.fault('link-lost');
    await rig.until('it is named', () => rig.view().reason === 'link-lost');
    await rig.service.closeForReservation();
    expect(rig.view()).toMatchObject({ reason: 'reserved', transportOpen: false });
    await rig.until('the gateway has let go', () => rig.simulator.sessions().length === 0);
  });

  it('farm-broken: the farm is shown broken, and the flow is proven when it is back', async () => {
    await running();
    rig.simulator.fault('farm-broken', { farm: 'usfarm' });
    await rig.until('it is shown', () =>
      rig.view().farms.some((farm) => farm.name === 'usfarm' && farm.state === 'broken'),
    );
    expect(rig.view().phase).toBe('connected');
    rig.simulator.reset();
    await rig.until('it is mended', () =>
      rig.view().farms.some((farm) => farm.name === 'usfarm' && farm.state === 'ok'),
    );
    await rig.flowing(symbols);
    await rig.until('the flow is proven', () => rig.view().marketData.proof === 'proven');
  });

  it('farm-broken: feeds that stay dead after the farm is back are requested again', async () => {
    await running();
    rig.simulator.fault('farm-broken', { farm: 'usfarm', dead: true });
    await rig.until('it is shown', () => rig.view().farms.some((f) => f.state === 'broken'));
    rig.simulator.reset();
    await rig.flowing(symbols);
    expect(story()).toMatch(/requesting .* again/);
  });

  it('competing-session: says who has the data, asks seldom, and takes all back at once', async () => {
    rig = await startRig();
    rig.simulator.fault('competing-session');
    rig.service.watch(symbols);
    await rig.service.start();
    await rig.until('it is shown', () => rig.view().marketData.competing);
    expect(feedOf('AAPL')?.problem).toMatch(/active elsewhere/);
    const before = logged('marketData');
    await rig.until('it asked again', () => logged('marketData') > before);
    expect(rig.view().phase).toBe('connected');
    rig.simulator.reset();
    await rig.flowing(symbols);
    expect(rig.view().marketData.competing).toBe(false);
  });
});

describe('faults of the data', () => {
  it('feed-silent: a ticker that falls silent is asked for again, marked, and heals', async () => {
    await running();
    await rig.until('it has spoken enough', () => (rig.quotes.get('AAPL')?.count ?? 0) > 25);
    rig.simulator.fault('feed-silent', { symbols: ['AAPL'] });
    await rig.until('it is marked', () => feedOf('AAPL')?.feed === 'silent');
    expect(story()).toMatch(/AAPL fell silent; requesting it again/);
    expect(feedOf('MSFT')?.feed).toBe('streaming');
    expect(rig.view().reconnectCount).toBe(0);
    rig.simulator.reset();
    await rig.flowing(['AAPL']);
    expect(feedOf('AAPL')).toMatchObject({ feed: 'streaming', problem: null });
  });

  it('feed-silent on everything: one new connection is tried, then patience', async () => {
    rig = await startRig({
      flow: { lookMs: 50, proofMs: 300, silentMs: 1000, retryMs: [300], reopenMs: 60_000 },
    });
    rig.simulator.fault('feed-silent');
    rig.service.watch(symbols);
    await rig.service.start();
    await rig.until('it was reopened', () => rig.phases.includes('reconnecting data-dead'));
    await rig.until('all are marked', () => symbols.every((one) => feedOf(one)?.feed === 'silent'));
    expect(rig.view().marketData.proof).toBe('missing');
    expect(rig.view().reconnectCount).toBe(1);
    rig.simulator.reset();
    await rig.flowing(symbols);
  });

  it('pacing-violation: is told apart, and everything waits a while', async () => {
    await running({ pacing: { penaltyMs: 500, identicalMs: 0 } });
    rig.simulator.fault('pacing-violation');
    expect(await bars('AAPL')).toMatchObject({ ok: false, reason: 'pacing', code: 162 });
    expect(rig.view().pacing.pausedUntil).toBeGreaterThan(Date.now());
    rig.simulator.reset();
    expect(await bars('AAPL')).toMatchObject({ ok: true });
    expect(rig.view().pacing.pausedUntil).toBeNull();
  });

  it('no-data: is told apart and holds nothing up', async () => {
    await running();
    rig.simulator.fault('no-data', { symbols: ['AAPL'] });
    const answer = await bars('AAPL');
    expect(answer).toMatchObject({ ok: false, reason: 'no-data', code: 162 });
    expect(answer.ok ? '' : answer.message).toMatch(/^1h bars for AAPL/);
    expect(await bars('MSFT')).toMatchObject({ ok: true });
  });

  it('delayed-only: falls back to delayed quotes and says that they are', async () => {
    rig = await startRig();
    rig.simulator.fault('delayed-only');
    rig.service.watch(['AAPL', 'MSFT']);
    await rig.service.start();
    await rig.flowing(['AAPL', 'MSFT']);
    expect(rig.view().marketData.serving).toBe('delayed');
    expect(story()).toMatch(/delayed quotes are asked for instead/);
  });

  it('not-subscribed: says so for quotes and history, with what to do', async () => {
    rig = await startRig();
    rig.simulator.fault('not-subscribed', { symbols: ['AAPL'] });
    rig.service.watch(symbols);
    await rig.service.start();
    await rig.until('it is shown', () => feedOf('AAPL')?.feed === 'refused');
    expect(await bars('AAPL')).toMatchObject({ ok: false, reason: 'no-permission' });
    await rig.flowing(['MSFT', 'EUR.USD']);
    const error = rig.view().errors.find((one) => one.symbol === 'AAPL');
    expect(error?.advice.todo.join()).toMatch(/Market Data Subscriptions/);
    rig.simulator.reset();
    await rig.flowing(['AAPL']);
  });

  it('bar-holes: what comes is handed on as it is', async () => {
    await running();
    const whole = await bars('AAPL');
    const t = (whole.ok ? whole.bars : []).map((bar) => bar.t);
    rig.simulator.fault('bar-holes', { symbols: ['MSFT'], from: t[2] ?? 0, to: t[4] ?? 0 });
    const holed = await bars('MSFT');
    const left = (holed.ok ? holed.bars : []).map((bar) => bar.t);
    expect(left).toEqual(t.filter((at) => at !== t[2] && at !== t[3]));
  });

  it('an unknown symbol is refused for itself; the others go on', async () => {
    rig = await startRig();
    rig.service.watch([...symbols, 'NOSUCH']);
    await rig.service.start();
    await rig.flowing(symbols);
    await rig.until('it is shown', () => feedOf('NOSUCH')?.feed === 'refused');
    expect(feedOf('NOSUCH')?.problem).toMatch(/no such security/);
    expect(await bars('NOSUCH')).toMatchObject({ ok: false, reason: 'unknown-symbol' });
  });
});

describe('system messages', () => {
  it('1300: the next connection goes to the port it names', async () => {
    await running();
    rig.simulator.push({
      code: 1300,
      message: `TWS socket port has been reset. Please reconnect on the new port ${rig.simulator.port}`,
    });
    await rig.until('a new session stands', () => rig.view().reconnectCount === 1);
    await rig.flowing(symbols);
  });

  it('2104, 2106, 2158: no alarm and no change', async () => {
    await running();
    const before = rig.phases.length;
    for (const code of [2104, 2106, 2158]) {
      rig.simulator.push({ code, message: `A farm connection is OK:farm${code}` });
    }
    await rig.until('they are shown', () => rig.view().farms.some((f) => f.name === 'farm2158'));
    expect(rig.phases).toHaveLength(before);
    expect(rig.view().errors).toEqual([]);
  });
});

describe('lines', () => {
  it('101: the refusal of the gateway is learned from; nothing goes without prices', async () => {
    rig = await startRig(
      { lines: 500, messagesPerSecond: 45, pacing: {} },
      { generated: 104, ticksPerSecond: 4 },
    );
    const many = rig.simulator.market.instruments
      .filter((instrument) => instrument.secType === 'STK')
      .map((instrument) => instrument.symbol.replace(' ', '.'))
      .slice(-104);
    rig.service.watch(many);
    await rig.service.start();
    await rig.until('it is refused', () => rig.view().errors.some((error) => error.code === 101));
    await rig.until('all have prices', () => many.every((one) => rig.quotes.has(one)), 25_000);
    expect(rig.view().marketData.linesBudget).toBeLessThanOrEqual(100);
    expect(story()).toMatch(/IBKR gives \d+ market-data lines at present/);
    expect(rig.view().reconnectCount).toBe(0);
  });

  it('what has no line by the settings is polled in turn and labelled so', async () => {
    const many = ['AAPL', 'MSFT', 'GOOGL', 'AMZN', 'TSLA', 'NVDA'];
    rig = await startRig({ lines: 4 });
    rig.service.watch(many);
    await rig.service.start();
    await rig.until(
      'all have prices',
      () => many.every((symbol) => rig.quotes.has(symbol)),
      40_000,
    );
    const { tickers, linesUsed, linesBudget } = rig.view().marketData;
    expect(linesBudget).toBe(4);
    expect(linesUsed).toBeLessThanOrEqual(4);
    expect(tickers.filter((ticker) => ticker.feed === 'streaming')).toHaveLength(1);
    expect(tickers.filter((ticker) => ticker.feed === 'polled')).toHaveLength(5);
  });
});

describe('the lease', () => {
  it('closes before it answers, and takes everything up again afterwards', async () => {
    await running();
    await rig.service.closeForReservation();
    await until('the gateway saw the end', () => rig.simulator.sessions().length === 0);
    rig.service.connect();
    rig.service.reconnect();
    rig.service.systemResumed();
    expect(rig.view()).toMatchObject({ reason: 'reserved', transportOpen: false });
    rig.service.resume();
    await rig.flowing(symbols);
  });

  it('can be asked for at any moment, also while connecting to a mute gateway', async () => {
    rig = await startRig();
    rig.simulator.fault('mute');
    await rig.service.start();
    await rig.service.closeForReservation();
    rig.simulator.reset();
    expect(rig.view().transportOpen).toBe(false);
    rig.service.resume();
    await rig.connected();
  });
});
