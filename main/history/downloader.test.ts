import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { rangeOf } from '../simulator/bars/range.ts';
import { createMarket } from '../simulator/market/market.ts';
import type { Instrument } from '../simulator/ports.ts';
import { HistoryBench } from './testing/history-bench.ts';
import { MarketSource } from './testing/market-source.ts';

// Much of the work is the disk's, which others may keep busy.
vi.setConfig({ testTimeout: 120_000 });

const dayMs = 86_400_000;
const saturday = Date.UTC(2026, 10, 21, 17);
const symbols = Array.from({ length: 25 }, (_, nth) => `S${nth}`);
const market = createMarket({ seed: 3, symbols, hours: 'real' });

let clock: FakeClock;
let source: MarketSource<Instrument>;
let bench: HistoryBench;

beforeEach(() => {
  clock = new FakeClock(saturday);
  source = new MarketSource<Instrument>(market, rangeOf as never, clock);
  source.perWindow = 1000;
  bench = new HistoryBench(clock, source, { watchlist: symbols });
});
afterEach(() => bench.remove());

const year = (symbol: string) => {
  const from = Math.ceil((saturday - 365 * dayMs) / dayMs) * dayMs;
  return source.truth(symbol, '1d', from, saturday, true);
};

it('downloads a year of daily bars in batches of twenty with pauses in which the session may be lent', async () => {
  const spans: { from: number; requests: number; to: number }[] = [];
  let before = false;
  await bench.service.start();
  const done = () => bench.written.length === 2 && bench.service.view().download === null;
  await bench.until(() => {
    const now = bench.service.isDownloading();
    if (now && !before) spans.push({ from: clock.now(), requests: source.requests.length, to: 0 });
    const span = spans.at(-1);
    if (!now && before && span) span.to = clock.now();
    before = now;
    return done();
  }, 100);
  expect(source.requests).toHaveLength(25);
  expect(bench.written.map((batch) => batch.length)).toEqual([20, 5]);
  for (const symbol of symbols) {
    expect(bench.read(symbol, '1d')).toEqual(year(symbol));
    const written = bench.written.flat().find(({ ticker }) => ticker === symbol);
    expect(written?.bars).toEqual(year(symbol).filter(({ volume }) => volume > 0));
    expect(written?.startDate).toBe('2025-11-21');
  }
  expect(source.requests.every(({ useRth, timeframe }) => useRth && timeframe === '1d')).toBe(true);
  expect(bench.service.isDownloading()).toBe(false);
});

it('rests five seconds between batches, in which a reservation wins', async () => {
  await bench.service.start();
  await bench.until(() => bench.service.isDownloading(), 1);
  await bench.until(() => !bench.service.isDownloading(), 1);
  expect(source.requests).toHaveLength(20);
  bench.reserved = true;
  await bench.until(() => clock.now() > saturday + 600_000, 1000);
  expect(source.requests).toHaveLength(20);
  expect(bench.service.isDownloading()).toBe(false);
  bench.reserved = false;
  const again = clock.now();
  await bench.until(() => bench.service.isDownloading(), 100);
  expect(clock.now() - again).toBeLessThan(10_000);
  await bench.until(() => source.requests.length === 25, 1000);
});

it('is not stuck in downloading when answers throw, fail or never come', async () => {
  source.trouble = (_, nth) => {
    if (nth % 3 === 0) throw new Error('something broke');
    return nth % 3 === 1 ? { ok: false, reason: 'error', message: 'no' } : 'hang';
  };
  await bench.service.start();
  await bench.until(() => bench.service.isDownloading(), 10);
  await bench.until(() => source.requests.length >= 2, 10);
  await bench.service.cancelDownload();
  expect(bench.service.isDownloading()).toBe(false);
  source.trouble = () => ({ ok: false, reason: 'unknown-symbol', message: 'no such thing' });
  void bench.service.startDownload();
  await bench.until(() => !bench.service.isDownloading(), 1000);
});

it('asks only for the days that are missing, after each close', async () => {
  bench.service = bench.make({ watchlist: ['S1'] });
  bench.put('S1', '1d', year('S1'));
  clock.advance(2 * dayMs + 3 * 3_600_000);
  await bench.service.start();
  expect(bench.written[0]?.[0]?.ticker).toBe('S1');
  const monday = Date.UTC(2026, 10, 23, 21);
  await bench.until(() => clock.now() > monday + 3_600_000, 30_000);
  expect(source.requests.map(({ duration }) => duration)).toEqual(['5 D']);
  expect(source.requests[0]?.end).toBe(monday);
  expect(source.requests[0]?.at).toBeGreaterThanOrEqual(monday + 300_000);
  expect(bench.read('S1', '1d').at(-1)?.t).toBe(Date.UTC(2026, 10, 23));
});

