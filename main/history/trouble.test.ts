import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bar } from '../../shared/bar.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { rangeOf } from '../simulator/bars/range.ts';
import { createMarket } from '../simulator/market/market.ts';
import type { Instrument } from '../simulator/ports.ts';
import { defaultCaps } from './plan/caps.ts';
import type { Failed } from './ports.ts';
import { HistoryBench } from './testing/history-bench.ts';
import { MarketSource } from './testing/market-source.ts';

// Much of the work is the disk's, which others may keep busy.
vi.setConfig({ testTimeout: 120_000 });

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Saturday noon in New York: everything is shut and settled. */
const saturday = Date.UTC(2026, 10, 21, 17);
const symbols = ['AAPL', 'MSFT', 'KO', 'JNJ', 'PG', 'XOM', 'WMT', 'V'];
const market = createMarket({ seed: 7, symbols, hours: 'real' });

let clock: FakeClock;
let source: MarketSource<Instrument>;
let bench: HistoryBench;

function setUp(watchlist: readonly string[] = []): void {
  clock = new FakeClock(saturday);
  source = new MarketSource<Instrument>(market, rangeOf as never, clock);
  bench = new HistoryBench(clock, source, { watchlist });
}

beforeEach(() => setUp());
afterEach(() => bench.remove());

const truth = (symbol: string, days = 6) =>
  source.truth(symbol, '5m', saturday - days * dayMs, saturday, false);
const holed = (bars: readonly Bar[]) => bars.filter((_, nth) => nth < 100 || nth > 140);
const stateOf = (symbol: string) =>
  bench.service.view().coverage.find((each) => each.symbol === symbol && each.timeframe === '5m')
    ?.state;

function refusal(text: string, code = 162): Failed {
  const message = `Historical Market Data Service error message:${text}`;
  return { ok: false, reason: 'error', code, message };
}

describe.each([
  'HMDS connection attempt failed. HMDS data farm connection is broken:ushmds',
  'Trading TWS session is connected from a different IP address',
])('while the historical service is out of reach (%s)', (text) => {
  const outageMs = 20_000;
  const broken = () => (clock.now() < saturday + outageMs ? refusal(text) : undefined);

  it('hardly anything is asked, and then the files are filled with requests as large as before', async () => {
    for (const symbol of symbols) {
      const whole = truth(symbol, 28);
      bench.put(symbol, '5m', [...whole.slice(0, 50), ...whole.slice(-50)]);
    }
    source.trouble = broken;
    await bench.service.start();
    await bench.until(() => source.requests.length > 0);
    await bench.until(() => bench.service.view().activity.kind === 'waiting', 1);
    expect(bench.service.view().activity).toEqual({ kind: 'waiting', for: 'service' });
    await bench.until(() => symbols.every((symbol) => stateOf(symbol) === 'whole'), 1000);
    const during = source.requests.filter(({ at }) => at < saturday + outageMs);
    expect(during.length).toBeLessThanOrEqual(3);
    const days = source.requests.map(({ duration }) => Number.parseInt(duration, 10));
    expect(Math.max(...days.slice(during.length))).toBeGreaterThanOrEqual(defaultCaps['5m']);
    expect(source.requests).toHaveLength(symbols.length + during.length);
  });

  it('the download waits, is not "downloading", and then needs no more requests than ever', async () => {
    setUp(['AAPL', 'MSFT']);
    source.trouble = broken;
    await bench.service.start();
    await bench.until(() => source.requests.length > 0);
    await bench.until(() => !bench.service.isDownloading(), 1);
    expect(bench.service.view().download).toMatchObject({ done: 0, failed: 0, total: 2 });
    await bench.until(() => bench.service.view().download === null, 1000);
    const during = source.requests.filter(({ at }) => at < saturday + outageMs);
    expect(during.length).toBeLessThanOrEqual(3);
    expect(source.requests.length - during.length).toBe(2);
    expect(bench.read('AAPL', '1d')).toEqual(
      source.truth(
        'AAPL',
        '1d',
        Math.ceil((saturday - 365 * dayMs) / dayMs) * dayMs,
        saturday,
        true,
      ),
    );
  });

  it('a person who asks finds out at once that it is back', async () => {
    bench.put('AAPL', '5m', holed(truth('AAPL')));
    source.trouble = () => refusal(text);
    await bench.service.start();
    await bench.until(() => clock.now() > saturday + 20 * minuteMs, 1000);
    source.trouble = () => undefined;
    const since = clock.now();
    await bench.service.fetch('AAPL', '5m');
    await bench.until(() => stateOf('AAPL') === 'whole', 100);
    expect(clock.now() - since).toBeLessThan(10_000);
  });
});

it('does not cut the requests of a week down because of one refusal nobody understands', async () => {
  for (const symbol of symbols) {
    const whole = truth(symbol, 28);
    bench.put(symbol, '5m', [...whole.slice(0, 50), ...whole.slice(-50)]);
  }
  source.trouble = () =>
    clock.now() < saturday + 20_000 ? refusal('something nobody has heard of') : undefined;
  await bench.service.start();
  await bench.until(() => symbols.every((symbol) => stateOf(symbol) === 'whole'), 1000);
  const answered = source.requests.filter(({ at }) => at >= saturday + 20_000);
  expect(Math.max(...answered.map(({ duration }) => Number.parseInt(duration, 10)))).toBe(10);
});

