import { describe, expect, test } from 'vitest';
import type { Bar } from '../../shared/bar.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { columnsOf } from '../kit/bar-columns.ts';
import { silentLog } from '../kit/log.ts';
import type { DailyHistory } from './daily-bars.ts';
import { noSegments } from './no-segments.ts';
import { Snapshot } from './snapshot.ts';
import { knownOrElse, type TradingDays, tradingDayIn } from './trading-day.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const monday = Date.UTC(2026, 0, 5);

function bar(t: number, close: number, volume = 1000): Bar {
  return { t, open: close, high: close + 1, low: close - 1, close, volume };
}

function history(ticker: string, bars: readonly Bar[] | null): DailyHistory {
  return { ticker, startDate: '2025-01-05', curDate: '2026-01-05', endDate: '2026-01-05', bars };
}

function make(tradingDay?: TradingDays) {
  const clock = new FakeClock();
  const segments: Bar[] = [];
  const snapshot = new Snapshot({
    clock,
    log: silentLog,
    tradingDay: knownOrElse(tradingDay, tradingDayIn('America/New_York')),
    segments: { ...noSegments, putDailyBar: (_ticker, bar) => void segments.push(bar) },
  });
  /** `segments` are the days' bars made of ticks, as they went there. */
  return { clock, snapshot, segments };
}

test('the epoch is nought before the first write and grows by two with each batch', () => {
  const { clock, snapshot } = make();
  expect(snapshot.state).toEqual({ epoch: 0, lastUpdateMs: 0 });
  snapshot.write([history('AAPL', [bar(monday, 100)]), history('MSFT', [bar(monday, 200)])]);
  expect(snapshot.state).toEqual({ epoch: 2, lastUpdateMs: clock.now() });
  snapshot.write([history('AAPL', [bar(monday, 101)])]);
  expect(snapshot.state.epoch).toBe(4);
});

test('a quote is published with its entry, at local midnight of the last bar', () => {
  const { snapshot } = make();
  snapshot.write([history('AAPL', [bar(monday - day, 99), bar(monday, 100, 5)])]);
  expect(snapshot.quotes.get('AAPL')).toEqual({
    ticker: 'AAPL',
    price: 100,
    volume: 5,
    currency: 'USD',
    tsEpochMs: new Date(2026, 0, 5).getTime(),
    source: 'shared_memory_manager',
  });
});

test('a ticker without bars is not in the list of quotes', () => {
  const { snapshot } = make();
  snapshot.write([history('GONE', null), history('B', [bar(monday, 1)]), history('EMPTY', [])]);
  snapshot.write([history('A', [bar(monday, 1)])]);
  expect(snapshot.quotes.list()).toEqual(['B', 'A']);
  expect(snapshot.quotes.get('GONE')).toBeUndefined();
});

test('a listener of batches finds the quotes of the batch it is told of', () => {
  const { snapshot } = make();
  const seen: unknown[] = [];
  snapshot.onBatch((event) =>
    seen.push([
      event.epoch,
      event.tickers,
      snapshot.quotes.get('AAPL')?.price,
      snapshot.state.epoch,
    ]),
  );
  snapshot.write([history('AAPL', [bar(monday, 100)])]);
  expect(seen).toEqual([[2, ['AAPL'], 100, 2]]);
});

test('a tick changes the quote at once and the bars with the next batch', () => {
  const { clock, snapshot } = make();
  snapshot.write([history('AAPL', [bar(monday, 100)])]);
  snapshot.tick('AAPL', 105, 2000, clock.now());
  expect(snapshot.quotes.get('AAPL')).toMatchObject({
    price: 105,
    volume: 2000,
    tsEpochMs: clock.now(),
    source: 'ibkr_tick',
  });
  expect(snapshot.state.epoch).toBe(2);
  clock.advance(0);
  expect(snapshot.state.epoch).toBe(4);
});

test('ticks make at most ten batches a second', () => {
  const { clock, snapshot } = make();
  for (let ms = 0; ms < 1000; ms += 5) {
    snapshot.tick('AAPL', 100 + ms / 1000, undefined, clock.now());
    clock.advance(5);
  }
  clock.advance(1000);
  expect(snapshot.state.epoch / 2).toBeGreaterThanOrEqual(10);
  expect(snapshot.state.epoch / 2).toBeLessThanOrEqual(11);
});

