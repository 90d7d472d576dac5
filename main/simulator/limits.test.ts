import { afterEach, describe, expect, it } from 'vitest';
import { until } from './testing/probe.ts';
import { historyRequest, marketDataRequest } from './testing/requests.ts';
import { quiet, Stage, turn } from './testing/stage.ts';

describe("IBKR's limits", () => {
  const stage = new Stage();
  afterEach(() => stage.clear());

  it('allow 50 messages a second over all clients, then say 100 and refuse', async () => {
    const { clock, simulator } = await stage.running();
    const one = await stage.greeted(simulator, 1);
    const two = await stage.greeted(simulator, 2);
    clock.advance(1000);
    for (let i = 0; i < 25; i++) {
      one.request('currentTime', { version: 1 });
      two.request('currentTime', { version: 1 });
    }
    await until(() => one.all('currentTime').length + two.all('currentTime').length === 50);
    one.request('currentTime', { version: 1 });
    await until(() => one.codes().includes(100));
    expect(one.all('error')[0]).toMatchObject({ reqId: -1, code: 100 });
    expect(one.all('currentTime')).toHaveLength(25);
    clock.advance(1000);
    await quiet(one);
  });

  it('end the connection of who sends too much in three seconds', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    for (let second = 1; second <= 3; second++) {
      clock.advance(1000);
      for (let i = 0; i < 51; i++) probe.request('currentTime', { version: 1 });
      await until(() => probe.codes().length === second || probe.closed);
    }
    await until(() => probe.closed);
  });

  it('make a client that asks for pacing wait instead', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator, 1, { range: 'v100..193 +PACEAPI' });
    clock.advance(1000);
    for (let i = 0; i < 120; i++) probe.request('currentTime', { version: 1 });
    await until(() => probe.all('currentTime').length === 50);
    await turn(clock, () => probe.all('currentTime').length === 120, 'all answers');
    expect(probe.codes()).toEqual([]);
  });

  it('give 100 market data lines, live bars included, and 101 for one more', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    for (let i = 0; i < 99; i++) {
      if (i % 40 === 0) clock.advance(1000);
      probe.request('marketData', marketDataRequest(i));
      if (i % 40 === 39) await until(() => probe.all('marketDataType').length === i + 1);
    }
    await until(() => probe.all('marketDataType').length === 99);
    clock.advance(1000);
    const { genericTicks: _, ...contract } = marketDataRequest(200);
    probe.request('realTimeBars', {
      ...contract,
      barSize: 5,
      whatToShow: 'TRADES',
      useRegularHours: false,
    });
    probe.request('marketData', marketDataRequest(201));
    await until(() => probe.codes(201).length > 0);
    expect(probe.codes(201)).toEqual([101]);
    expect(probe.codes(200)).toEqual([]);
    probe.request('cancelMarketData', { version: 2, reqId: 5 });
    probe.request('marketData', marketDataRequest(202));
    await until(() => probe.all('marketDataType').some((type) => type.reqId === 202));
  });

  it('refuse a ticker id that is in use, and a cancel of one that is not', async () => {
    const { simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    probe.request('marketData', marketDataRequest(1));
    probe.request('marketData', marketDataRequest(1));
    probe.request('cancelMarketData', { version: 2, reqId: 9 });
    probe.request('historicalData', historyRequest(2));
    probe.request('historicalData', historyRequest(2, { duration: '3600 S' }));
    probe.request('cancelHistoricalData', { version: 1, reqId: 8 });
    await quiet(probe);
    expect(probe.codes(1)).toEqual([102]);
    expect(probe.codes(9)).toEqual([300]);
    expect(probe.codes(2)).toEqual([322]);
    expect(probe.codes(8)).toEqual([366]);
  });

  it('take 32 clients and close the next', async () => {
    const { simulator } = await stage.running({ limits: true });
    const probes = await Promise.all(
      Array.from({ length: 32 }, (_, i) => stage.client(simulator, i + 1)),
    );
    expect(probes.every((probe) => !probe.closed)).toBe(true);
    const late = await stage.silent(simulator);
    await until(() => late.closed);
    probes[0]?.close();
    await until(() => simulator.sessions().length === 31);
    await stage.greeted(simulator, 99);
  });

  it('refuse identical small-bar requests within 15 s and six alike in 2 s', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    const small = { barSize: '5 secs' };
    probe.request('historicalData', historyRequest(1, small));
    await until(() => probe.has('historicalData'));
    probe.request('historicalData', historyRequest(2, small));
    await until(() => probe.codes(2).length > 0);
    expect(probe.all('error')[0]?.text).toContain('pacing violation');
    clock.advance(15_001);
    probe.request('historicalData', historyRequest(3, small));
    await until(() => probe.all('historicalData').length === 2);
    clock.advance(2001);
    for (let i = 0; i < 6; i++) {
      probe.request(
        'historicalData',
        historyRequest(10 + i, { ...small, duration: `${60 + i} S` }),
      );
    }
    await until(() => probe.codes(15).length > 0);
    expect(probe.codes(14)).toEqual([]);
    expect(probe.codes(15)).toEqual([162]);
  });

  it('hold no more than 50 historical requests open, kept-up ones included', async () => {
    const { clock, simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    for (let i = 0; i < 51; i++) {
      if (i % 40 === 0) clock.advance(1000);
      probe.request('historicalData', historyRequest(i, { keepUpToDate: true }));
      if (i % 40 === 39) await until(() => probe.all('historicalData').length === i + 1);
    }
    await until(() => probe.codes(50).length > 0);
    expect(probe.codes(50)).toEqual([322]);
    await until(() => probe.all('historicalData').length === 50);
  });

  it('count nothing when they are off', async () => {
    const { simulator } = await stage.running({ limits: false });
    const probe = await stage.greeted(simulator);
    for (let i = 0; i < 150; i++) probe.request('marketData', marketDataRequest(i));
    for (let i = 0; i < 80; i++) {
      probe.request('historicalData', historyRequest(1000 + i, { barSize: '1 secs' }));
    }
    await until(() => probe.all('historicalData').length === 80);
    expect(probe.all('marketDataType')).toHaveLength(150);
    expect(probe.codes()).toEqual([]);
  });
});