it('asks for nothing during the minute after a pacing violation, and is not downloading then', async () => {
  setUp(['AAPL', 'MSFT']);
  bench.put('KO', '5m', holed(truth('KO')));
  source.trouble = (_, nth) =>
    nth === 1 ? { ok: false, reason: 'pacing', code: 162, message: 'pacing violation' } : undefined;
  await bench.service.start();
  await bench.until(() => source.requests.length === 1);
  await bench.until(() => !bench.service.isDownloading(), 1);
  void bench.service.fetch('KO', '5m');
  const refused = source.requests[0]?.at ?? 0;
  await bench.until(() => {
    if (clock.now() < refused + minuteMs) expect(bench.service.isDownloading()).toBe(false);
    return bench.service.view().download === null && stateOf('KO') === 'whole';
  }, 1000);
  for (const { at } of source.requests.slice(1))
    expect(at).toBeGreaterThanOrEqual(refused + minuteMs);
});

it.each([
  [162, 'API historical data query cancelled: 3'],
  [366, 'No historical data query found for ticker id:3'],
])(
  'asks ever less often for what the broker cancels each time (%i), and fills the others',
  async (code, message) => {
    for (const symbol of symbols) bench.put(symbol, '5m', holed(truth(symbol)));
    source.trouble = ({ symbol }) =>
      symbol === 'AAPL' ? { ok: false, reason: 'cancelled', code, message } : undefined;
    await bench.service.start();
    const others = symbols.filter((symbol) => symbol !== 'AAPL');
    await bench.until(() => others.every((symbol) => stateOf(symbol) === 'whole'), 1000);
    await bench.until(() => clock.now() > saturday + 6 * 3_600_000, 10_000);
    const asked = source.requests.filter(({ symbol }) => symbol === 'AAPL');
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.length).toBeLessThan(12);
    // It is no matter of size.
    expect(new Set(asked.map(({ duration }) => duration)).size).toBe(1);
    expect(bench.service.view().recentErrors[0]).toMatchObject({ series: 'AAPL_5m' });
  },
);

describe('a file that takes no bars', () => {
  it('keeps nothing of its symbol but itself from being filled, and is told once', async () => {
    fs.mkdirSync(bench.path('AAPL', '1m'));
    bench.put('AAPL', '5m', holed(truth('AAPL')));
    await bench.service.start();
    expect(await bench.service.fetch('AAPL', '1m')).toMatchObject({
      ok: false,
      reason: 'unusable-file',
    });
    expect(await bench.service.fetch('AAPL')).toMatchObject({ ok: true, requests: 1 });
    await bench.until(() => stateOf('AAPL') === 'whole', 1000);
    expect(source.requests.every(({ timeframe }) => timeframe === '5m')).toBe(true);
    expect(bench.service.view().notices.filter(({ kind }) => kind === 'file')).toHaveLength(1);
  });

  it('is filled as soon as it is another file', async () => {
    setUp(['AAPL']);
    fs.mkdirSync(bench.path('AAPL', '1d'));
    bench.put('AAPL', '5m', holed(truth('AAPL')));
    await bench.service.start();
    await bench.until(() => stateOf('AAPL') === 'whole', 1000);
    expect(source.requests.map(({ timeframe }) => timeframe)).toEqual(['5m']);
    fs.rmdirSync(bench.path('AAPL', '1d'));
    void bench.service.startDownload();
    await bench.until(() => fs.existsSync(bench.path('AAPL', '1d')), 1000);
    await bench.until(() => bench.service.view().download === null, 1000);
    expect(bench.service.view().notices.filter(({ kind }) => kind === 'file')).toEqual([]);
  });

  it('that breaks while its requests wait costs one request, and the other series none', async () => {
    bench.put('AAPL', '5m', holed(truth('AAPL')));
    bench.put(
      'AAPL',
      '1h',
      source
        .truth('AAPL', '1h', saturday - 6 * dayMs, saturday, false)
        .filter((_, nth) => nth < 20 || nth > 25),
    );
    source.connected = false;
    await bench.service.start();
    await bench.until(() => bench.service.view().queue.length === 2, 1000);
    fs.rmSync(bench.path('AAPL', '1h'));
    fs.mkdirSync(bench.path('AAPL', '1h'));
    source.connected = true;
    await bench.until(() => stateOf('AAPL') === 'whole', 1000);
    await bench.until(() => clock.now() > saturday + 3 * 3_600_000, 10_000);
    expect(source.requests.map(({ timeframe }) => timeframe).sort()).toEqual(['1h', '5m']);
  });
});

it('tries a symbol again that was given up when a person has everything looked at', async () => {
  bench.put('AAPL', '5m', holed(truth('AAPL')));
  source.trouble = (_, nth) =>
    nth === 1 ? { ok: false, reason: 'unknown-symbol', code: 200, message: 'none' } : undefined;
  await bench.service.start();
  await bench.until(() => source.requests.length === 1);
  await bench.until(() => bench.service.view().queue.length === 0);
  void bench.service.forceScan();
  await bench.until(() => stateOf('AAPL') === 'whole', 1000);
  expect(source.requests).toHaveLength(2);
});
