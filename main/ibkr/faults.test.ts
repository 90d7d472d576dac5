import { describe, expect, it, type TestContext } from 'vitest';
import { silentLog } from '../kit/log.ts';
import type { HistoryRequest, HistoryResult } from './ports.ts';
import { fastClock, type Rig, startRig, until } from './testing/rig.ts';

// One test for every fault the simulated gateway knows: what a user sees, and when it heals. Each
// has a gateway of its own, so they can wait side by side.

const symbols = ['AAPL', 'MSFT', 'EUR.USD'];

interface Tried {
  readonly rig: Rig;
  story(): string;
  feedOf(symbol: string): ReturnType<Rig['view']>['marketData']['tickers'][number] | undefined;
  logged(message: string): number;
  bars(symbol: string): Promise<HistoryResult>;
}

async function fresh(context: TestContext, ...args: Parameters<typeof startRig>): Promise<Tried> {
  const rig = await startRig(...args);
  context.onTestFinished(() => rig.close());
  return {
    rig,
    story: () =>
      rig
        .view()
        .timeline.map((entry) => entry.text)
        .join('\n'),
    feedOf: (symbol) => rig.view().marketData.tickers.find((ticker) => ticker.symbol === symbol),
    logged: (message) => rig.simulator.log().filter((entry) => entry.message === message).length,
    bars: (symbol) => rig.service.historical(hour(symbol)),
  };
}

async function running(context: TestContext, ...args: Parameters<typeof startRig>): Promise<Tried> {
  const tried = await fresh(context, ...args);
  const { rig } = tried;
  rig.service.watch(symbols);
  await rig.service.start();
  await rig.connected();
  await rig.flowing(symbols);
  return tried;
}

const hour = (symbol: string): HistoryRequest => ({
  symbol,
  timeframe: '1h',
  end: null,
  duration: '1 D',
  useRth: false,
  priority: 'person',
});

