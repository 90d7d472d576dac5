import fs from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import type { Timeframe } from '../../shared/bar.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { rangeOf } from '../simulator/bars/range.ts';
import { createMarket } from '../simulator/market/market.ts';
import type { Instrument } from '../simulator/ports.ts';
import { HistoryBench } from './testing/history-bench.ts';
import { MarketSource } from './testing/market-source.ts';

// Much of the work is the disk's, which others may keep busy.
vi.setConfig({ testTimeout: 120_000 });

const dayMs = 86_400_000;
const thursdayEvening = Date.UTC(2026, 10, 20, 1);
/** 10:40 in New York. */
const friday = Date.UTC(2026, 10, 20, 15, 40);
const saturday = Date.UTC(2026, 10, 21, 17);
const market = createMarket({ seed: 3, symbols: ['AAPL', 'MSFT'], hours: 'real' });

let clock: FakeClock;
let source: MarketSource<Instrument>;
let bench: HistoryBench;

function setUp(now: number, options: ConstructorParameters<typeof HistoryBench>[2] = {}): void {
  clock = new FakeClock(now);
  source = new MarketSource<Instrument>(market, rangeOf as never, clock);
  bench = new HistoryBench(clock, source, options);
}
afterEach(() => bench.remove());

function truth(timeframe: Timeframe, from: number, to: number) {
  return source.truth('AAPL', timeframe, from, to, timeframe === '1d');
}

const splits = () =>
  bench.service
    .view()
    .notices.filter(({ kind }) => kind === 'split')
    .map(({ message }) => message);

const settled = () => {
  const { lastScan, queue, activity } = bench.service.view();
  return lastScan !== null && queue.length === 0 && activity.kind === 'idle';
};

/** Every bar of the file as the broker has it now. */
function expectRestated(timeframe: Timeframe): void {
  const file = bench.read('AAPL', timeframe);
  const first = file[0]?.t as number;
  const last = file.at(-1)?.t as number;
  const now = truth(timeframe, first, last + 2 * dayMs);
  expect(file).toEqual(now.filter(({ t }) => t <= last));
}

it.each([
  ['1m', 3],
  ['1m', 1],
  ['5m', 20],
  ['5m', 1],
] as const)(
  'leaves no old price in %s bars after a split overnight, %d sessions a request',
  async (timeframe, cap) => {
    setUp(friday, { caps: { [timeframe]: cap } });
    bench.put('AAPL', timeframe, truth(timeframe, friday - 6 * dayMs, thursdayEvening));
    source.scale = () => 4;
    await bench.service.start();
    await bench.until(() => splits().length > 0);
    expect(splits()).toEqual([`AAPL was split (4:1); its ${timeframe} bars were fetched anew`]);
    await bench.until(settled);
    expectRestated(timeframe);
  },
);

it('leaves no old price after a split in a gap of exactly as many sessions as one request may ask for', async () => {
  setUp(saturday);
  // Wednesday, Thursday and Friday are missing.
  bench.put('AAPL', '1m', truth('1m', saturday - 12 * dayMs, Date.UTC(2026, 10, 18, 1)));
  source.scale = () => 2;
  await bench.service.start();
  await bench.until(() => splits().length > 0);
  await bench.until(settled);
  expectRestated('1m');
});

it.each([
  [3, 1],
  [1, 2],
])('does not take a crash for a split, %d sessions a request', async (cap, asked) => {
  setUp(friday, { caps: { '1m': cap } });
  source.scale = (_, t) => (t < thursdayEvening ? 1 : 2);
  bench.put('AAPL', '1m', truth('1m', friday - 6 * dayMs, thursdayEvening));
  await bench.service.start();
  // Where no bars were compared, those before the fall are asked for once.
  await bench.until(() => source.requests.length === asked && settled());
  await bench.until(() => clock.now() > friday + 900_000, 10_000);
  expect(source.requests).toHaveLength(asked);
  expect(splits()).toEqual([]);
  expect(bench.read('AAPL', '1m').length).toBeGreaterThan(4200);
  expectRestated('1m');
});

it('fetches minutes of both prices anew when their split is noticed on daily bars', async () => {
  setUp(saturday, { watchlist: ['AAPL'] });
  const minutes = truth('1m', saturday - 6 * dayMs, thursdayEvening);
  bench.put('AAPL', '1d', truth('1d', saturday - 30 * dayMs, thursdayEvening).slice(0, -1));
  source.scale = () => 4;
  // Another program has put Friday there already, at the new prices.
  bench.put('AAPL', '1m', [...minutes, ...truth('1m', thursdayEvening, saturday)]);
  await bench.service.start();
  await bench.until(() => splits().length === 2 && settled());
  expectRestated('1m');
  expectRestated('1d');
});

