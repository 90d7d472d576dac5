import fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Bar } from '../../shared/bar.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { rangeOf } from '../simulator/bars/range.ts';
import { createMarket } from '../simulator/market/market.ts';
import type { Instrument } from '../simulator/ports.ts';
import { privateFolder } from './store/private-folder.ts';
import { HistoryBench } from './testing/history-bench.ts';
import { MarketSource } from './testing/market-source.ts';

// Much of the work is the disk's, which others may keep busy.
vi.setConfig({ testTimeout: 120_000 });

const saturday = Date.UTC(2026, 10, 21, 17);
const market = createMarket({ seed: 7, symbols: ['AAPL'], hours: 'real' });

let bench: HistoryBench;
let whole: readonly Bar[];

beforeEach(() => {
  const clock = new FakeClock(saturday);
  const source = new MarketSource<Instrument>(market, rangeOf as never, clock);
  bench = new HistoryBench(clock, source);
  whole = source.truth('AAPL', '5m', saturday - 5 * 86_400_000, saturday, false);
  bench.put(
    'AAPL',
    '5m',
    whole.filter((_, nth) => nth < 50 || nth > 80),
  );
});
afterEach(() => bench.remove());

const inside = (name = '') => join(bench.dir, privateFolder, name);
const filled = () => bench.read('AAPL', '5m').length === whole.length;

it('starts and fills although nobody can deal with what a crash left behind', async () => {
  fs.mkdirSync(inside('AAPL_5m.csv.100.0.old'), { recursive: true });
  fs.mkdirSync(inside('AAPL_5m.csv.1.0.new'));
  await bench.service.start();
  await bench.until(filled);
  expect(bench.read('AAPL', '5m')).toEqual(whole);
});

it('tells what helps when the bars cannot be written for want of a folder, and fills afterwards', async () => {
  fs.writeFileSync(inside(), 'a file of somebody');
  await bench.service.start();
  const told = () => bench.service.view().notices.find(({ kind }) => kind === 'disk');
  await bench.until(() => told() !== undefined);
  expect(told()).toMatchObject({
    message: expect.stringMatching(/^AAPL_5m\.csv could not be written: .*EEXIST/),
    advice:
      'Look at the disk and at the folder of the bars; what is missing is fetched afterwards.',
  });
  fs.unlinkSync(inside());
  await bench.until(() => told() === undefined && filled());
  expect(bench.read('AAPL', '5m')).toEqual(whole);
});
