import type { EventEmitter } from 'node:events';
import { BarSizeSetting, type Contract, EventName, IBApi, SecType, WhatToShow } from '@stoqey/ib';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './index.ts';
import { until } from './testing/probe.ts';

type Call = readonly unknown[];

/** Keeps everything @stoqey/ib says, under the name it says it by. */
class Ears {
  readonly api: IBApi;
  readonly #heard = new Map<string, Call[]>();

  constructor(port: number, clientId: number) {
    this.api = new IBApi({ host: '127.0.0.1', port, clientId });
    for (const name of Object.values(EventName)) {
      (this.api as unknown as EventEmitter).on(name, (...call: unknown[]) => {
        const calls = this.#heard.get(name) ?? [];
        calls.push(call);
        this.#heard.set(name, calls);
      });
    }
  }

  heard(name: EventName): readonly Call[] {
    return this.#heard.get(name) ?? [];
  }

  of(name: EventName, reqId: number): readonly Call[] {
    return this.heard(name).filter((call) => call[0] === reqId);
  }

  async hear(name: EventName, reqId?: number): Promise<void> {
    const come = (): boolean =>
      reqId === undefined ? this.heard(name).length > 0 : this.of(name, reqId).length > 0;
    await until(come, `${name} ${reqId ?? ''}`);
  }
}

const aapl: Contract = { symbol: 'AAPL', secType: SecType.STK, exchange: 'SMART', currency: 'USD' };
const eurusd: Contract = {
  symbol: 'EUR',
  secType: SecType.CASH,
  exchange: 'IDEALPRO',
  currency: 'USD',
};
const es: Contract = { symbol: 'ES', secType: SecType.CONTFUT, exchange: 'CME' };