describe('faults of the connection', () => {
  it.concurrent('refuse: says that nothing listens, keeps trying, and heals when it listens again', async (context) => {
    const t = await fresh(context);
    t.rig.simulator.fault('refuse');
    t.rig.service.watch(symbols);
    await t.rig.service.start();
    await t.rig.until('three attempts were made', () => t.rig.view().failedAttempts >= 3);
    const view = t.rig.view();
    expect(view.phase).toBe('connecting');
    expect(t.story()).toMatch(/Nothing listens on 127\.0\.0\.1/);
    expect(view.todo.join()).toMatch(/Start TWS or IB Gateway/);
    expect(view.nextRetryAt).not.toBeNull();
    t.rig.simulator.reset();
    await t.rig.flowing(symbols);
    expect(t.rig.view()).toMatchObject({ phase: 'connected', needsAttention: false, todo: [] });
  });

  it.concurrent('mute: says that nothing is said, blocks nothing, and heals', async (context) => {
    const t = await fresh(context);
    t.rig.simulator.fault('mute');
    await t.rig.service.start();
    await t.rig.until('it is named', () => t.rig.view().reason === 'mute');
    expect(t.rig.view().sentence).toMatch(/accepts the connection but says nothing/);
    const answer = await t.bars('AAPL');
    expect(answer).toMatchObject({ ok: false, reason: 'not-connected' });
    t.rig.simulator.reset();
    await t.rig.connected();
  });

  it.concurrent('half-open: is noticed within the heartbeat, named, and mended by a new connection', async (context) => {
    const t = await running(context);
    t.rig.simulator.fault('half-open');
    await t.rig.until('it is named', () => t.rig.phases.includes('reconnecting half-open'));
    expect(t.story()).toMatch(/half-open/);
    expect(t.rig.service.isOpen()).toBe(false);
    t.rig.simulator.reset();
    await t.rig.flowing(symbols);
  });

  it.concurrent('half-open: is noticed within 15 s with the patience it has by default', async (context) => {
    const t = await fresh(context, { timeouts: {}, clock: fastClock(20) }, { ticksPerSecond: 1 });
    await t.rig.service.start();
    await t.rig.connected();
    const begun = t.rig.service.view().connectedAt ?? 0;
    t.rig.simulator.fault('half-open');
    await t.rig.until('it is named', () => t.rig.phases.includes('reconnecting half-open'));
    const lostAt = t.rig.view().lastDisconnectAt ?? 0;
    // The fast clock makes a millisecond of this machine's hesitation twenty.
    expect(lostAt - begun).toBeLessThan(15_000 + 4000);
    expect(lostAt - begun).toBeGreaterThanOrEqual(14_000 - 1000);
  });

  it.concurrent('kill-socket: reconnects at once with the next id and streams every ticker again', async (context) => {
    const t = await running(context);
    t.rig.simulator.fault('kill-socket');
    await t.rig.until(
      'it is back',
      () => t.rig.view().reconnectCount === 1 && t.rig.service.isOpen(),
    );
    await t.rig.flowing(symbols);
    expect(t.rig.view().clientId).toBe(2);
    expect(t.rig.phases).toContain('reconnecting socket-closed');
    expect(t.rig.simulator.sessions()).toHaveLength(1);
  });

  it.concurrent('client-id-in-use: takes the next id that is free, without a wait to speak of', async (context) => {
    const t = await fresh(context);
    t.rig.simulator.fault('client-id-in-use', { ids: [1, 2, 3] });
    await t.rig.service.start();
    await t.rig.connected();
    expect(t.rig.view()).toMatchObject({ clientId: 4, failedAttempts: 0 });
    expect(t.story()).toMatch(/Client id 1 is in use/);
    expect(t.rig.view().errors.map((error) => error.code)).toEqual([326, 326, 326]);
  });

  it.concurrent('client-id-in-use: a fixed id is waited for', async (context) => {
    const t = await fresh(context, { clientIdPolicy: 'fixed', clientId: 7 });
    t.rig.simulator.fault('client-id-in-use', { ids: [7] });
    await t.rig.service.start();
    await t.rig.until('it is named', () => t.rig.view().reason === 'client-id-in-use');
    expect(t.rig.view().needsAttention).toBe(true);
    t.rig.simulator.reset();
    await t.rig.connected();
    expect(t.rig.view().clientId).toBe(7);
  });

  it.concurrent('restart: all attempts fail while it is down, and the session comes back after it', async (context) => {
    const t = await running(context);
    t.rig.simulator.fault('restart', { down: 2 });
    await t.rig.until('it is down', () => t.rig.view().failedAttempts >= 1);
    await t.rig.flowing(symbols);
    expect(t.rig.view().phase).toBe('connected');
  });

  it.concurrent('garbage: a frame of nonsense is skipped and written to the log; the data goes on', async (context) => {
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (_: object, text: string) => void warnings.push(text) };
    const t = await running(context, { log });
    t.rig.simulator.fault('garbage');
    await t.rig.until('it is logged', () =>
      warnings.some((text) => /could not be read/.test(text)),
    );
    await t.rig.flowing(symbols);
    expect(t.rig.view().reconnectCount).toBe(0);
  });

  it.concurrent('truncate: half a message costs that answer, or that connection, never the program', async (context) => {
    const t = await running(context);
    t.rig.simulator.fault('truncate', { how: 'frame' });
    const lost = await t.rig.service.historical({ ...hour('AAPL'), deadlineMs: 500 });
    expect(lost).toMatchObject({ ok: false, reason: 'timeout' });
    await t.rig.flowing(symbols);
    expect(t.rig.view().reconnectCount).toBe(0);
    t.rig.simulator.fault('truncate', { how: 'socket' });
    expect(await t.bars('MSFT')).toMatchObject({ ok: false, reason: 'not-connected' });
    await t.rig.flowing(symbols);
    expect(t.rig.view().reconnectCount).toBe(1);
  });

  it.concurrent('slow: everything works, later', async (context) => {
    const t = await running(context);
    t.rig.simulator.fault('slow', { ms: 150 });
    await t.rig.flowing(symbols);
    expect(await t.bars('AAPL')).toMatchObject({ ok: true });
    expect(t.rig.view().reconnectCount).toBe(0);
  });

  it.concurrent('clock-skew: the difference is shown, and nothing else changes', async (context) => {
    const t = await fresh(context);
    await t.rig.service.start();
    await t.rig.connected();
    t.rig.simulator.fault('clock-skew', { seconds: 120 });
    await t.rig.until(
      'it is shown',
      () => Math.abs((t.rig.view().clockSkewMs ?? 0) - 120_000) < 5000,
    );
    expect(t.rig.view().phase).toBe('connected');
  });
});

