import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { readRequest } from './protocol/decode.ts';
import { type RequestName, requests } from './protocol/requests.ts';
import { newestVersion, oldestVersion } from './protocol/versions.ts';

interface StoqeyEncoder {
  [method: string]: (...values: readonly unknown[]) => void;
}

const { Encoder } = createRequire(import.meta.url)('@stoqey/ib/dist/core/io/encoder.js') as {
  Encoder: new (callback: object) => StoqeyEncoder;
};

const contract = {
  conId: 265598,
  symbol: 'AAPL',
  secType: 'STK',
  exchange: 'SMART',
  primaryExch: 'NASDAQ',
  currency: 'USD',
};
const combination = {
  ...contract,
  secType: 'BAG',
  comboLegs: [
    { conId: 1, ratio: 1, action: 'BUY', exchange: 'SMART' },
    { conId: 2, ratio: 2, action: 'SELL', exchange: 'SMART' },
  ],
};
const queried = { conId: 265598, symbol: 'AAPL', exchange: 'SMART', primaryExchange: 'NASDAQ' };

/** What @stoqey/ib is asked to write, and what must be read of it, from which version on it writes it. */
const calls: readonly {
  readonly name: RequestName;
  readonly method: string;
  readonly values: readonly unknown[];
  readonly read: object;
  readonly from?: number;
}[] = [
  {
    name: 'marketData',
    method: 'reqMktData',
    values: [7, contract, '233', true, false],
    read: { reqId: 7, ...queried, genericTicks: '233', snapshot: true },
  },
  {
    name: 'marketData',
    method: 'reqMktData',
    values: [8, combination, '', false, false],
    read: { reqId: 8, legs: combination.comboLegs, snapshot: false },
  },
  { name: 'cancelMarketData', method: 'cancelMktData', values: [7], read: { reqId: 7 } },
  {
    name: 'historicalData',
    method: 'reqHistoricalData',
    values: [9, contract, '20260105-15:00:00', '2 D', '5 mins', 'TRADES', 1, 2, false],
    read: {
      reqId: 9,
      ...queried,
      endDateTime: '20260105-15:00:00',
      duration: '2 D',
      barSize: '5 mins',
      whatToShow: 'TRADES',
      useRegularHours: 1,
      formatDate: 2,
      keepUpToDate: false,
    },
  },
  {
    name: 'historicalData',
    method: 'reqHistoricalData',
    values: [10, combination, '', '1 D', '1 min', 'TRADES', 0, 1, true],
    read: { reqId: 10, legs: combination.comboLegs, keepUpToDate: true },
    from: 124,
  },
  {
    name: 'cancelHistoricalData',
    method: 'cancelHistoricalData',
    values: [9],
    read: { reqId: 9 },
  },
  {
    name: 'contractDetails',
    method: 'reqContractDetails',
    values: [11, { ...contract, includeExpired: true }],
    read: { reqId: 11, ...queried, includeExpired: true },
  },
  {
    name: 'realTimeBars',
    method: 'reqRealTimeBars',
    values: [12, contract, 5, 'MIDPOINT', true],
    read: { reqId: 12, ...queried, barSize: 5, whatToShow: 'MIDPOINT', useRegularHours: true },
  },
  { name: 'cancelRealTimeBars', method: 'cancelRealTimeBars', values: [12], read: { reqId: 12 } },
  {
    name: 'headTimestamp',
    method: 'reqHeadTimestamp',
    values: [13, contract, 'TRADES', true, 2],
    read: { reqId: 13, ...queried, whatToShow: 'TRADES', useRegularHours: true, formatDate: 2 },
    from: 118,
  },
  {
    name: 'cancelHeadTimestamp',
    method: 'cancelHeadTimestamp',
    values: [13],
    read: { reqId: 13 },
    from: 123,
  },
  {
    name: 'matchingSymbols',
    method: 'reqMatchingSymbols',
    values: [14, 'AA'],
    read: { reqId: 14, pattern: 'AA' },
    from: 111,
  },
  {
    name: 'executions',
    method: 'reqExecutions',
    values: [15, { clientId: '3', symbol: 'AAPL', side: 'BUY' }],
    read: { reqId: 15, clientId: 3, symbol: 'AAPL', side: 'BUY' },
  },
  {
    name: 'accountUpdates',
    method: 'reqAccountUpdates',
    values: [true, 'DU1'],
    read: { subscribe: true, account: 'DU1' },
  },
  {
    name: 'accountSummary',
    method: 'reqAccountSummary',
    values: [16, 'All', 'NetLiquidation'],
    read: { reqId: 16, group: 'All', tags: 'NetLiquidation' },
  },
  {
    name: 'cancelAccountSummary',
    method: 'cancelAccountSummary',
    values: [16],
    read: { reqId: 16 },
  },
  {
    name: 'accountUpdatesMulti',
    method: 'reqAccountUpdatesMulti',
    values: [17, 'DU1', 'model', true],
    read: { reqId: 17, account: 'DU1', modelCode: 'model', ledgerAndNetLiquidation: true },
    from: 103,
  },
  {
    name: 'cancelAccountUpdatesMulti',
    method: 'cancelAccountUpdatesMulti',
    values: [17],
    read: { reqId: 17 },
    from: 103,
  },
  {
    name: 'positionsMulti',
    method: 'reqPositionsMulti',
    values: [18, 'DU1', ''],
    read: { reqId: 18, account: 'DU1' },
    from: 103,
  },
  {
    name: 'cancelPositionsMulti',
    method: 'cancelPositionsMulti',
    values: [18],
    read: { reqId: 18 },
    from: 103,
  },
  {
    name: 'pnl',
    method: 'reqPnL',
    values: [19, 'DU1', ''],
    read: { reqId: 19, account: 'DU1' },
    from: 127,
  },
  { name: 'cancelPnl', method: 'cancelPnL', values: [19], read: { reqId: 19 }, from: 127 },
  {
    name: 'pnlSingle',
    method: 'reqPnLSingle',
    values: [20, 'DU1', '', 265598],
    read: { reqId: 20, account: 'DU1', conId: 265598 },
    from: 127,
  },
  {
    name: 'cancelPnlSingle',
    method: 'cancelPnLSingle',
    values: [20],
    read: { reqId: 20 },
    from: 127,
  },
  { name: 'marketRule', method: 'reqMarketRule', values: [26], read: { ruleId: 26 }, from: 126 },
  {
    name: 'completedOrders',
    method: 'reqCompletedOrders',
    values: [true],
    read: { apiOnly: true },
    from: 150,
  },
  { name: 'userInfo', method: 'reqUserInfo', values: [21], read: { reqId: 21 }, from: 167 },
  { name: 'marketDataType', method: 'reqMarketDataType', values: [3], read: { type: 3 } },
  { name: 'currentTime', method: 'reqCurrentTime', values: [], read: {} },
  { name: 'positions', method: 'reqPositions', values: [], read: {} },
  { name: 'cancelPositions', method: 'cancelPositions', values: [], read: {} },
  { name: 'openOrders', method: 'reqOpenOrders', values: [], read: {} },
  { name: 'allOpenOrders', method: 'reqAllOpenOrders', values: [], read: {} },
  { name: 'autoOpenOrders', method: 'reqAutoOpenOrders', values: [true], read: { bind: true } },
  { name: 'ids', method: 'reqIds', values: [1], read: { count: 1 } },
  { name: 'managedAccounts', method: 'reqManagedAccts', values: [], read: {} },
  { name: 'familyCodes', method: 'reqFamilyCodes', values: [], read: {}, from: 111 },
  { name: 'serverLogLevel', method: 'setServerLogLevel', values: [2], read: { level: 2 } },
];