it('looks at the other series of the symbol, whichever was restated first', async () => {
  setUp(saturday);
  bench.put('AAPL', '5m', truth('5m', saturday - 8 * dayMs, saturday).slice(0, -300));
  bench.put('AAPL', '1h', truth('1h', saturday - 8 * dayMs, saturday));
  bench.put('AAPL', '1d', truth('1d', saturday - 28 * dayMs, saturday));
  bench.put('MSFT', '1h', source.truth('MSFT', '1h', saturday - 8 * dayMs, saturday, false));
  source.scale = (symbol) => (symbol === 'AAPL' ? 2 : 1);
  await bench.service.start();
  await bench.until(() => splits().length === 3 && settled());
  for (const timeframe of ['5m', '1h', '1d'] as const) expectRestated(timeframe);
  expect(source.requests.every(({ symbol }) => symbol === 'AAPL')).toBe(true);
});

it('is not downloading while it waits to fetch a restated series anew', async () => {
  setUp(saturday, { watchlist: ['AAPL'] });
  source.perWindow = 12;
  bench.put('AAPL', '1d', truth('1d', saturday - 364 * dayMs, saturday).slice(0, -4));
  bench.put('AAPL', '1m', truth('1m', saturday - 60 * dayMs, saturday));
  source.scale = () => 4;
  await bench.service.start();
  await bench.until(() => bench.service.view().activity.kind === 'waiting');
  expect(bench.service.view().activity).toEqual({ kind: 'waiting', for: 'pacing' });
  expect(bench.service.isDownloading()).toBe(false);
  await bench.until(() => splits().length === 2 && settled(), 5000);
  expectRestated('1m');
  // The chart of daily bars has the new prices, too.
  expect(bench.written.at(-1)?.[0]?.bars.at(-1)).toEqual(bench.read('AAPL', '1d').at(-1));
});

function longSeries(): void {
  setUp(saturday);
  source.perWindow = 1000;
  bench.put('AAPL', '1m', truth('1m', saturday - 40 * dayMs, saturday).slice(0, -100));
  source.scale = () => 2;
}

it('goes on with a series it fetches anew where it lost the session, as soon as it is back', async () => {
  longSeries();
  source.trouble = (_, nth) => {
    if (nth !== 6) return undefined;
    source.connected = false;
    return { ok: false, reason: 'not-connected', message: 'connection lost' };
  };
  await bench.service.start();
  await bench.until(() => !source.connected);
  await bench.until(() => clock.now() > saturday + 1_800_000);
  expect(source.requests).toHaveLength(6);
  source.connected = true;
  const back = clock.now();
  await bench.until(() => splits().length > 0);
  expect(clock.now() - back).toBeLessThan(60_000);
  const asked = source.requests.map(({ end, duration }) => `${end} ${duration}`);
  expect(asked.filter((each, nth) => asked.indexOf(each) !== nth)).toEqual([asked[5]]);
  expectRestated('1m');
});

it('goes on after the session was lent in the middle, and asks for nothing meanwhile', async () => {
  longSeries();
  source.trouble = (_, nth) => {
    if (nth === 6) bench.reserved = true;
    return nth === 6 ? 'hang' : undefined;
  };
  await bench.service.start();
  await bench.until(() => bench.reserved);
  bench.service.nudge();
  await bench.until(() => clock.now() > saturday + 1_800_000);
  expect(source.requests).toHaveLength(6);
  bench.reserved = false;
  bench.service.nudge();
  const back = clock.now();
  await bench.until(() => splits().length > 0);
  expect(clock.now() - back).toBeLessThan(60_000);
  const ends = source.requests.map(({ end, duration }) => `${end} ${duration}`);
  expect(ends.length - new Set(ends).size).toBe(1);
});

it('still fetches a restated series anew after a restart', async () => {
  setUp(saturday, { watchlist: ['AAPL'] });
  source.perWindow = 12;
  bench.put('AAPL', '1d', truth('1d', saturday - 364 * dayMs, saturday).slice(0, -4));
  bench.put('AAPL', '1m', truth('1m', saturday - 60 * dayMs, saturday));
  source.scale = () => 4;
  await bench.service.start();
  await bench.until(() => bench.service.view().activity.kind === 'waiting');
  expect(splits()).toHaveLength(1);
  await bench.service.stop();
  bench.make();
  await bench.service.start();
  await bench.until(() => splits().length === 1 && settled(), 5000);
  expect(splits()[0]).toContain('1m');
  expectRestated('1m');
});

it('fetches in smaller parts anew what was too much at once', async () => {
  longSeries();
  source.trouble = ({ duration }, nth) =>
    nth > 4 && duration === '3 D'
      ? { ok: false, reason: 'timeout', message: 'no answer' }
      : undefined;
  await bench.service.start();
  await bench.until(() => splits().length > 0);
  expectRestated('1m');
});

it('fills other files while it fetches a long one anew', async () => {
  longSeries();
  const whole = source.truth('MSFT', '5m', saturday - 6 * dayMs, saturday, false);
  bench.put(
    'MSFT',
    '5m',
    whole.filter((_, nth) => nth < 100 || nth > 140),
  );
  await bench.service.start();
  await bench.until(() => splits().length > 0);
  const other = source.requests.findIndex(({ symbol }) => symbol === 'MSFT');
  expect(other).toBeGreaterThan(-1);
  expect(other).toBeLessThan(4);
  expect(
    fs.readdirSync(`${bench.dir}/.gatehouse`).filter((name) => name.endsWith('.kept')),
  ).toHaveLength(1);
});