describe('@stoqey/ib, unchanged', () => {
  const running: Simulator[] = [];
  const listening: Ears[] = [];

  async function connected(options: SimulatorOptions = {}) {
    const clock = new FakeClock();
    const simulator = await startSimulator({ clock, ...options });
    running.push(simulator);
    const ears = new Ears(simulator.port, 3);
    listening.push(ears);
    ears.api.connect();
    await ears.hear(EventName.nextValidId);
    return { clock, simulator, ears, api: ears.api };
  }

  afterEach(async () => {
    for (const ears of listening.splice(0)) ears.api.disconnect();
    for (const simulator of running.splice(0)) await simulator.close();
  });

  it('does at 193 everything it is asked to, without one message it cannot decode', async () => {
    const { clock, ears, api, simulator } = await connected();
    expect(ears.heard(EventName.server)[0]?.[0]).toBe(193);
    expect(ears.heard(EventName.managedAccounts)[0]).toEqual(['DU1234567']);
    await until(() => ears.heard(EventName.info).some((call) => call[1] === 2158), 'farm messages');

    api.reqCurrentTime();
    await ears.hear(EventName.currentTime);
    expect(ears.heard(EventName.currentTime)[0]).toEqual([clock.now() / 1000]);

    api.reqPositions();
    api.reqOpenOrders();
    api.reqCompletedOrders(false);
    api.reqExecutions(10, {});
    api.reqAccountUpdates(true, 'DU1234567');
    api.reqAccountSummary(11, 'All', 'NetLiquidation,BuyingPower');
    api.reqAccountUpdatesMulti(12, 'DU1234567', '', false);
    api.reqPositionsMulti(13, 'DU1234567', '');
    await ears.hear(EventName.positionEnd);
    await ears.hear(EventName.openOrderEnd);
    await ears.hear(EventName.completedOrdersEnd);
    await ears.hear(EventName.execDetailsEnd, 10);
    await ears.hear(EventName.accountDownloadEnd);
    await ears.hear(EventName.accountSummaryEnd, 11);
    await until(() => ears.heard(EventName.accountUpdateMultiEnd).length > 0);
    await ears.hear(EventName.positionMultiEnd, 13);
    expect(ears.heard(EventName.position).length).toBeGreaterThan(0);
    expect(ears.of(EventName.accountSummary, 11).map((call) => call[2])).toEqual([
      'NetLiquidation',
      'BuyingPower',
    ]);

    api.reqContractDetails(20, aapl);
    api.reqContractDetails(21, eurusd);
    api.reqContractDetails(22, es);
    api.reqMatchingSymbols(23, 'AM');
    for (const reqId of [20, 21, 22]) await ears.hear(EventName.contractDetailsEnd, reqId);
    await ears.hear(EventName.symbolSamples, 23);
    expect(ears.of(EventName.contractDetails, 20)[0]?.[1]).toMatchObject({
      contract: { symbol: 'AAPL', conId: 265598, primaryExch: 'NASDAQ' },
      timeZoneId: 'US/Eastern',
      stockType: 'COMMON',
      minTick: 0.01,
    });

    api.reqMktData(30, aapl, '233', false, false);
    api.reqMktData(31, eurusd, '', true, false);
    api.reqRealTimeBars(32, aapl, 5, WhatToShow.TRADES, false);
    api.reqHistoricalData(
      40,
      aapl,
      '',
      '2 D',
      BarSizeSetting.MINUTES_FIVE,
      WhatToShow.TRADES,
      1,
      1,
      false,
    );
    api.reqHistoricalData(
      41,
      aapl,
      '',
      '1800 S',
      BarSizeSetting.SECONDS_FIVE,
      WhatToShow.TRADES,
      0,
      2,
      true,
    );
    api.reqHistoricalData(
      42,
      es,
      '',
      '1 M',
      BarSizeSetting.DAYS_ONE,
      WhatToShow.TRADES,
      1,
      2,
      false,
    );
    api.reqHistoricalData(
      43,
      aapl,
      '',
      '5 D',
      BarSizeSetting.DAYS_ONE,
      WhatToShow.SCHEDULE,
      1,
      1,
      false,
    );
    api.reqHeadTimestamp(44, aapl, WhatToShow.TRADES, true, 1);
    await ears.hear(EventName.tickReqParams, 30);
    await ears.hear(EventName.tickSnapshotEnd, 31);
    await ears.hear(EventName.headTimestamp, 44);
    await ears.hear(EventName.historicalSchedule, 43);
    for (const reqId of [40, 41, 42]) {
      await until(() => ears.of(EventName.historicalData, reqId).some(isEnd), `history ${reqId}`);
    }
    expect(ears.of(EventName.historicalData, 40).filter((call) => !isEnd(call))).toHaveLength(
      78 + 6,
    );

    const before = ears.of(EventName.historicalData, 41).filter((call) => !isEnd(call)).length;
    expect(before).toBe(360);
    await until(() => {
      clock.advance(500);
      return (
        ears.of(EventName.historicalDataUpdate, 41).length > 1 &&
        ears.of(EventName.realtimeBar, 32).length > 1 &&
        ears.of(EventName.tickPrice, 30).some((call) => call[1] === 4)
      );
    }, 'live data');

    api.cancelMktData(30);
    api.cancelRealTimeBars(32);
    api.cancelHistoricalData(41);
    api.cancelAccountSummary(11);
    api.cancelPositions();
    await until(() => lines(simulator) === 0, 'no line left');
    await until(() => ears.heard(EventName.error).length > 0, 'the cancelled query');
    const codes = ears.heard(EventName.error).map((call) => call.slice(1, 3));
    expect(codes).toEqual([[162, 41]]);
  });

  it('is answered in the layout of an older server when the gateway is one', async () => {
    for (const serverVersion of [130, 157, 177, 178]) {
      const { ears, api } = await connected({ serverVersion });
      expect(ears.heard(EventName.server)[0]?.[0]).toBe(serverVersion);
      api.reqContractDetails(20, aapl);
      api.reqMktData(30, aapl, '', false, false);
      api.reqHistoricalData(
        40,
        aapl,
        '',
        '1 D',
        BarSizeSetting.MINUTES_FIVE,
        WhatToShow.TRADES,
        1,
        1,
        false,
      );
      api.reqExecutions(10, {});
      await ears.hear(EventName.contractDetailsEnd, 20);
      await ears.hear(EventName.tickPrice, 30);
      await ears.hear(EventName.execDetailsEnd, 10);
      await until(() => ears.of(EventName.historicalData, 40).some(isEnd));
      expect(ears.heard(EventName.error)).toEqual([]);
      expect(ears.of(EventName.contractDetails, 20)[0]?.[1]).toMatchObject({
        contract: { conId: 265598 },
        longName: 'APPLE INC',
      });
    }
  });

  it('is told 200 for a symbol nobody knows and 326 for an id that is taken', async () => {
    const { ears, api, simulator } = await connected();
    api.reqContractDetails(1, { ...aapl, symbol: 'NOSUCH' });
    await ears.hear(EventName.error);
    expect(ears.heard(EventName.error)[0]?.slice(1)).toContain(200);

    const second = new Ears(simulator.port, 3);
    listening.push(second);
    second.api.connect();
    await until(() => second.heard(EventName.info).some((call) => call[1] === 326), '326');
    await second.hear(EventName.disconnected);
  });
});

function isEnd(call: Call): boolean {
  return String(call[1]).startsWith('finished');
}

function lines(simulator: Simulator): number {
  return simulator.sessions().reduce((sum, session) => sum + session.lines, 0);
}