it('goes on where it stopped after a restart', async () => {
  await bench.service.start();
  await bench.until(() => source.requests.length >= 20, 100);
  await bench.service.stop();
  const before = source.requests.length;
  bench.make();
  await bench.service.start();
  await bench.until(
    () => source.requests.length > before && bench.service.view().download === null,
    1000,
  );
  expect(source.requests).toHaveLength(25);
});

it('takes a watchlist that is changed while it runs', async () => {
  bench.service = bench.make({ watchlist: ['S1'] });
  await bench.service.start();
  await bench.until(() => source.requests.length === 1, 100);
  bench.service.setWatchlist(['S1', 'S2', 'S3', 'S2']);
  await bench.until(() => source.requests.length === 3, 100);
  expect(bench.service.view().watchlist).toEqual(['S1', 'S2', 'S3']);
  expect(source.requests.map(({ symbol }) => symbol)).toEqual(['S1', 'S2', 'S3']);
});

it('says what it waits for between two batches, and does not count the waiting as work to come', async () => {
  await bench.service.start();
  await bench.until(() => source.requests.length === 20 && !bench.service.isDownloading(), 1);
  const activity = () => bench.service.view().activity;
  const left = () => bench.service.view().download?.msLeft;
  const seconds = (count: number) => {
    const until = clock.now() + count * 1000;
    return bench.until(() => clock.now() >= until);
  };
  expect(activity()).toEqual({ kind: 'waiting', for: 'rest' });
  const before = left();
  bench.reserved = true;
  await seconds(600);
  expect(activity()).toEqual({ kind: 'waiting', for: 'reservation' });
  expect(left()).toBeNull();
  bench.reserved = false;
  expect(left()).toBe(before);
  source.connected = false;
  await seconds(60);
  expect(activity()).toEqual({ kind: 'waiting', for: 'session' });
  source.connected = true;
  source.perWindow = 0;
  await seconds(60);
  expect(activity()).toEqual({ kind: 'waiting', for: 'pacing' });
  source.perWindow = 1000;
  await bench.until(() => source.requests.length === 25);
  await bench.until(() => activity().kind === 'idle');
});

it('drops what it said of a symbol once that is downloaded or off the watchlist', async () => {
  bench.service = bench.make({ watchlist: ['S1', 'S2', 'S3'] });
  source.trouble = ({ symbol }) =>
    symbol === 'S3' ? undefined : { ok: false, reason: 'no-permission', message: 'not subscribed' };
  const told = () => bench.service.view().notices.map(({ id }) => id);
  await bench.service.start();
  await bench.until(() => source.requests.length === 3 && bench.service.view().download === null);
  expect(told()).toEqual(['download S1', 'download S2']);
  bench.service.setWatchlist(['S1', 'S3']);
  expect(told()).toEqual(['download S1']);
  source.trouble = () => undefined;
  await bench.service.startDownload();
  expect(told()).toEqual([]);
});

it('asks no more for what is taken off the watchlist while it runs', async () => {
  await bench.service.start();
  await bench.until(() => source.requests.length >= 5, 1);
  bench.service.setWatchlist(symbols.slice(0, 10));
  await bench.until(() => bench.service.view().download === null, 1000);
  // The one that was under way is finished.
  const asked = source.requests.map(({ symbol }) => symbol);
  expect(asked.filter((symbol) => !bench.service.view().watchlist.includes(symbol))).toEqual([]);
  expect(new Set(asked).size).toBe(10);
});

it('takes what is put on the watchlist along while it runs', async () => {
  bench.service = bench.make({ watchlist: symbols.slice(0, 3) });
  source.trouble = ({ symbol }) =>
    symbol === 'S0' ? { ok: false, reason: 'timeout', message: 'no answer' } : undefined;
  await bench.service.start();
  await bench.until(() => source.requests.length >= 2, 1);
  bench.service.setWatchlist([...symbols.slice(0, 3), 'S9']);
  await bench.until(() => source.requests.some(({ symbol }) => symbol === 'S9'), 1000);
  // S0 is not given up yet: the run is the same.
  expect(bench.service.view().download).toMatchObject({ total: 4, failed: 0 });
  expect(clock.now() - saturday).toBeLessThan(60_000);
});