/** The payload @stoqey/ib puts on the wire for these tokens. */
function payloadOf(tokens: readonly unknown[]): Buffer {
  const flat = tokens.flat(Number.POSITIVE_INFINITY) as unknown[];
  const fields = flat.map((token) => (typeof token === 'boolean' ? Number(token) : token));
  return Buffer.from(`${fields.join('\0')}\0`);
}

describe('requests as @stoqey/ib writes them', () => {
  it.each(calls)(
    '$method is read whole at every version',
    ({ name, method, values, read, from }) => {
      for (let version = from ?? oldestVersion; version <= newestVersion; version++) {
        const sent: Buffer[] = [];
        const encoder = new Encoder({
          serverVersion: version,
          sendMsg: (tokens: readonly unknown[]) => sent.push(payloadOf(tokens)),
          emitError: (text: string) => {
            throw new Error(text);
          },
        });
        (encoder[method] as (...values: readonly unknown[]) => void).call(encoder, ...values);
        expect(sent).toHaveLength(1);
        const { request, left } = readRequest(sent[0] as Buffer, version);
        expect({ version, left, name: request.name }).toEqual({ version, left: 0, name });
        expect(request.values).toMatchObject(read);
      }
    },
  );

  it('cover every request there is but the start and the global cancel', () => {
    const covered = new Set(calls.map((call) => call.name));
    const missing = (Object.keys(requests) as RequestName[]).filter((name) => !covered.has(name));
    expect(missing).toEqual(['globalCancel', 'startApi']);
  });
});