test('a fresh tick survives a download of the same day; an old one gives way', () => {
  const { clock, snapshot } = make();
  snapshot.write([history('AAPL', [bar(monday, 100)])]);
  snapshot.tick('AAPL', 105, undefined, clock.now());
  clock.advance(1000);
  snapshot.write([history('AAPL', [bar(monday, 101)])]);
  expect(snapshot.quotes.get('AAPL')).toMatchObject({ price: 105, source: 'ibkr_tick' });
  clock.advance(120_000);
  snapshot.write([history('AAPL', [bar(monday, 101)])]);
  expect(snapshot.quotes.get('AAPL')).toMatchObject({
    price: 101,
    source: 'shared_memory_manager',
  });
});

test('a tick older than the one before it, or of an earlier day than the bars, is not taken', () => {
  const { clock, snapshot } = make();
  snapshot.write([history('AAPL', [bar(monday, 100)])]);
  snapshot.tick('AAPL', 50, undefined, clock.now() - 2 * day);
  expect(snapshot.quotes.get('AAPL')?.price).toBe(100);
  snapshot.tick('AAPL', 105, undefined, clock.now());
  snapshot.tick('AAPL', 104, undefined, clock.now() - 1);
  expect(snapshot.quotes.get('AAPL')?.price).toBe(105);
});

test('a trade from a clock that runs ahead does not make the next ones look old', () => {
  const { clock, snapshot } = make();
  snapshot.tick('AAPL', 105, undefined, clock.now() + day);
  expect(snapshot.quotes.get('AAPL')?.tsEpochMs).toBe(clock.now());
  clock.advance(1000);
  snapshot.tick('AAPL', 106, undefined, clock.now());
  expect(snapshot.quotes.get('AAPL')).toMatchObject({ price: 106, tsEpochMs: clock.now() });
});

test('a price of delayed data is marked until live data comes, over a download too', () => {
  const { clock, snapshot } = make();
  const recent = clock.now() - 60_000;
  snapshot.tick('AAPL', 105, 7, recent, 'USD', true);
  snapshot.write([history('AAPL', [bar(monday, 100)])]);
  expect(snapshot.quotes.get('AAPL')).toMatchObject({ price: 105, delayed: true });
  snapshot.tick('AAPL', 106, 8, clock.now(), 'USD');
  expect(snapshot.quotes.get('AAPL')).not.toHaveProperty('delayed');
});

test('a trade late in the New York evening belongs to New York’s date', () => {
  const { clock, snapshot } = make();
  snapshot.write([history('AAPL', [bar(monday, 100)])]);
  clock.advance(Date.UTC(2026, 0, 6, 1, 0) - clock.now());
  snapshot.tick('AAPL', 105, 7, clock.now());
  snapshot.write([history('AAPL', [bar(monday, 100), bar(monday + day, 90)])]);
  expect(snapshot.quotes.get('AAPL')).toMatchObject({
    price: 90,
    source: 'shared_memory_manager',
  });
});

test('bars that are out of order or not numbers are refused, the rest of the batch is not', () => {
  const { snapshot } = make();
  snapshot.write([
    history('BAD', [bar(monday, 1), bar(monday, 2)]),
    history('NAN', [bar(monday, Number.NaN)]),
    history('GOOD', [bar(monday, 3)]),
  ]);
  expect(snapshot.quotes.list()).toEqual(['GOOD']);
  expect(snapshot.state.epoch).toBe(2);
});

test('stopping writes the ticks still waiting and leaves no timer', async () => {
  const { clock, snapshot } = make();
  snapshot.tick('AAPL', 105, undefined, clock.now());
  await snapshot.stop();
  expect(snapshot.state.epoch).toBe(2);
  expect(clock.pending).toBe(0);
  snapshot.tick('AAPL', 106, undefined, clock.now());
  expect(snapshot.quotes.get('AAPL')?.price).toBe(106);
  expect(clock.pending).toBe(0);
  await snapshot.start();
  clock.advance(100);
  expect(snapshot.state.epoch).toBe(4);
});

test('a file whose rows cannot be right is refused whole, and its quote stays', () => {
  const { snapshot } = make();
  const good = [bar(monday - day, 99), bar(monday, 100)];
  snapshot.writeRows('AAPL', '1d', columnsOf(good));
  expect(snapshot.quotes.get('AAPL')?.price).toBe(100);
  const bad = [
    [...good, bar(monday, 7)],
    [bar(monday + 0.5, 7)],
    [bar(monday + day, Number.NaN)],
    [],
  ];
  for (const bars of bad) snapshot.writeRows('AAPL', '1d', columnsOf(bars));
  snapshot.writeRows('', '1d', columnsOf(good));
  expect(snapshot.state.epoch).toBe(2);
  expect(snapshot.quotes.get('AAPL')?.price).toBe(100);
});

