import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
const hourMs = 3_600_000;
const minuteMs = 60_000;
/** Saturday noon in New York: everything is shut and settled. */
const saturday = Date.UTC(2026, 10, 21, 17);
const market = createMarket({ seed: 7, symbols: ['AAPL', 'MSFT', 'KO'], hours: 'real' });

let clock: FakeClock;
let source: MarketSource<Instrument>;
let bench: HistoryBench;

beforeEach(() => {
  clock = new FakeClock(saturday);
  source = new MarketSource<Instrument>(market, rangeOf as never, clock);
  bench = new HistoryBench(clock, source, {
    watchlist: ['AAPL', 'KO'],
    beginTimeframes: ['1m', '1h', '1d'],
    tempo: { beatMs: minuteMs },
  });
});
afterEach(() => bench.remove());

const files = () => fs.readdirSync(bench.dir).filter((name) => name.endsWith('.csv'));
const asked = (timeframe: Timeframe) =>
  source.requests.filter((request) => request.timeframe === timeframe);
const until = (ms: number) =>
  bench.until(() => clock.now() >= saturday + ms, Math.min(ms / 4, 5 * minuteMs));
const isThere = (symbol: string, timeframe: Timeframe) =>
  bench.until(() => fs.existsSync(bench.path(symbol, timeframe)), 2000);

describe('a timeframe in the settings', () => {
  it('gives every symbol of the watchlist a file, with one request each, and keeps it whole', async () => {
    await bench.service.start();
    await until(hourMs);
    expect(files().sort()).toEqual(
      ['AAPL_1d', 'AAPL_1h', 'AAPL_1m', 'KO_1d', 'KO_1h', 'KO_1m'].map((name) => `${name}.csv`),
    );
    expect([asked('1m').length, asked('1h').length, asked('1d').length]).toEqual([2, 2, 2]);
    // Three sessions of all hours: the most that one request for minutes brings.
    const wednesday = Date.UTC(2026, 10, 18, 9);
    const minutes = (to: number) => source.truth('AAPL', '1m', wednesday, to, false);
    expect(bench.read('AAPL', '1m')).toEqual(minutes(saturday));
    await until(2 * dayMs);
    const mondayMorning = Date.UTC(2026, 10, 23, 16);
    expect(bench.read('AAPL', '1m').filter(({ t }) => t < mondayMorning)).toEqual(
      minutes(mondayMorning),
    );
  });

  it('waits for a session without asking for the same twice', async () => {
    source.connected = false;
    await bench.service.start();
    await until(dayMs);
    expect(bench.service.view().queue.length).toBe(4);
    expect(source.requests).toEqual([]);
  });

  it('begins no more files a cycle than are filled', async () => {
    bench.service = bench.make({ batchSize: 1 });
    await bench.service.start();
    await bench.until(() => asked('1m').length + asked('1h').length > 0);
    await until(4 * minuteMs);
    expect(asked('1m').length + asked('1h').length).toBe(1);
  });

  it('begins the files of a symbol that is added later', async () => {
    await bench.service.start();
    bench.service.setWatchlist(['AAPL', 'KO', 'MSFT']);
    await isThere('MSFT', '1m');
  });

  it('begins a deleted file again, but none that it does not name', async () => {
    bench.put('MSFT', '1m', source.truth('MSFT', '1m', saturday - 3 * dayMs, saturday, false));
    await bench.service.start();
    await isThere('AAPL', '1m');
    fs.unlinkSync(bench.path('AAPL', '1m'));
    fs.unlinkSync(bench.path('MSFT', '1m'));
    await isThere('AAPL', '1m');
    expect(fs.existsSync(bench.path('MSFT', '1m'))).toBe(false);
  });

  it('asks once a day, then ever more seldom, where the broker has nothing', async () => {
    bench.service = bench.make({ watchlist: ['AAPL'], beginTimeframes: ['1m'] });
    source.lacks = (symbol, timeframe) => symbol === 'AAPL' && timeframe === '1m';
    await bench.service.start();
    const days = () => asked('1m').map(({ at }) => Math.floor((at - saturday) / dayMs));
    await until(4 * dayMs);
    expect(days()).toEqual([0, 1, 3]);
    expect(fs.existsSync(bench.path('AAPL', '1m'))).toBe(false);
  });
});

it('begins nothing that no setting names', async () => {
  bench.service = bench.make({ beginTimeframes: [] });
  await bench.service.start();
  await until(hourMs);
  expect(files().sort()).toEqual(['AAPL_1d.csv', 'KO_1d.csv']);
});
