import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../../testing/fake-clock.ts';
import { createMarket } from './market/market.ts';
import { Probe, until } from './testing/probe.ts';
import { historyRequest, marketDataRequest } from './testing/requests.ts';
import { quiet, Stage, turn } from './testing/stage.ts';

describe('faults', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());

  it('refuse: a new connection is refused, an old one stays, and the same port comes back', async () => {
    const { clock, simulator } = await stage.running();
    const old = await stage.greeted(simulator);
    simulator.fault('refuse', { for: 10 });
    await until(() => simulator.state()['listening'] === false);
    await expect(Probe.open(simulator.port)).rejects.toThrow(/ECONNREFUSED/);
    await quiet(old);
    clock.advance(10_000);
    await until(() => simulator.state()['listening'] === true);
    await stage.greeted(simulator, 2);
  });

  it('mute: nothing is said until it ends, then what was asked is answered', async () => {
    const { clock, simulator } = await stage.running();
    const old = await stage.greeted(simulator);
    simulator.fault('mute', { for: 30 });
    old.request('currentTime', { version: 1 });
    const fresh = await stage.silent(simulator);
    fresh.hello();
    await settle();
    clock.advance(20_000);
    await settle();
    expect(old.answers).toEqual([]);
    expect(fresh.bytes).toBe(0);
    clock.advance(10_000);
    await until(() => old.has('currentTime') && fresh.version === 193);
  });

  it('mute for some: only those clients wait, even for their start', async () => {
    const { simulator } = await stage.running();
    const other = await stage.greeted(simulator, 1);
    simulator.fault('mute', { clients: [2] });
    const waiting = await stage.client(simulator, 2, { start: false });
    waiting.request('startApi', { version: 2, clientId: 2, optionalCapabilities: '' });
    await quiet(other);
    expect(waiting.answers).toEqual([]);
    simulator.fault('mute', false);
    await until(() => waiting.has('nextValidId'));
  });

  it('half-open: the connection neither speaks nor closes, and is gone when it ends', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    probe.request('marketData', marketDataRequest(1));
    await until(() => probe.has('tickPrice'));
    simulator.fault('half-open');
    await settle();
    probe.forget();
    probe.request('currentTime', { version: 1 });
    await clock.advanceAsync(60_000, 1000);
    expect(probe.answers).toEqual([]);
    expect(probe.closed).toBe(false);
    simulator.reset();
    await until(() => probe.closed);
    await stage.greeted(simulator, 1);
  });

  it('kill-socket: established connections close, once or again and again', async () => {
    const { clock, simulator } = await stage.running();
    const first = await stage.greeted(simulator);
    simulator.fault('kill-socket', { every: 60 });
    await until(() => first.closed);
    const second = await stage.greeted(simulator);
    clock.advance(59_000);
    await quiet(second);
    clock.advance(1000);
    await until(() => second.closed);
    simulator.fault('kill-socket', false);
    const third = await stage.greeted(simulator);
    clock.advance(120_000);
    await quiet(third);
    expect(third.closed).toBe(false);
  });

  it('client-id-in-use: 326 and the end for those ids, until it is over', async () => {
    const { clock, simulator } = await stage.running();
    simulator.fault('client-id-in-use', { ids: [5], for: 20 });
    const refused = await stage.client(simulator, 5);
    await until(() => refused.closed);
    expect(refused.codes()).toEqual([326]);
    expect(refused.has('nextValidId')).toBe(false);
    await stage.greeted(simulator, 6);
    clock.advance(20_000);
    await stage.greeted(simulator, 5);
  });

  it('link-lost, data kept: 1100, no data, requests wait, 1102 and data flows', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    probe.request('marketData', marketDataRequest(1));
    await until(() => probe.has('tickPrice'));
    simulator.fault('link-lost', { after: 30 });
    await until(() => probe.codes().includes(1100));
    await quiet(probe);
    probe.forget();
    probe.request('contractDetails', {
      ...marketDataRequest(2),
      includeExpired: false,
      secIdType: '',
      secId: '',
      issuerId: '',
    });
    await clock.advanceAsync(29_000, 1000);
    await quiet(probe);
    expect(probe.answers.map((answer) => answer.name)).toEqual(['currentTime']);
    clock.advance(1000);
    await until(() => probe.has('contractDetailsEnd'));
    expect(probe.codes()).toEqual([1102]);
    await turn(clock, () => probe.has('tickSize') || probe.has('tickPrice'), 'ticks again');
  });

  it('link-lost, data lost: 1101, and a line is silent until it is asked for again', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    probe.request('marketData', marketDataRequest(1));
    await until(() => probe.has('tickPrice'));
    simulator.fault('link-lost', { after: 5, restore: 'data-lost' });
    clock.advance(5000);
    await until(() => probe.codes().includes(1101));
    await quiet(probe);
    probe.forget();
    await clock.advanceAsync(10_000, 1000);
    await quiet(probe);
    expect(probe.has('tickPrice') || probe.has('tickSize')).toBe(false);
    probe.request('marketData', marketDataRequest(1));
    await turn(clock, () => probe.has('tickPrice'), 'ticks of the new line');
  });

  it('link-lost, data kept but dead: 1102, and the old line never ticks again', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    probe.request('marketData', marketDataRequest(1));
    await until(() => probe.has('tickPrice'));
    simulator.fault('link-lost', { for: 5, restore: 'data-kept-but-dead' });
    clock.advance(5000);
    await until(() => probe.codes().includes(1102));
    probe.forget();
    probe.request('marketData', marketDataRequest(2));
    await turn(clock, () => probe.all('tickSize').some((tick) => tick.reqId === 2), 'a new line');
    expect(probe.all('tickPrice').some((tick) => tick.reqId === 1)).toBe(false);
    expect(probe.all('tickSize').some((tick) => tick.reqId === 1)).toBe(false);
  });

  it('farm-broken: 2103 and no ticks, 2104 and ticks; another farm goes on', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    probe.request('marketData', marketDataRequest(1));
    probe.request('marketData', {
      ...marketDataRequest(2),
      symbol: 'EUR',
      secType: 'CASH',
      exchange: 'IDEALPRO',
    });
    await until(() => probe.all('tickPrice').some((tick) => tick.reqId === 2));
    await quiet(probe);
    probe.forget();
    simulator.fault('farm-broken', { farm: 'usfarm', for: 20 });
    await turn(clock, () => probe.all('tickPrice').some((tick) => tick.reqId === 2), 'the pair');
    expect(probe.all('tickSize').some((tick) => tick.reqId === 1)).toBe(false);
    expect(probe.codes()).toEqual([2103]);
    await turn(clock, () => probe.all('tickSize').some((tick) => tick.reqId === 1), 'the stock');
    expect(probe.codes()).toEqual([2103, 2104]);
  });

  it('farm-broken: a line asked for meanwhile gets its whole picture when the farm is back', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    simulator.fault('farm-broken', { for: 20 });
    probe.request('marketData', marketDataRequest(1));
    await until(() => probe.has('tickRequestParameters'));
    await clock.advanceAsync(19_000, 1000);
    await quiet(probe);
    expect(probe.has('tickPrice')).toBe(false);
    await turn(
      clock,
      () => probe.all('tickPrice').some((tick) => tick.tickType === 9),
      'the close',
    );
  });

  it('farm-broken with dead feeds: 2104 comes, but the old line stays silent', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    probe.request('marketData', marketDataRequest(1));
    await until(() => probe.has('tickPrice'));
    simulator.fault('farm-broken', { for: 1, dead: true });
    clock.advance(1000);
    await until(() => probe.codes().includes(2104));
    await quiet(probe);
    probe.forget();
    await clock.advanceAsync(20_000, 1000);
    await quiet(probe);
    expect(probe.has('tickPrice') || probe.has('tickSize')).toBe(false);
  });

  it('farm-broken for history: 2105 and 162', async () => {
    const { simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    simulator.fault('farm-broken', { farm: 'ushmds' });
    probe.request('historicalData', historyRequest(1));
    await until(() => probe.codes(1).length > 0);
    expect(probe.codes()).toEqual([2105, 162]);
  });

  it('feed-silent: connected, no tick, no live bar; only for the symbols named', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    simulator.fault('feed-silent', { symbols: ['AAPL'] });
    probe.request('marketData', marketDataRequest(1));
    probe.request('marketData', marketDataRequest(2, { symbol: 'MSFT' }));
    await turn(clock, () => probe.all('tickSize').length > 10, 'ticks of the other');
    expect(probe.all('tickPrice').some((tick) => tick.reqId === 1)).toBe(false);
    await quiet(probe);
  });

  it.each([
    ['pacing-violation', 'pacing violation'],
    ['no-data', 'HMDS query returned no data: AAPL@SMART Trades'],
    ['competing-session', 'Trading TWS session is connected from a different IP address'],
    ['not-subscribed', 'No market data permissions for NASDAQ STK'],
  ] as const)('%s: a historical request gets 162', async (fault, text) => {
    const { simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    simulator.fault(fault, { clients: [1] });
    probe.request('historicalData', historyRequest(9));
    await until(() => probe.codes(9).length > 0);
    expect(probe.codes(9)).toEqual([162]);
    expect(probe.all('error').at(-1)?.text).toContain(text);
    const other = await stage.greeted(simulator, 2);
    other.request('historicalData', historyRequest(9));
    await until(() => other.has('historicalData'));
  });

  it('competing-session: 10197 ends old lines and refuses new ones until it is over', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    probe.request('marketData', marketDataRequest(1));
    await until(() => probe.has('tickPrice'));
    simulator.fault('competing-session', { for: 10 });
    probe.request('marketData', marketDataRequest(2));
    await until(() => probe.codes(1).length + probe.codes(2).length === 2);
    expect([...probe.codes(1), ...probe.codes(2)]).toEqual([10197, 10197]);
    await quiet(probe);
    probe.forget();
    clock.advance(11_000);
    await quiet(probe);
    expect(probe.has('tickSize')).toBe(false);
    probe.request('marketData', marketDataRequest(1));
    await turn(clock, () => probe.has('tickSize'), 'ticks again');
  });

  it('delayed-only: 354 for live data; 10167, type 3 and delayed ticks for those who take them', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    simulator.fault('delayed-only');
    probe.request('marketData', marketDataRequest(1));
    await until(() => probe.codes(1).includes(354));
    probe.request('marketDataType', { version: 1, type: 3 });
    probe.request('marketData', marketDataRequest(2));
    await turn(clock, () => probe.all('tickSize').some((tick) => tick.tickType === 71), 'delayed');
    expect(probe.codes(2)).toEqual([10167]);
    expect(probe.all('marketDataType')).toEqual([{ reqId: 2, type: 3 }]);
    const types = new Set(probe.all('tickPrice').map((tick) => tick.tickType));
    expect([...types].every((type) => type >= 66)).toBe(true);
  });

  it('not-subscribed: 354 for live data, 10168 for delayed data', async () => {
    const { simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    simulator.fault('not-subscribed');
    probe.request('marketData', marketDataRequest(1));
    probe.request('marketDataType', { version: 1, type: 3 });
    probe.request('marketData', marketDataRequest(2));
    await until(() => probe.codes().length === 2);
    expect(probe.codes(1)).toEqual([354]);
    expect(probe.codes(2)).toEqual([10168]);
  });

  it('slow: every answer comes that much later, in order', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    simulator.fault('slow', { ms: 3000 });
    probe.request('currentTime', { version: 1 });
    probe.request('positions', { version: 1 });
    await until(
      () => simulator.log().filter((entry) => entry.message === 'positions').length === 1,
    );
    await settle();
    clock.advance(2900);
    await settle();
    expect(probe.answers).toEqual([]);
    clock.advance(100);
    await until(() => probe.has('positionsEnd'));
    expect(probe.answers[0]?.name).toBe('currentTime');
  });

  it('garbage: one frame nobody can decode, the same for the same seed', async () => {
    const seen: string[] = [];
    for (const seed of [7, 7, 8]) {
      const { simulator } = await stage.running({ seed });
      const probe = await stage.greeted(simulator);
      const raw: Buffer[] = [];
      probe.socket.on('data', (chunk: Buffer) => raw.push(chunk));
      simulator.fault('garbage', { bytes: 32 });
      await until(() => Buffer.concat(raw).length >= 36);
      await until(() => probe.broken.length === 1);
      seen.push(Buffer.concat(raw).toString('hex'));
      await quiet(probe);
    }
    expect(seen[0]).toBe(seen[1]);
    expect(seen[0]).not.toBe(seen[2]);
  });

  it('truncate: a message that is too short, or half a frame and the end', async () => {
    const { simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    simulator.fault('truncate');
    probe.request('managedAccounts', { version: 1 });
    await until(() => probe.broken.length === 1);
    await quiet(probe);
    simulator.fault('truncate', { how: 'socket' });
    probe.request('managedAccounts', { version: 1 });
    await until(() => probe.closed);
    expect(probe.has('managedAccounts')).toBe(false);
  });

  it('truncate: a tick may be the message that is cut', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    probe.request('marketData', marketDataRequest(1));
    await until(() => simulator.sessions()[0]?.lines === 1);
    await quiet(probe);
    simulator.fault('truncate', { how: 'socket' });
    await until(() => {
      clock.advance(250);
      return probe.closed;
    });
    expect(probe.closed).toBe(true);
  });

  it('restart: everyone is closed, nobody gets in while it is down, then the ids are free', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator, 4);
    simulator.fault('restart', { after: 5, down: 30 });
    clock.advance(4999);
    await quiet(probe);
    clock.advance(1);
    await until(() => probe.closed);
    await expect(Probe.open(simulator.port)).rejects.toThrow(/ECONNREFUSED/);
    clock.advance(30_000);
    await until(() => simulator.state()['listening'] === true);
    await stage.greeted(simulator, 4);
  });

  it('restart: reset brings the gateway back at once', async () => {
    const { simulator } = await stage.running();
    simulator.fault('restart', { down: 3600 });
    await until(() => simulator.state()['listening'] === false);
    simulator.reset();
    await until(() => simulator.state()['listening'] === true);
    await stage.greeted(simulator);
  });

  it('clock-skew: the time it tells is wrong by so much', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    simulator.fault('clock-skew', { seconds: -90 });
    await quiet(probe);
    expect(probe.all('currentTime').at(-1)).toEqual({ time: clock.now() / 1000 - 90 });
  });

  it('bar-holes: the bars between two times are missing for those symbols', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    const from = clock.now() - 600_000;
    simulator.fault('bar-holes', { symbols: ['AAPL'], from, to: from + 120_000 });
    probe.request('historicalData', historyRequest(1));
    probe.request('historicalData', historyRequest(2, { symbol: 'MSFT' }));
    await until(() => probe.all('historicalData').length === 2);
    const [holed, whole] = probe.all('historicalData');
    expect(whole?.bars).toHaveLength(30);
    expect(holed?.bars).toHaveLength(28);
    const starts = holed?.bars.map((bar) => Number(bar.date) * 1000) ?? [];
    expect(starts.some((t) => t >= from && t < from + 120_000)).toBe(false);
  });

  it('several together: each does its part', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    simulator.fault('clock-skew', { seconds: 60 });
    simulator.fault('slow', { ms: 1000 });
    simulator.fault('no-data');
    probe.request('historicalData', historyRequest(1));
    probe.request('currentTime', { version: 1 });
    await until(() => simulator.log().some((entry) => entry.message === 'currentTime'));
    const asked = clock.now();
    await turn(clock, () => probe.answers.length === 2, 'both answers');
    expect(probe.codes(1)).toEqual([162]);
    expect(probe.all('currentTime')).toEqual([{ time: asked / 1000 + 60 }]);
    simulator.reset();
    probe.request('historicalData', historyRequest(2));
    await until(() => probe.has('historicalData'));
  });

  it('repeats a state fault for so long every so often', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    simulator.fault('farm-broken', { farm: 'usfuture', for: 10, every: 60 });
    for (let i = 0; i < 3; i++) clock.advance(60_000);
    await quiet(probe);
    expect(probe.codes()).toEqual([2103, 2104, 2103, 2104, 2103, 2104, 2103]);
    simulator.reset();
    await until(() => probe.codes().length === 8);
  });

  it('gives the same run for the same seed and the same commands', async () => {
    const runs: string[] = [];
    for (let i = 0; i < 2; i++) {
      const market = createMarket({ seed: 42, symbols: ['AAPL', 'MSFT'], hours: 'real' });
      const { clock, simulator } = await stage.running({ seed: 42, market });
      const probe = await stage.greeted(simulator);
      const raw: Buffer[] = [];
      probe.socket.on('data', (chunk: Buffer) => raw.push(chunk));
      probe.request('marketData', marketDataRequest(1, { genericTicks: '233' }));
      probe.request('historicalData', historyRequest(2, { duration: '1 D' }));
      await until(() => probe.has('historicalData') && probe.has('tickPrice'));
      simulator.fault('garbage', { every: 3 });
      simulator.fault('feed-silent', { for: 2, every: 5 });
      for (let step = 0; step < 20; step++) clock.advance(1000);
      await quiet(probe);
      runs.push(Buffer.concat(raw).toString('hex'));
    }
    expect(runs[0]?.length).toBeGreaterThan(20_000);
    expect(runs[0]).toBe(runs[1]);
  });
});