describe('faults between TWS and IBKR', () => {
  it.concurrent('link-lost, data lost: waits on the same socket and requests every ticker again', async (context) => {
    const t = await running(context);
    t.rig.simulator.fault('link-lost', { restore: 'data-lost' });
    await t.rig.until('it is named', () => t.rig.view().reason === 'link-lost');
    expect(t.rig.view()).toMatchObject({ phase: 'disconnected', open: false, transportOpen: true });
    expect(t.rig.view().farms).toEqual([]);
    expect(await t.bars('AAPL')).toMatchObject({ ok: false, reason: 'not-connected' });
    const before = t.logged('marketData');
    t.rig.simulator.reset();
    await t.rig.flowing(symbols);
    expect(t.logged('marketData') - before).toBe(symbols.length);
    expect(t.logged('startApi')).toBe(1);
  });

  it.concurrent('link-lost, data kept: goes on with the same requests', async (context) => {
    const t = await running(context);
    t.rig.simulator.fault('link-lost', { restore: 'data-kept' });
    await t.rig.until('it is named', () => t.rig.view().reason === 'link-lost');
    const before = t.logged('marketData');
    t.rig.simulator.reset();
    await t.rig.flowing(symbols);
    await t.rig.until('the flow is proven', () => t.rig.view().marketData.proof === 'proven');
    expect(t.logged('marketData')).toBe(before);
    expect(t.logged('startApi')).toBe(1);
  });

  it.concurrent('link-lost, data said to be kept but dead: finds out and requests again', async (context) => {
    const t = await running(context);
    t.rig.simulator.fault('link-lost', { restore: 'data-kept-but-dead' });
    await t.rig.until('it is named', () => t.rig.view().reason === 'link-lost');
    t.rig.simulator.reset();
    await t.rig.flowing(symbols);
    await t.rig.until('the flow is proven', () => t.rig.view().marketData.proof === 'proven');
    expect(t.story()).toMatch(/No data came for .*requesting them again/);
  });

  it.concurrent('link-lost: acquiring the session still closes the socket', async (context) => {
    const t = await running(context);
    t.rig.simulator.fault('link-lost');
    await t.rig.until('it is named', () => t.rig.view().reason === 'link-lost');
    await t.rig.service.closeForReservation();
    expect(t.rig.view()).toMatchObject({ reason: 'reserved', transportOpen: false });
    await t.rig.until('the gateway has let go', () => t.rig.simulator.sessions().length === 0);
  });

  it.concurrent('farm-broken: the farm is shown broken, and the flow is proven when it is back', async (context) => {
    const t = await running(context);
    t.rig.simulator.fault('farm-broken', { farm: 'usfarm' });
    await t.rig.until('it is shown', () =>
      t.rig.view().farms.some((farm) => farm.name === 'usfarm' && farm.state === 'broken'),
    );
    expect(t.rig.view().phase).toBe('connected');
    t.rig.simulator.reset();
    await t.rig.until('it is mended', () =>
      t.rig.view().farms.some((farm) => farm.name === 'usfarm' && farm.state === 'ok'),
    );
    await t.rig.flowing(symbols);
    await t.rig.until('the flow is proven', () => t.rig.view().marketData.proof === 'proven');
  });

  it.concurrent('farm-broken: feeds that stay dead after the farm is back are requested again', async (context) => {
    const t = await running(context);
    t.rig.simulator.fault('farm-broken', { farm: 'usfarm', dead: true });
    await t.rig.until('it is shown', () => t.rig.view().farms.some((f) => f.state === 'broken'));
    t.rig.simulator.reset();
    await t.rig.flowing(symbols);
    expect(t.story()).toMatch(/requesting .* again/);
  });

  it.concurrent('competing-session: says who has the data, asks seldom, and takes all back at once', async (context) => {
    const t = await fresh(context);
    t.rig.simulator.fault('competing-session');
    t.rig.service.watch(symbols);
    await t.rig.service.start();
    await t.rig.until('it is shown', () => t.rig.view().marketData.competing);
    expect(t.rig.view().marketData.proof).toBe('idle');
    expect(t.feedOf('AAPL')?.problem).toMatch(/active elsewhere/);
    const before = t.logged('marketData');
    await t.rig.until('it asked again', () => t.logged('marketData') > before);
    expect(t.rig.view().phase).toBe('connected');
    t.rig.simulator.reset();
    await t.rig.flowing(symbols);
    expect(t.rig.view().marketData.competing).toBe(false);
    await t.rig.until('it is proven', () => t.rig.view().marketData.proof === 'proven');
  });
});

