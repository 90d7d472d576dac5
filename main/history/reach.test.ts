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
const market = createMarket({ seed: 3, symbols: ['AAPL'], hours: 'real' });

let clock: FakeClock;
let source: MarketSource<Instrument>;
let bench: HistoryBench;

beforeEach(() => {
  clock = new FakeClock(saturday);
  source = new MarketSource<Instrument>(market, rangeOf as never, clock);
  bench = new HistoryBench(clock, source);
});
afterEach(() => bench.remove());

const days = (back: number) =>
  source.truth('AAPL', '1d', Math.ceil((saturday - back * dayMs) / dayMs) * dayMs, saturday, true);
const worked = () => {
  const { queue, activity } = bench.service.view();
  return queue.length === 0 && activity.kind === 'idle';
};

it('fetches three thousand daily bars in two requests, with none missing between them', async () => {
  const wanted = days(4800).slice(-3000);
  await bench.service.start();
  await bench.service.fetch('AAPL', '1d', wanted[0]?.t);
  await bench.until(worked);
  expect(bench.read('AAPL', '1d').slice(-3000)).toEqual(wanted);
  expect(source.requests).toHaveLength(2);
  expect(bench.service.view().counts.confirmedEmpty).toBe(0);
});

it.each(['1d', '5m'] as const)(
  'asks again for %s bars an answer did not come to',
  async (timeframe) => {
    const back = timeframe === '1d' ? 400 : 20;
    const from = Math.ceil((saturday - back * dayMs) / dayMs) * dayMs;
    source.mostBars = 150;
    await bench.service.start();
    await bench.service.fetch('AAPL', timeframe, from);
    await bench.until(worked);
    expect(bench.read('AAPL', timeframe)).toEqual(
      source.truth('AAPL', timeframe, from, saturday, timeframe === '1d'),
    );
    expect(bench.service.view().counts.confirmedEmpty).toBe(0);
  },
);

it('asks once more before the first bar of a young listing, and then rests', async () => {
  const listed = saturday - 60 * dayMs;
  source.lacks = (_, __, t) => t < listed;
  bench.service = bench.make({ watchlist: ['AAPL'] });
  await bench.service.start();
  await bench.until(() => source.requests.length > 0 && bench.service.view().download === null);
  await bench.until(worked);
  expect(source.requests).toHaveLength(2);
  expect(bench.read('AAPL', '1d')).toEqual(days(365));
  void bench.service.startDownload();
  await bench.until(() => clock.now() > saturday + 12 * 3_600_000, 60_000);
  expect(source.requests).toHaveLength(2);
});

it('believes a quiet opening where the market was as quiet later', async () => {
  const from = Math.ceil((saturday - 4 * dayMs) / dayMs) * dayMs;
  // Of each hour only the last third is traded.
  source.lacks = (_, __, t) => t % 3_600_000 < 2_400_000;
  await bench.service.start();
  await bench.service.fetch('AAPL', '5m', from);
  await bench.until(worked);
  expect(source.requests).toHaveLength(1);
});