it('ends although the broker cancels one symbol each time, tells it, and tries it at the next close', async () => {
  const few = symbols.slice(2, 5);
  bench.service = bench.make({ watchlist: few });
  source.trouble = ({ symbol }) =>
    symbol === 'S3'
      ? { ok: false, reason: 'cancelled', code: 162, message: 'cancelled' }
      : undefined;
  await bench.service.start();
  await bench.until(
    () => source.requests.length > 3 && bench.service.view().download === null,
    1000,
  );
  const asked = () => source.requests.filter(({ symbol }) => symbol === 'S3').length;
  expect(asked()).toBe(3);
  expect(bench.service.view().notices).toMatchObject([{ kind: 'download', id: 'download S3' }]);
  for (const symbol of few.filter((each) => each !== 'S3')) {
    expect(bench.read(symbol, '1d')).toEqual(year(symbol));
  }
  source.trouble = () => undefined;
  await bench.until(() => clock.now() > Date.UTC(2026, 10, 23, 22), 30_000);
  expect(asked()).toBe(4);
  expect(bench.service.view().notices).toEqual([]);
});

it('plans a symbol anew when so much at once is too much, and asks for nothing twice', async () => {
  bench.service = bench.make({ watchlist: ['S1', 'S2'], downloadDays: 4000 });
  const sessions = ({ duration }: { duration: string }) =>
    Number.parseInt(duration, 10) * (duration.endsWith('Y') ? 240 : 1);
  source.trouble = (request) =>
    sessions(request) > 1500 ? { ok: false, reason: 'timeout', message: 'no answer' } : undefined;
  await bench.service.start();
  const totals = new Set<number>();
  await bench.until(() => {
    const { download } = bench.service.view();
    if (download) totals.add(download.total - download.done);
    return source.requests.length > 2 && download === null;
  }, 1000);
  const answered = source.requests.filter((request) => sessions(request) <= 1500);
  expect(source.requests.length - answered.length).toBe(1);
  expect(new Set(answered.map(({ symbol, end }) => `${symbol} ${end}`)).size).toBe(answered.length);
  // 2760 sessions are two requests a symbol before and three after; never both.
  expect(Math.max(...totals)).toBeLessThanOrEqual(6);
  expect(answered).toHaveLength(6);
});

it('asks again in a quarter of an hour when the broker does not have the day yet', async () => {
  const friday = Date.UTC(2026, 10, 20);
  clock = new FakeClock(friday + 20.5 * 3_600_000);
  source = new MarketSource<Instrument>(market, rangeOf as never, clock);
  bench = new HistoryBench(clock, source, { watchlist: ['S1'] });
  const from = clock.now() - 366 * dayMs;
  bench.put(
    'S1',
    '1d',
    source.truth('S1', '1d', from, friday, true).filter(({ t }) => t < friday),
  );
  const there = friday + 21.5 * 3_600_000;
  source.lacks = (_, timeframe, t) => timeframe === '1d' && t === friday && clock.now() < there;
  await bench.service.start();
  await bench.until(() => bench.read('S1', '1d').at(-1)?.t === friday, 10_000);
  expect(clock.now() - there).toBeLessThan(15 * 60_000);
  await bench.until(() => clock.now() > friday + dayMs + 6 * 3_600_000, 60_000);
  expect(source.requests.length).toBeLessThanOrEqual(4);
});

it('does not ask for ever for a day that never comes', async () => {
  const friday = Date.UTC(2026, 10, 20);
  clock = new FakeClock(friday + 20.5 * 3_600_000);
  source = new MarketSource<Instrument>(market, rangeOf as never, clock);
  bench = new HistoryBench(clock, source, { watchlist: ['S1'] });
  const from = clock.now() - 366 * dayMs;
  bench.put(
    'S1',
    '1d',
    source.truth('S1', '1d', from, friday, true).filter(({ t }) => t < friday),
  );
  source.lacks = (_, timeframe, t) => timeframe === '1d' && t === friday;
  await bench.service.start();
  await bench.until(() => clock.now() > friday + 2 * dayMs, 60_000);
  expect(source.requests.length).toBeGreaterThan(3);
  expect(source.requests.length).toBeLessThanOrEqual(8);
});
