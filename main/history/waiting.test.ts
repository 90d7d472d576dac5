import fs from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
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
/** Saturday noon in New York: everything is shut and settled. */
const saturday = Date.UTC(2026, 10, 21, 17);
const market = createMarket({ seed: 7, symbols: ['AAPL', 'MSFT'], hours: 'real' });

let clock: FakeClock;
let source: MarketSource<Instrument>;
let bench: HistoryBench;

beforeEach(() => {
  clock = new FakeClock(saturday);
  source = new MarketSource<Instrument>(market, rangeOf as never, clock);
  source.connected = false;
  bench = new HistoryBench(clock, source);
});
afterEach(() => bench.remove());

const truth = (symbol: string, timeframe: Timeframe, regular: boolean) =>
  source.truth(symbol, timeframe, saturday - 6 * dayMs, saturday, regular);
const withHole = (symbol: string, regular: boolean) => {
  const whole = truth(symbol, '5m', regular);
  bench.put(
    symbol,
    '5m',
    whole.filter((_, nth) => nth < 100 || nth > 180),
  );
};
const waits = () => bench.until(() => bench.service.view().queue.length > 0);
const minutes = (count: number) => {
  const until = clock.now() + count * 60_000;
  return bench.until(() => clock.now() >= until, 10_000);
};

it('asks for no extended hours any more after a restart with regular hours', async () => {
  withHole('AAPL', true);
  await bench.service.start();
  await waits();
  await bench.service.stop();
  source.connected = true;
  bench.make({ fillRegularHours: true });
  await bench.service.start();
  await minutes(10);
  expect(source.requests.map(({ useRth }) => useRth)).toEqual([true]);
  expect(bench.read('AAPL', '5m')).toEqual(truth('AAPL', '5m', true));
});

it('does not bring back a file that was deleted while its requests waited', async () => {
  withHole('AAPL', false);
  withHole('MSFT', false);
  await bench.service.start();
  await waits();
  fs.unlinkSync(bench.path('AAPL', '5m'));
  await minutes(6);
  expect(bench.service.view().queue.next.map(({ symbol }) => symbol)).toEqual(['MSFT']);
  fs.unlinkSync(bench.path('MSFT', '5m'));
  source.connected = true;
  await minutes(10);
  expect(source.requests).toEqual([]);
  expect(fs.readdirSync(bench.dir).filter((name) => name.endsWith('.csv'))).toEqual([]);
});

it('brings a deleted file back when a person asks for it', async () => {
  withHole('AAPL', false);
  await bench.service.start();
  await waits();
  fs.unlinkSync(bench.path('AAPL', '5m'));
  await bench.service.fetch('AAPL', '5m', saturday - 2 * dayMs, saturday);
  await minutes(6);
  source.connected = true;
  await bench.until(() => fs.existsSync(bench.path('AAPL', '5m')));
});