describe('faults of the data', () => {
  it.concurrent('feed-silent: a ticker that falls silent is asked for again, marked, and heals', async (context) => {
    const t = await running(context);
    await t.rig.until('it has spoken enough', () => (t.rig.quotes.get('AAPL')?.count ?? 0) > 25);
    t.rig.simulator.fault('feed-silent', { symbols: ['AAPL'] });
    await t.rig.until('it is marked', () => t.feedOf('AAPL')?.feed === 'silent');
    expect(t.story()).toMatch(/AAPL fell silent; requesting it again/);
    expect(t.feedOf('MSFT')?.feed).toBe('streaming');
    expect(t.rig.view().reconnectCount).toBe(0);
    t.rig.simulator.reset();
    await t.rig.flowing(['AAPL']);
    expect(t.feedOf('AAPL')).toMatchObject({ feed: 'streaming', problem: null });
  });

  it.concurrent('feed-silent on everything: one new connection is tried, then patience', async (context) => {
    const t = await fresh(context, {
      flow: { lookMs: 50, proofMs: 300, silentMs: 1000, retryMs: [300], reopenMs: 60_000 },
    });
    t.rig.simulator.fault('feed-silent');
    t.rig.service.watch(symbols);
    await t.rig.service.start();
    await t.rig.until('it was reopened', () => t.rig.phases.includes('reconnecting data-dead'));
    await t.rig.until('all are marked', () =>
      symbols.every((one) => t.feedOf(one)?.feed === 'silent'),
    );
    expect(t.rig.view().marketData.proof).toBe('missing');
    expect(t.rig.view().reconnectCount).toBe(1);
    t.rig.simulator.reset();
    await t.rig.flowing(symbols);
  });

  it.concurrent('pacing-violation: is told apart, and everything waits a while', async (context) => {
    const t = await running(context, { pacing: { penaltyMs: 500, identicalMs: 0 } });
    t.rig.simulator.fault('pacing-violation');
    expect(await t.bars('AAPL')).toMatchObject({ ok: false, reason: 'pacing', code: 162 });
    expect(t.rig.view().pacing.pausedUntil).toBeGreaterThan(Date.now());
    t.rig.simulator.reset();
    expect(await t.bars('AAPL')).toMatchObject({ ok: true });
    expect(t.rig.view().pacing.pausedUntil).toBeNull();
  });

  it.concurrent('no-data: is told apart and holds nothing up', async (context) => {
    const t = await running(context);
    t.rig.simulator.fault('no-data', { symbols: ['AAPL'] });
    const answer = await t.bars('AAPL');
    expect(answer).toMatchObject({ ok: false, reason: 'no-data', code: 162 });
    expect(answer.ok ? '' : answer.message).toMatch(/^1h bars for AAPL/);
    expect(await t.bars('MSFT')).toMatchObject({ ok: true });
  });

  it.concurrent('delayed-only: falls back to delayed quotes and says that they are', async (context) => {
    const t = await fresh(context);
    t.rig.simulator.fault('delayed-only');
    t.rig.service.watch(['AAPL', 'MSFT']);
    await t.rig.service.start();
    await t.rig.flowing(['AAPL', 'MSFT']);
    expect(t.rig.view().marketData.serving).toBe('delayed');
    for (const { at, delayed } of t.rig.quotes.values()) {
      expect(delayed).toBe(true);
      expect(Date.now() - at).toBeGreaterThan(600_000);
    }
    expect(t.story()).toMatch(/delayed quotes are asked for instead/);
  });

  it.concurrent('not-subscribed: says so for quotes and history, with what to do', async (context) => {
    const t = await fresh(context);
    t.rig.simulator.fault('not-subscribed', { symbols: ['AAPL'] });
    t.rig.service.watch(symbols);
    await t.rig.service.start();
    await t.rig.until('it is shown', () => t.feedOf('AAPL')?.feed === 'refused');
    expect(await t.bars('AAPL')).toMatchObject({ ok: false, reason: 'no-permission' });
    await t.rig.flowing(['MSFT', 'EUR.USD']);
    const error = t.rig.view().errors.find((one) => one.symbol === 'AAPL');
    expect(error?.advice.todo.join()).toMatch(/Market Data Subscriptions/);
    t.rig.simulator.reset();
    await t.rig.flowing(['AAPL']);
  });

  it.concurrent('bar-holes: what comes is handed on as it is', async (context) => {
    const t = await running(context);
    const whole = await t.bars('AAPL');
    const times = (whole.ok ? whole.bars : []).map((bar) => bar.t);
    t.rig.simulator.fault('bar-holes', {
      symbols: ['MSFT'],
      from: times[2] ?? 0,
      to: times[4] ?? 0,
    });
    const holed = await t.bars('MSFT');
    const left = (holed.ok ? holed.bars : []).map((bar) => bar.t);
    expect(left).toEqual(times.filter((at) => at !== times[2] && at !== times[3]));
  });

  it.concurrent('an unknown symbol is refused for itself; the others go on', async (context) => {
    const t = await fresh(context);
    t.rig.service.watch([...symbols, 'NOSUCH']);
    await t.rig.service.start();
    await t.rig.flowing(symbols);
    await t.rig.until('it is shown', () => t.feedOf('NOSUCH')?.feed === 'refused');
    expect(t.feedOf('NOSUCH')?.problem).toMatch(/no such security/);
    expect(await t.bars('NOSUCH')).toMatchObject({ ok: false, reason: 'unknown-symbol' });
  });
});

