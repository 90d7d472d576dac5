import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { type Simulator, startSimulator } from './index.ts';
import { createMarket } from './market/market.ts';
import { runSimulator, type SimulateReady } from './program.ts';
import { Probe, until } from './testing/probe.ts';
import { historyRequest, marketDataRequest } from './testing/requests.ts';
import { quiet, Stage, turn } from './testing/stage.ts';

/** A Monday, ten in the morning in New York. */
const monday = Date.UTC(2026, 0, 5, 15);

describe('the simulated gateway', () => {
  const stage = new Stage();
  const simulators: Simulator[] = [];
  afterEach(async () => {
    await stage.clear();
    for (const simulator of simulators.splice(0)) await simulator.close();
  });

  async function real(options: Parameters<typeof startSimulator>[0] = {}) {
    const clock = new FakeClock(monday);
    return stage.running({
      market: createMarket({ seed: options.seed ?? 1, hours: 'real', frontMonthAtMs: clock.now() }),
      ...options,
    });
  }

  it('greets as TWS does: accounts, next id, then the farms', async () => {
    const { simulator } = await real({ accounts: ['DU1', 'DU2'] });
    const probe = await stage.client(simulator);
    await until(() => probe.codes().includes(2158));
    expect(probe.answers.slice(0, 2)).toEqual([
      { name: 'managedAccounts', values: { accounts: 'DU1,DU2' } },
      { name: 'nextValidId', values: { orderId: 1 } },
    ]);
    expect(probe.codes()).toEqual([2104, 2104, 2104, 2106, 2158]);
  });

  it('connects farms on demand when it is IB Gateway', async () => {
    const { simulator } = await real({ kind: 'gateway' });
    const probe = await stage.client(simulator);
    await until(() => probe.codes().length === 5);
    expect(probe.codes()).toEqual([2108, 2108, 2108, 2107, 2158]);
    probe.request('historicalData', historyRequest(1));
    probe.request('marketData', marketDataRequest(2));
    await until(() => probe.codes().length === 7);
    expect(probe.all('error').slice(5)).toMatchObject([
      { code: 2106, text: expect.stringContaining('ushmds') },
      { code: 2104, text: expect.stringContaining('usfarm') },
    ]);
  });

  it('negotiates down to the older of both sides', async () => {
    const { simulator } = await real({ serverVersion: 178 });
    for (const [range, version] of [
      ['v100..193', 178],
      ['v100..225', 178],
      ['v157..177', 177],
      ['v120', 120],
    ] as const) {
      const probe = await stage.client(simulator, version, { range, start: false });
      expect(probe.version).toBe(version);
    }
    await expect(startSimulator({ serverVersion: 201 })).rejects.toThrow(/cannot be simulated/);
  });

  it('ticks exactly what its bars tell afterwards', async () => {
    const { clock, simulator } = await real({ ticksPerSecond: 5, limits: false });
    const probe = await stage.greeted(simulator);
    clock.advance(60_000 - (clock.now() % 60_000));
    probe.request('marketData', marketDataRequest(1));
    await until(() => probe.has('tickRequestParameters'));
    await quiet(probe);
    const opening = probe.all('tickPrice').filter((tick) => tick.tickType === 4)[0]?.price;
    probe.forget();
    const from = clock.now();
    for (let i = 0; i < 120; i++) clock.advance(500);
    await quiet(probe);
    const last = probe.all('tickPrice').filter((tick) => tick.tickType === 4);
    const prices = last.map((tick) => tick.price);
    probe.request('historicalData', historyRequest(2, { duration: '60 S', barSize: '1 min' }));
    await until(() => probe.has('historicalData'));
    const bar = probe.all('historicalData')[0]?.bars.at(-1);
    expect(Number(bar?.date) * 1000).toBe(from);
    // A price that repeats is told as a size only, so the first may be the one before.
    const seen = [...(bar?.open === opening ? [opening] : []), ...prices] as number[];
    expect(seen[0]).toBe(bar?.open);
    expect(Math.max(...seen)).toBe(bar?.high);
    expect(Math.min(...seen)).toBe(bar?.low);
    expect(seen.at(-1)).toBe(bar?.close);
  });

  it('sends five-second bars and updates that the finished bars agree with', async () => {
    const { clock, simulator } = await real({ limits: false });
    const probe = await stage.greeted(simulator);
    const { genericTicks: _, ...contract } = marketDataRequest(1);
    probe.request('realTimeBars', {
      ...contract,
      barSize: 5,
      whatToShow: 'TRADES',
      useRegularHours: true,
    });
    probe.request('historicalData', historyRequest(2, { keepUpToDate: true, formatDate: 1 }));
    await until(() => probe.has('historicalData'));
    await turn(clock, () => probe.all('realTimeBar').length >= 24, 'two minutes of bars');
    await turn(clock, () => probe.all('historicalDataUpdate').length >= 24, 'and of updates');
    const updates = probe.all('historicalDataUpdate');
    expect(new Set(updates.map((update) => update.date)).size).toBeGreaterThan(1);
    expect(updates[0]?.date).toMatch(/^20260105 10:0\d:00 US\/Eastern$/);
    probe.request('historicalData', historyRequest(3, { barSize: '5 secs', duration: '300 S' }));
    await until(() => probe.all('historicalData').length === 2);
    const bars = new Map(probe.all('historicalData')[1]?.bars.map((bar) => [bar.date, bar]));
    for (const live of probe.all('realTimeBar')) {
      const { date: _date, ...values } = bars.get(String(live.time)) ?? { date: '' };
      expect(live).toMatchObject(values);
    }
  });

  it('is silent when the market is shut, and tells the hours', async () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 3, 15));
    const simulator = await startSimulator({ clock, marketHours: 'real' });
    simulators.push(simulator);
    const probe = await stage.greeted(simulator);
    probe.request('marketData', marketDataRequest(1));
    await until(() => probe.has('tickPrice'));
    await quiet(probe);
    probe.forget();
    clock.advance(60_000);
    probe.request('contractDetails', {
      ...marketDataRequest(2),
      includeExpired: false,
      secIdType: '',
      secId: '',
      issuerId: '',
    });
    await until(() => probe.has('contractDetailsEnd'));
    expect(probe.has('tickPrice') || probe.has('tickSize')).toBe(false);
    const [details] = probe.all('contractDetails');
    expect(details?.liquidHours).toContain('20260103:CLOSED;20260104:CLOSED');
    expect(details?.liquidHours).toContain('20260105:0930-20260105:1600');
    expect(details?.tradingHours).toContain('20260105:0400-20260105:2000');
  });

  it('tells delayed ticks a quarter of an hour late', async () => {
    const { clock, simulator } = await real();
    const probe = await stage.greeted(simulator);
    simulator.fault('delayed-only');
    probe.request('marketDataType', { version: 1, type: 3 });
    probe.request('marketData', marketDataRequest(1));
    await turn(clock, () => probe.all('tickString').length > 2, 'delayed times');
    const told = probe.all('tickString').filter((tick) => tick.tickType === 88);
    expect(Number(told.at(-1)?.value) * 1000).toBeLessThanOrEqual(clock.now() - 900_000);
  });

  it('runs many at once, each with its own port, seed and clients', async () => {
    const started = await Promise.all(
      Array.from({ length: 8 }, (_, seed) =>
        startSimulator({ clock: new FakeClock(monday), seed, symbols: ['AAPL'] }),
      ),
    );
    simulators.push(...started);
    expect(new Set(started.map((one) => one.port)).size).toBe(8);
    const closes = await Promise.all(
      started.map(async (one) => {
        const probe = await stage.greeted(one);
        probe.request('historicalData', historyRequest(1));
        await until(() => probe.has('historicalData'));
        return probe.all('historicalData')[0]?.bars.at(-1)?.close;
      }),
    );
    expect(new Set(closes).size).toBeGreaterThan(1);
  });

  it('lives faster and elsewhere in time when told to', async () => {
    const clock = new FakeClock(monday);
    const simulator = await startSimulator({ clock, clockOffset: 3600, clockRate: 60 });
    simulators.push(simulator);
    const probe = await stage.greeted(simulator);
    clock.advance(60_000);
    await quiet(probe);
    expect(probe.all('currentTime')[0]).toEqual({ time: monday / 1000 + 3600 + 3600 });
    expect(simulator.now()).toBe(monday + 2 * 3_600_000);
  });

  it('leaves no timer, port or connection behind', async () => {
    const clock = new FakeClock(monday);
    const simulator = await startSimulator({ clock, controlPort: 0 });
    const probe = await stage.greeted(simulator);
    probe.request('marketData', marketDataRequest(1));
    simulator.fault('slow', { every: 5, for: 1 });
    await until(() => probe.has('tickPrice') || simulator.log().length > 1);
    await simulator.close();
    await simulator.close();
    await until(() => probe.closed);
    expect(clock.pending).toBe(0);
    await expect(Probe.open(simulator.port)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('tells its ready line as a program', async () => {
    const lines: SimulateReady[] = [];
    const stop = await runSimulator({ port: 0, seed: 9, clock: new FakeClock(monday) }, (line) =>
      lines.push(line),
    );
    const [line] = lines;
    expect(line).toEqual({
      event: 'ready',
      port: expect.any(Number),
      control: { host: '127.0.0.1', port: expect.any(Number) },
      seed: 9,
    });
    await stage.greeted({ port: line?.port } as Simulator);
    await stop();
  });

  it('says so when the port is taken', async () => {
    const { simulator } = await real();
    await expect(startSimulator({ port: simulator.port })).rejects.toThrow(/EADDRINUSE/);
    await expect(startSimulator({ controlPort: simulator.port })).rejects.toThrow(/EADDRINUSE/);
  });
});
