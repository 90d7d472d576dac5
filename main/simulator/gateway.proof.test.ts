import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { count } from '../../testing/counts.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { silentLog } from '../kit/log.ts';
import { createMarket } from './market/market.ts';
import { encodeRequest } from './protocol/encode.ts';
import { type RequestName, requests } from './protocol/requests.ts';
import type { Field, Message } from './protocol/schema.ts';
import { Sink } from './protocol/sink.ts';
import { until } from './testing/probe.ts';
import { quiet, Stage } from './testing/stage.ts';

/** Values that mean something somewhere, mixed with such as never should. */
const words: Readonly<Record<string, readonly string[]>> = {
  symbol: ['AAPL', 'EUR', 'ES', 'BRK B', 'NOSUCH', ''],
  secType: ['STK', 'CASH', 'CONTFUT', 'FUT', 'OPT', ''],
  exchange: ['SMART', 'IDEALPRO', 'CME', 'NOWHERE', ''],
  currency: ['USD', 'EUR', ''],
  lastTradeDate: ['', '202603', '20260320', 'never'],
  endDateTime: ['', '20260105-14:00:00', '20251224 12:00:00 US/Eastern', '19500101-00:00:00', 'x'],
  barSize: ['1 secs', '5 secs', '1 min', '4 hours', '1 day', '1W', '1M', '9 mins', ''],
  duration: ['60 S', '86400 S', '1 D', '365 D', '52 W', '12 M', '68 Y', '999999 Y', '0 D', ''],
  whatToShow: ['TRADES', 'MIDPOINT', 'BID_ASK', 'ADJUSTED_LAST', 'SCHEDULE', 'HISTORICAL', ''],
  tags: ['NetLiquidation', '$LEDGER:ALL', 'All', 'Nonsense', ''],
  account: ['DU1234567', 'All', 'U999', ''],
  pattern: ['A', 'AAPL', 'zzz', '*', ''],
  genericTicks: ['', '233', '100,101,233', 'mdoff,292', ',,'],
};
const numbers = [-1, 0, 1, 2, 5, 26, 265598, 2147483647, -2147483648, 999999999999999];

function anyValue(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'int':
      return field.name === 'reqId'
        ? fc.integer({ min: 0, max: 40 })
        : fc.oneof(fc.constantFrom(...numbers), fc.integer());
    case 'double':
      return fc.constantFrom(0, -1, 0.5, 1e300);
    case 'flag':
      return fc.boolean();
    case 'list':
    case 'fixed':
      return fc.constant([]);
    case 'text':
    case 'escaped':
      return fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...(words[field.name] ?? ['', 'x'])) },
        { weight: 1, arbitrary: fc.string().map((text) => text.replaceAll('\0', '')) },
      );
  }
}

const anyRequest = fc
  .constantFrom(...(Object.keys(requests) as RequestName[]).filter((name) => name !== 'startApi'))
  .chain((name) => {
    const fields: readonly Field[] = (requests[name] as Message).fields;
    const model = Object.fromEntries(fields.map((field) => [field.name, anyValue(field)]));
    return fc.record(model).map((values) => ({ name, values }));
  });

describe('the gateway as a whole', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());

  const runs = count(4000, 200_000);
  it(`answers ${runs} requests of any content, and serves its other clients as before`, async () => {
    const failures: object[] = [];
    const clock = new FakeClock();
    const { simulator } = await stage.running({
      clock,
      limits: false,
      market: createMarket({ seed: 3, hours: 'real', frontMonthAtMs: clock.now() }),
      log: { ...silentLog, error: (fields) => failures.push(fields) },
    });
    const other = await stage.greeted(simulator, 1);
    const fuzz = await stage.greeted(simulator, 2);
    const batch = 200;
    for (let done = 0; done < runs; done += batch) {
      const sink = new Sink();
      for (const { name, values } of fc.sample(anyRequest, { numRuns: batch, seed: done })) {
        encodeRequest(sink, name, values as never, fuzz.version);
      }
      const seen = Number(simulator.state()['requests']);
      fuzz.socket.write(sink.take());
      await until(() => Number(simulator.state()['requests']) >= seen + batch, 'the batch');
      await until(() => simulator.state()['openHistory'] === 0, 'the history');
      clock.advance(1000);
      await quiet(other);
      fuzz.forget();
      other.forget();
    }
    expect(failures).toEqual([]);
    expect(fuzz.broken).toEqual([]);
    expect(fuzz.closed).toBe(false);
  });
});