describe('system messages', () => {
  it.concurrent('1300: the next connection goes to the port it names', async (context) => {
    const t = await running(context);
    t.rig.simulator.push({
      code: 1300,
      message: `TWS socket port has been reset. Please reconnect on the new port ${t.rig.simulator.port}`,
    });
    await t.rig.until('a new session stands', () => t.rig.view().reconnectCount === 1);
    await t.rig.flowing(symbols);
  });

  it.concurrent('2104, 2106, 2158: no alarm and no change', async (context) => {
    const t = await running(context);
    const before = t.rig.phases.length;
    for (const code of [2104, 2106, 2158]) {
      t.rig.simulator.push({ code, message: `A farm connection is OK:farm${code}` });
    }
    await t.rig.until('they are shown', () =>
      t.rig.view().farms.some((f) => f.name === 'farm2158'),
    );
    expect(t.rig.phases).toHaveLength(before);
    expect(t.rig.view().errors).toEqual([]);
  });
});

describe('lines', () => {
  it.concurrent('101: the refusal of the gateway is learned from; nothing goes without prices', async (context) => {
    const t = await fresh(
      context,
      { lines: 500, messagesPerSecond: 45, pacing: {} },
      { generated: 104, ticksPerSecond: 4 },
    );
    const many = t.rig.simulator.market.instruments
      .filter((instrument) => instrument.secType === 'STK')
      .map((instrument) => instrument.symbol.replace(' ', '.'))
      .slice(-104);
    t.rig.service.watch(many);
    await t.rig.service.start();
    await t.rig.until('it is refused', () =>
      t.rig.view().errors.some((error) => error.code === 101),
    );
    await t.rig.until('all have prices', () => many.every((one) => t.rig.quotes.has(one)), 25_000);
    expect(t.rig.view().marketData.linesBudget).toBeLessThanOrEqual(100);
    expect(t.story()).toMatch(/IBKR gives \d+ market-data lines at present/);
    expect(t.rig.view().reconnectCount).toBe(0);
  });

  it.concurrent('what has no line by the settings is polled in turn and labelled so', async (context) => {
    const many = ['AAPL', 'MSFT', 'GOOGL', 'AMZN', 'TSLA', 'NVDA'];
    const t = await fresh(context, { lines: 4 });
    t.rig.service.watch(many);
    await t.rig.service.start();
    await t.rig.until(
      'all have prices',
      () => many.every((symbol) => t.rig.quotes.has(symbol)),
      40_000,
    );
    const { tickers, linesUsed, linesBudget } = t.rig.view().marketData;
    expect(linesBudget).toBe(4);
    expect(linesUsed).toBeLessThanOrEqual(4);
    expect(tickers.filter((ticker) => ticker.feed === 'streaming')).toHaveLength(1);
    expect(tickers.filter((ticker) => ticker.feed === 'polled')).toHaveLength(5);
  });
});

describe('the lease', () => {
  it.concurrent('closes before it answers, and takes everything up again afterwards', async (context) => {
    const t = await running(context);
    await t.rig.service.closeForReservation();
    await until('the gateway saw the end', () => t.rig.simulator.sessions().length === 0);
    t.rig.service.connect();
    t.rig.service.reconnect();
    t.rig.service.systemResumed();
    expect(t.rig.view()).toMatchObject({ reason: 'reserved', transportOpen: false });
    t.rig.service.resume();
    await t.rig.flowing(symbols);
  });

  it.concurrent('can be asked for at any moment, also while connecting to a mute gateway', async (context) => {
    const t = await fresh(context);
    t.rig.simulator.fault('mute');
    await t.rig.service.start();
    await t.rig.service.closeForReservation();
    t.rig.simulator.reset();
    expect(t.rig.view().transportOpen).toBe(false);
    t.rig.service.resume();
    await t.rig.connected();
  });
});