describe('where the hours of the exchange are known', () => {
  const closes = monday + 21 * hour;
  /** Open on Monday until 21:00 UTC, and not before 14:30. */
  const known: TradingDays = (ticker, at) => {
    if (ticker === 'XYZ') return { kind: 'unknown' };
    const open = at >= monday + 14.5 * hour && at < closes;
    if (open) return { kind: 'open', t: monday, closes, figuresFrom: monday + 14.5 * hour };
    return { kind: 'shut', next: at < closes ? monday : monday + day };
  };

  test('a trade after the close moves the quote and leaves the settled bar of the day alone', () => {
    const { clock, snapshot } = make(known);
    const batches: number[] = [];
    clock.advance(closes + 10 * minute - clock.now());
    snapshot.write([history('AAPL', [bar(monday, 100)])]);
    snapshot.onBatch(({ epoch }) => batches.push(epoch));
    snapshot.tick('AAPL', 105, 2000, clock.now());
    clock.advance(1000);
    expect(snapshot.quotes.get('AAPL')).toMatchObject({ price: 105, volume: 2000 });
    expect(batches).toEqual([]);
    snapshot.write([history('AAPL', [bar(monday, 100)])]);
    expect(snapshot.quotes.get('AAPL')).toMatchObject({ price: 105, source: 'ibkr_tick' });
  });

  test('the last trade of a day that is over, told again, does not change its bar', () => {
    const { clock, snapshot } = make(known);
    clock.advance(closes + 15 * hour - clock.now());
    snapshot.write([history('AAPL', [bar(monday, 100)])]);
    const { epoch } = snapshot.state;
    snapshot.tick('AAPL', 101, 2000, closes - 1000);
    clock.advance(1000);
    expect(snapshot.quotes.get('AAPL')).toMatchObject({ price: 101, tsEpochMs: closes - 1000 });
    expect(snapshot.state.epoch).toBe(epoch);
  });

  test('a bar that was downloaded after the close wins over the freshest ticks of the day', () => {
    const { clock, snapshot } = make(known);
    clock.advance(closes - 1000 - clock.now());
    snapshot.tick('AAPL', 105, 2000, clock.now());
    clock.advance(2000);
    snapshot.write([history('AAPL', [bar(monday, 100)])]);
    expect(snapshot.quotes.get('AAPL')).toMatchObject({ price: 100 });
  });

  test('a quote from before the open gives way to the bar of that day, not to those before it', () => {
    const { clock, snapshot } = make(known);
    clock.advance(monday + day + 9 * hour - clock.now());
    snapshot.tick('AAPL', 105, 2000, clock.now());
    expect(snapshot.quotes.get('AAPL')).toMatchObject({ price: 105, volume: 2000 });
    snapshot.write([history('AAPL', [bar(monday, 99)])]);
    expect(snapshot.quotes.get('AAPL')).toMatchObject({ price: 105, source: 'ibkr_tick' });
    clock.advance(13 * hour);
    snapshot.write([history('AAPL', [bar(monday, 99), bar(monday + day, 100)])]);
    expect(snapshot.quotes.get('AAPL')).toMatchObject({ price: 100 });
  });

  test('a day first seen in the middle of it has the broker’s open, high and low', async () => {
    const { clock, snapshot, segments } = make(known);
    const told = (open: number, high: number, low: number) => {
      const at = clock.now();
      return { open, openAt: at, high, highAt: at, low, lowAt: at };
    };
    const last = () => segments.at(-1);
    snapshot.tick('AAPL', 105, 2000, clock.now(), 'USD', false, told(101, 108, 99));
    clock.advance(1000);
    expect(last()).toEqual({ t: monday, open: 101, high: 108, low: 99, close: 105, volume: 2000 });
    snapshot.tick('AAPL', 98, 2500, clock.now(), 'USD', false, told(101, 107, 99));
    clock.advance(1000);
    expect(last()).toEqual({ t: monday, open: 101, high: 107, low: 98, close: 98, volume: 2500 });
  });

  test('the figures of the day before do not count for the day that has just begun', () => {
    const { clock, snapshot, segments } = make(known);
    const before = monday + 14 * hour;
    const old = { open: 50, openAt: before, high: 900, highAt: before, low: 5, lowAt: before };
    snapshot.tick('AAPL', 105, 2000, clock.now(), 'USD', false, old);
    clock.advance(1000);
    expect(segments.at(-1)).toMatchObject({ open: 105, high: 105, low: 105, close: 105 });
  });

  test('a ticker whose hours nobody knows goes by the date in New York', () => {
    const { clock, snapshot } = make(known);
    clock.advance(closes + hour - clock.now());
    snapshot.tick('XYZ', 105, 7, clock.now());
    clock.advance(1000);
    expect(snapshot.state.epoch).toBe(2);
  });
});
