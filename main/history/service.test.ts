import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bar, Timeframe } from '../../shared/bar.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { columnsOf } from '../kit/bar-columns.ts';
import { rangeOf } from '../simulator/bars/range.ts';
import { createMarket } from '../simulator/market/market.ts';
import type { Instrument } from '../simulator/ports.ts';
import { formatBar, formatFile } from './store/format.ts';
import { HistoryBench } from './testing/history-bench.ts';
import { MarketSource } from './testing/market-source.ts';

// Much of the work is the disk's, which others may keep busy.
vi.setConfig({ testTimeout: 120_000 });

const dayMs = 86_400_000;
/** Saturday noon in New York: everything is shut and settled. */
const saturday = Date.UTC(2026, 10, 21, 17);
const market = createMarket({
  seed: 7,
  symbols: ['AAPL', 'MSFT', 'BRK.B', 'KO', 'EUR.USD'],
  hours: 'real',
});

let clock: FakeClock;
let source: MarketSource<Instrument>;
let bench: HistoryBench;

function setUp(options: ConstructorParameters<typeof HistoryBench>[2] = {}, now = saturday): void {
  clock = new FakeClock(now);
  source = new MarketSource<Instrument>(market, rangeOf as never, clock);
  bench = new HistoryBench(clock, source, options);
}

beforeEach(() => setUp());
afterEach(() => bench.remove());

function truth(
  symbol: string,
  timeframe: Timeframe,
  days: number,
  until = saturday,
  regular = timeframe === '1d',
) {
  return source.truth(symbol, timeframe, until - days * dayMs, until, regular);
}

/** Takes runs of bars away, never the first nor the last. */
function holed(bars: readonly Bar[], every: number, length: number): readonly Bar[] {
  return bars.filter(
    (_, nth) => nth === 0 || nth === bars.length - 1 || nth % every >= length || nth < every,
  );
}

const idle = () => {
  const view = bench.service.view();
  return view.lastScan !== null && view.queue.length === 0 && view.activity.kind === 'idle';
};

describe('filling gaps', () => {
  it('makes files equal to the history of the market, bar for bar, within the pacing limits', async () => {
    const files: [string, Timeframe, number][] = [
      ['AAPL', '1m', 12],
      ['MSFT', '5m', 28],
      ['BRK.B', '15m', 28],
      ['EUR.USD', '1h', 28],
      ['KO', '4h', 28],
      ['AAPL', '1d', 28],
      ['EUR.USD', '30m', 20],
    ];
    for (const [symbol, timeframe, days] of files) {
      bench.put(symbol, timeframe, holed(truth(symbol, timeframe, days), 37, 6));
    }
    await bench.service.start();
    await bench.until(idle, 5000);
    await bench.until(
      () => bench.service.view().coverage.every(({ state }) => state === 'whole'),
      5000,
    );
    for (const [symbol, timeframe, days] of files) {
      expect(bench.read(symbol, timeframe)).toEqual(truth(symbol, timeframe, days));
      const handedOn = [...(bench.bars.get(`${symbol}_${timeframe}`)?.values() ?? [])];
      expect(handedOn.sort((a, b) => a.t - b.t)).toEqual(truth(symbol, timeframe, days));
    }
    for (const [nth, { at }] of source.requests.entries()) {
      const within = source.requests.slice(nth).filter((other) => other.at < at + 600_000);
      expect(within.length).toBeLessThanOrEqual(50);
    }
    const asked = source.requests.map(
      ({ symbol, timeframe, end, duration }) => `${symbol} ${timeframe} ${end} ${duration}`,
    );
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('closes a gap of thirteen days without leaving a hole', async () => {
    const whole = truth('AAPL', '1m', 20, saturday, false);
    bench.put(
      'AAPL',
      '1m',
      whole.filter(({ t }) => t < saturday - 13 * dayMs),
    );
    await bench.service.start();
    await bench.until(() => bench.service.view().coverage[0]?.state === 'whole', 5000);
    expect(bench.read('AAPL', '1m')).toEqual(whole);
  });

  it('asks for nothing while the market is shut and the files are whole', async () => {
    bench.put('AAPL', '5m', truth('AAPL', '5m', 10));
    bench.put('EUR.USD', '1h', truth('EUR.USD', '1h', 10));
    await bench.service.start();
    await bench.until(() => clock.now() > saturday + 20 * 3_600_000, 60_000);
    expect(source.requests).toEqual([]);
    const scanned = Date.parse(bench.service.status().gap_filler.last_scan_time ?? '');
    expect(clock.now() - scanned).toBeLessThanOrEqual(360_000);
  });

  it('fills what is missing before a row from the future, and tells of that row', async () => {
    const whole = truth('AAPL', '5m', 10, saturday, false);
    const rows = whole.filter(({ t }) => t < saturday - 5 * dayMs);
    const odd = { ...(whole[0] as Bar), t: Date.UTC(2027, 5, 1, 14, 30) };
    bench.put('AAPL', '5m', [...rows, odd]);
    await bench.service.start();
    await bench.until(() => bench.service.view().lastScan !== null);
    expect(bench.service.view().coverage[0]).toMatchObject({
      state: 'gaps',
      missing: whole.length - rows.length,
      notes: ['1 line left out: a time that is still to come'],
    });
    await bench.until(() => bench.service.view().coverage[0]?.state === 'whole', 5000);
    expect(bench.shown('AAPL', '5m')).toEqual(whole);
  });

  it('fills in place of a row that is no bar, however well it looks', async () => {
    const whole = truth('AAPL', '5m', 10, saturday, false);
    const odd = whole[300] as Bar;
    bench.put(
      'AAPL',
      '5m',
      whole.map((bar) => (bar === odd ? { ...odd, high: odd.low - 1 } : bar)),
    );
    await bench.service.start();
    await bench.until(() => bench.service.view().lastScan !== null);
    expect(bench.service.view().coverage[0]).toMatchObject({
      missing: 1,
      notes: ['1 line left out: a high below its low'],
    });
    await bench.until(() => bench.service.view().coverage[0]?.state === 'whole', 5000);
    expect(bench.read('AAPL', '5m')).toEqual(whole);
  });

  it.each(['00:00:00-04:00', '00:00:00+01:00', '04:00:00+00:00'])(
    'fills daily files whose rows are written %s without doubling a date',
    async (written) => {
      const whole = truth('AAPL', '1d', 28);
      const text = formatFile(columnsOf(whole.slice(0, -5)));
      fs.writeFileSync(bench.path('AAPL', '1d'), text.replaceAll('00:00:00+00:00', written));
      await bench.service.start();
      await bench.until(() => bench.service.view().coverage[0]?.state === 'whole', 5000);
      expect(bench.read('AAPL', '1d')).toEqual(whole);
    },
  );

  it('shows what another program appended between loading and the first look', async () => {
    const whole = truth('AAPL', '5m', 10, saturday, false);
    bench.put('AAPL', '5m', whole.slice(0, -1));
    const add = () => fs.appendFileSync(bench.path('AAPL', '5m'), formatBar(whole.at(-1) as Bar));
    const set = bench.bars.set.bind(bench.bars);
    vi.spyOn(bench.bars, 'set').mockImplementationOnce((key, bars) => {
      add();
      return set(key, bars);
    });
    await bench.service.start();
    await bench.until(idle);
    expect(bench.shown('AAPL', '5m')).toEqual(whole);
  });

  it('leaves a lag below the threshold alone and fills one above it', async () => {
    bench.clock.advance(2 * dayMs - 60 * 60_000);
    const monday = Date.UTC(2026, 10, 23, 16);
    expect(clock.now()).toBe(monday);
    bench.put(
      'AAPL',
      '1m',
      source.truth('AAPL', '1m', monday - 5 * dayMs, monday - 25 * 60_000, false),
    );
    await bench.service.start();
    await bench.until(() => bench.service.view().lastScan !== null);
    expect(bench.service.view().queue.length).toBe(0);
    await bench.until(() => bench.service.view().counts.gapsFilled > 0, 10_000);
    const file = bench.read('AAPL', '1m');
    expect(file).toEqual(
      source.truth('AAPL', '1m', monday - 5 * dayMs, (file.at(-1) as Bar).t + 60_000, false),
    );
    expect((file.at(-1) as Bar).t).toBeGreaterThan(monday);
  });

  it('does at most five files a cycle and starves none', async () => {
    const symbols = ['AAPL', 'MSFT', 'BRK.B', 'KO'];
    for (const symbol of symbols) {
      for (const timeframe of ['5m', '15m', '30m'] as const) {
        bench.put(symbol, timeframe, holed(truth(symbol, timeframe, 6), 20, 2));
      }
    }
    await bench.service.start();
    const firstAsked = () => {
      const first = new Map<string, number>();
      for (const { symbol, timeframe, at } of source.requests) {
        const key = `${symbol}_${timeframe}`;
        if (!first.has(key)) first.set(key, at);
      }
      return [...first.values()];
    };
    await bench.until(() => idle() && firstAsked().length === 12, 10_000);
    const times = firstAsked();
    for (let nth = 5; nth < times.length; nth++) {
      expect((times[nth] as number) - (times[nth - 5] as number)).toBeGreaterThan(250_000);
    }
    expect((times[11] as number) - (times[0] as number)).toBeLessThan(700_000);
  });

  it('tells of old holes and fills them only when asked', async () => {
    const now = Date.UTC(2026, 10, 21, 17);
    const whole = truth('AAPL', '1h', 60, now);
    const old = (bar: Bar) => bar.t > now - 50 * dayMs && bar.t < now - 45 * dayMs;
    bench.put(
      'AAPL',
      '1h',
      whole.filter((bar) => !old(bar)),
    );
    await bench.service.start();
    await bench.until(idle);
    expect(source.requests).toEqual([]);
    expect(bench.service.view().coverage[0]).toMatchObject({ state: 'old-gaps', oldHoles: 1 });
    expect(bench.service.view().notices.map(({ kind }) => kind)).toContain('old-gaps');
    expect(await bench.service.fetch('AAPL', '1h')).toMatchObject({ ok: true, requests: 1 });
    await bench.until(() => bench.service.view().coverage[0]?.state === 'whole');
    expect(bench.read('AAPL', '1h')).toEqual(whole);
  });

  it('asks once for a minute nobody traded and not again', async () => {
    const whole = truth('AAPL', '1m', 3, saturday, false);
    const quiet = whole[whole.length - 500]?.t as number;
    source.lacks = (_, __, t) => t === quiet;
    bench.put(
      'AAPL',
      '1m',
      whole.filter(({ t }) => t !== quiet),
    );
    await bench.service.start();
    await bench.until(() => source.requests.length === 1 && idle());
    await bench.until(() => clock.now() > saturday + 12 * 3_600_000, 60_000);
    expect(source.requests).toHaveLength(1);
    expect(bench.service.view().coverage[0]).toMatchObject({ state: 'whole', missing: 0 });
  });

  it('fills nothing for a symbol whose hours nobody knows, and says so', async () => {
    setUp({ instrument: () => ({ secType: 'STK', exchange: 'TSEJ', currency: 'JPY' }) });
    source.connected = false;
    bench.put('XXXX', '5m', holed(truth('AAPL', '5m', 6), 20, 2));
    await bench.service.start();
    await bench.until(() => bench.service.view().lastScan !== null);
    expect(bench.service.view().coverage[0]?.state).toBe('no-calendar');
    expect(bench.service.view().notices[0]).toMatchObject({ kind: 'no-calendar' });
    expect(bench.service.view().queue.length).toBe(0);
    expect(await bench.service.fetch('XXXX', '5m')).toMatchObject({
      ok: false,
      reason: 'no-calendar',
    });
  });

  it('goes on after a restart where it stopped, without planning anything twice', async () => {
    bench.put('AAPL', '1m', holed(truth('AAPL', '1m', 25, saturday, false), 2000, 60));
    source.connected = false;
    await bench.service.start();
    await bench.until(() => bench.service.view().queue.length > 3);
    const before = bench.service.view().queue.length;
    await bench.until(() => clock.now() > saturday + 3_600_000, 10_000);
    expect(bench.service.view().queue.length).toBe(before);
    await bench.service.stop();
    bench.make();
    expect(bench.service.view().queue.length).toBe(before);
    source.connected = true;
    await bench.service.start();
    await bench.until(idle, 5000);
    expect(source.requests).toHaveLength(before);
    expect(bench.read('AAPL', '1m')).toEqual(truth('AAPL', '1m', 25, saturday, false));
  });

  it('does not let a queue wait for the cycle of before when the service is started again', async () => {
    const whole = truth('AAPL', '5m', 6);
    bench.put('AAPL', '5m', holed(whole, 60, 5));
    source.connected = false;
    await bench.service.start();
    await bench.until(() => bench.service.view().queue.length > 0);
    await bench.service.stop();
    source.connected = true;
    const since = clock.now();
    await bench.service.start();
    await bench.until(idle, 1000);
    expect(clock.now() - since).toBeLessThan(60_000);
    expect(bench.read('AAPL', '5m')).toEqual(whole);
  });
});

describe('what goes wrong on the way', () => {
  it('halves what times out, and remembers', async () => {
    source.trouble = ({ duration, timeframe }) => {
      const tooLong = timeframe === '5m' && Number.parseInt(duration, 10) > 6;
      return tooLong ? { ok: false, reason: 'timeout', message: 'no answer' } : undefined;
    };
    bench.put('AAPL', '5m', truth('AAPL', '5m', 28).slice(0, 20));
    await bench.service.start();
    await bench.until(() => bench.service.view().coverage[0]?.state === 'whole', 5000);
    const days = source.requests.map(({ duration }) => Number.parseInt(duration, 10));
    expect(days.filter((each) => each > 6).length).toBeLessThanOrEqual(2);
    expect(bench.read('AAPL', '5m')).toEqual(truth('AAPL', '5m', 28));
  });

  it.each([
    ['pacing', { ok: false, reason: 'pacing', code: 162, message: 'pacing violation' }],
    ['cancelled', { ok: false, reason: 'cancelled', code: 162, message: 'query cancelled' }],
    ['no-data', { ok: false, reason: 'no-data', code: 162, message: 'query returned no data' }],
  ] as const)('fills later what once failed with %s', async (_, failure) => {
    bench.put('AAPL', '5m', holed(truth('AAPL', '5m', 6), 60, 5));
    source.trouble = (_request, nth) => (nth === 1 ? failure : undefined);
    await bench.service.start();
    await bench.until(() => bench.service.view().coverage[0]?.state === 'whole' && idle(), 10_000);
    // An empty answer is believed for a day.
    await bench.until(() => clock.now() > saturday + 30 * 3_600_000, 60_000);
    const since = saturday - 6 * dayMs;
    const known = bench.read('AAPL', '5m').filter(({ t }) => t < saturday);
    expect(known).toEqual(source.truth('AAPL', '5m', since, saturday, false));
  });

  it('keeps the queue while the session is gone or lent, and never asks then', async () => {
    bench.put('AAPL', '1m', holed(truth('AAPL', '1m', 25, saturday, false), 1500, 40));
    source.trouble = (_, nth) => {
      if (nth === 2) bench.reserved = true;
      if (nth === 3) source.connected = false;
      return nth === 3
        ? { ok: false, reason: 'not-connected', message: 'connection lost' }
        : undefined;
    };
    await bench.service.start();
    await bench.until(() => source.requests.length === 2);
    await bench.until(() => clock.now() > saturday + 1_800_000, 5000);
    expect(source.requests).toHaveLength(2);
    expect(bench.service.view().activity).toEqual({ kind: 'waiting', for: 'reservation' });
    bench.reserved = false;
    bench.service.nudge();
    await bench.until(() => !source.connected);
    await bench.until(() => clock.now() > saturday + 3_600_000, 5000);
    expect(source.requests).toHaveLength(3);
    expect(bench.service.view().activity).toEqual({ kind: 'waiting', for: 'session' });
    source.connected = true;
    await bench.until(idle, 5000);
    expect(bench.read('AAPL', '1m')).toEqual(truth('AAPL', '1m', 25, saturday, false));
  });

  it('leaves room in the budget for people, whose requests go first', async () => {
    bench.put('AAPL', '1m', truth('AAPL', '1m', 29, saturday, false).slice(0, 10));
    bench.put('KO', '1h', holed(truth('KO', '1h', 90), 30, 3));
    source.perWindow = 6;
    await bench.service.start();
    await bench.until(() => bench.service.view().activity.kind === 'waiting');
    expect(source.pacing().left).toBe(1);
    await bench.service.fetch('KO', '1h');
    await bench.until(() => source.requests.at(-1)?.priority === 'person');
    expect(source.requests.at(-1)).toMatchObject({ symbol: 'KO' });
  });

  it('gives up on a symbol the broker does not know and says so', async () => {
    bench.put('AAPL', '5m', holed(truth('AAPL', '5m', 6), 60, 5));
    source.trouble = () => ({
      ok: false,
      reason: 'unknown-symbol',
      code: 200,
      message: 'No security definition',
    });
    await bench.service.start();
    await bench.until(
      () => source.requests.length === 1 && bench.service.view().queue.length === 0,
    );
    await bench.until(() => clock.now() > saturday + 7_200_000, 10_000);
    expect(source.requests).toHaveLength(1);
    expect(bench.service.status().statistics.recent_errors[0]?.error).toContain(
      'No security definition',
    );
  });

  it('does not take a file that is being rewritten for one with gaps', async () => {
    const whole = truth('AAPL', '5m', 6);
    bench.put('AAPL', '5m', whole);
    await bench.service.start();
    await bench.until(idle);
    fs.writeFileSync(bench.path('AAPL', '5m'), '');
    clock.advance(300_000);
    await bench.until(() => bench.service.view().coverage[0]?.state === 'unstable', 100);
    bench.put('AAPL', '5m', whole);
    await bench.until(() => bench.service.view().coverage[0]?.state === 'whole', 1000);
    expect(source.requests).toEqual([]);
  });

  it('lets a file that is never left in peace hold up no other', async () => {
    bench.put('KO', '5m', truth('KO', '5m', 6));
    for (const symbol of ['AAPL', 'MSFT', 'BRK.B']) {
      bench.put(symbol, '5m', holed(truth(symbol, '5m', 6), 60, 5));
      bench.put(symbol, '1h', holed(truth(symbol, '1h', 6), 20, 2));
    }
    await bench.service.start();
    let torn = 0;
    const state = (of: string) =>
      bench.service
        .view()
        .coverage.filter(({ symbol }) => (symbol === 'KO') === (of === 'KO'))
        .map((one) => one.state);
    await bench.until(() => {
      fs.appendFileSync(bench.path('KO', '5m'), `${torn++}`);
      return state('KO')[0] === 'unstable' && state('others').every((one) => one === 'whole');
    }, 1000);
    expect(state('others')).toHaveLength(6);
  });

  it('fetches a series anew when the past was restated, keeps the old file and says so', async () => {
    const whole = truth('AAPL', '1d', 28);
    bench.put('AAPL', '1d', whole.slice(0, -4));
    source.scale = () => 4;
    bench.service = bench.make({ watchlist: ['AAPL'] });
    await bench.service.start();
    await bench.until(() => bench.service.view().notices.some(({ kind }) => kind === 'split'));
    const file = bench.read('AAPL', '1d');
    expect(file.slice(-whole.length)).toEqual(truth('AAPL', '1d', 28));
    const kept = fs.readdirSync(`${bench.dir}/.gatehouse`).filter((name) => name.endsWith('.kept'));
    expect(kept).toHaveLength(1);
    expect(bench.service.view().notices.find(({ kind }) => kind === 'split')?.message).toContain(
      '4:1',
    );
  });
});

it('checks the other series of a symbol when its daily bars were restated', async () => {
  bench.put('AAPL', '1d', truth('AAPL', '1d', 28).slice(0, -4));
  const hourly = truth('AAPL', '1h', 20);
  bench.put('AAPL', '1h', hourly);
  bench.put('MSFT', '1h', truth('MSFT', '1h', 20));
  source.scale = (symbol) => (symbol === 'AAPL' ? 0.1 : 1);
  bench.service = bench.make({ watchlist: ['AAPL'] });
  await bench.service.start();
  const splits = () => bench.service.view().notices.filter(({ kind }) => kind === 'split');
  await bench.until(() => splits().length === 2);
  expect(splits().map(({ message }) => message)).toEqual([
    'AAPL was split (1:10); its 1d bars were fetched anew',
    'AAPL was split (1:10); its 1h bars were fetched anew',
  ]);
  expect(bench.read('AAPL', '1h')).toEqual(truth('AAPL', '1h', 20));
  expect(bench.read('MSFT', '1h')).toEqual(truth('MSFT', '1h', 20));
});

describe('what a person may do', () => {
  it('scans and fills everything at once by force, and tells what was done', async () => {
    for (const symbol of ['AAPL', 'MSFT', 'KO']) {
      for (const timeframe of ['5m', '15m'] as const) {
        bench.put(symbol, timeframe, holed(truth(symbol, timeframe, 5), 20, 2));
      }
    }
    const answered = bench.service.forceScan();
    let result: Awaited<typeof answered> | undefined;
    void answered.then((each) => {
      result = each;
    });
    await bench.until(() => result !== undefined, 100);
    expect(result).toMatchObject({
      ok: true,
      waiting: 0,
      stats: { running: false, gaps_failed: 0, check_interval: 300, errors: [] },
    });
    expect(
      new Set(source.requests.map(({ symbol, timeframe }) => `${symbol}_${timeframe}`)).size,
    ).toBe(6);
    source.connected = false;
    expect(await bench.service.forceScan()).toEqual({
      ok: false,
      reason: 'not-connected',
      message: 'IB not connected',
    });
  });

  it('fills by force what was cut out of a file a moment ago', async () => {
    const whole = truth('AAPL', '5m', 6);
    bench.put('AAPL', '5m', whole);
    await bench.service.start();
    await bench.until(idle);
    bench.put('AAPL', '5m', holed(whole, 60, 5));
    let result: Awaited<ReturnType<typeof bench.service.forceScan>> | undefined;
    void bench.service.forceScan().then((each) => {
      result = each;
    });
    await bench.until(() => result !== undefined, 100);
    expect(result).toMatchObject({ ok: true, waiting: 0, stats: { gaps_failed: 0 } });
    expect(result?.ok && result.stats.gaps_filled).toBeGreaterThan(0);
    expect(bench.read('AAPL', '5m')).toEqual(whole);
  });

  it('hands on what other programs write into the files, and files that are new', async () => {
    source.connected = false;
    const whole = truth('AAPL', '5m', 6);
    const other = truth('KO', '5m', 6);
    bench.put('AAPL', '5m', whole.slice(0, -3));
    await bench.service.start();
    await bench.until(() => bench.service.view().lastScan !== null);
    bench.put('AAPL', '5m', whole);
    bench.put('KO', '5m', other);
    await bench.until(() => bench.shown('KO', '5m').length > 0, 1000);
    await bench.until(() => bench.service.view().activity.kind !== 'scanning');
    expect(bench.shown('KO', '5m')).toEqual(other);
    expect(bench.shown('AAPL', '5m')).toEqual(whole);
    expect(source.requests).toEqual([]);
  });

  it('shows no bar any more that a person has taken out of a file', async () => {
    source.connected = false;
    const whole = truth('AAPL', '5m', 6);
    bench.put('AAPL', '5m', whole);
    await bench.service.start();
    await bench.until(() => bench.service.view().lastScan !== null);
    const shown = () => bench.shown('AAPL', '5m');
    expect(shown()).toEqual(whole);
    const left = whole.filter((_, nth) => nth < 100 || nth > 110);
    bench.put('AAPL', '5m', left);
    await bench.until(() => shown().length !== whole.length, 1000);
    expect(shown()).toEqual(left);
  });

  it('shows what another program wrote between a look at the file and our own writing', async () => {
    const whole = truth('AAPL', '5m', 6);
    const outside = { ...(whole.at(-1) as Bar), t: (whole.at(-1) as Bar).t - 299_000 };
    bench.put('AAPL', '5m', holed(whole, 60, 5));
    source.trouble = (_, nth) => {
      // The first answer is on its way: the file was looked at, and not yet written to.
      if (nth === 1) bench.put('AAPL', '5m', [...holed(whole, 60, 5), outside]);
      return undefined;
    };
    await bench.service.start();
    await bench.until(idle);
    const shown = bench.shown('AAPL', '5m');
    expect(shown).toEqual(bench.read('AAPL', '5m'));
    expect(shown.map(({ t }) => t)).toContain(outside.t);
  });

  it('still owes a forced fill to a file that was being written to for longer', async () => {
    const whole = truth('AAPL', '5m', 6);
    bench.put('AAPL', '5m', whole);
    await bench.service.start();
    await bench.until(idle);
    bench.put('AAPL', '5m', holed(whole, 60, 5));
    let answered = false;
    void bench.service.forceScan().then(() => {
      answered = true;
    });
    let torn = 0;
    await bench.until(() => {
      if (!answered) fs.appendFileSync(bench.path('AAPL', '5m'), `${torn++}`);
      return answered;
    }, 1000);
    const since = clock.now();
    bench.put('AAPL', '5m', holed(whole, 60, 5));
    await bench.until(() => bench.service.view().coverage[0]?.state === 'whole', 1000);
    expect(clock.now() - since).toBeLessThan(60_000);
    expect(bench.read('AAPL', '5m')).toEqual(whole);
  });

  it('answers a forced scan after a minute while the rest goes on', async () => {
    source.perWindow = 12;
    bench.put('AAPL', '1m', truth('AAPL', '1m', 29, saturday, false).slice(0, 10));
    bench.put('MSFT', '1m', truth('MSFT', '1m', 29, saturday, false).slice(0, 10));
    await bench.service.start();
    let result: { ok: boolean; waiting?: number } | undefined;
    void bench.service.forceScan().then((each) => {
      result = each;
    });
    await bench.until(() => result !== undefined, 500);
    expect(result?.waiting).toBeGreaterThan(0);
    const progress = bench.service.view().fill;
    expect(progress?.msLeft).toBeGreaterThan(0);
    expect(progress?.done).toBeGreaterThan(0);
  });

  it('pauses, resumes and cancels', async () => {
    bench.put('AAPL', '1m', truth('AAPL', '1m', 29, saturday, false).slice(0, 10));
    source.trouble = (_, nth) => (nth === 2 ? 'hang' : undefined);
    await bench.service.start();
    await bench.until(() => source.requests.length === 2);
    bench.service.pause();
    await bench.until(() => bench.service.view().activity.kind === 'paused');
    const before = bench.service.view().queue.length;
    await bench.until(() => clock.now() > saturday + 900_000, 5000);
    expect(source.requests).toHaveLength(2);
    expect(bench.service.view().queue.length).toBe(before);
    bench.service.resume();
    await bench.until(() => source.requests.length === 3);
    expect(bench.service.cancel()).toBeGreaterThan(0);
    expect(bench.service.view().queue.length).toBe(0);
  });

  it('is told of what there is in the words programs know', async () => {
    bench.put('AAPL', '1h', holed(truth('AAPL', '1h', 10), 30, 3));
    await bench.service.start();
    await bench.until(idle);
    const status = bench.service.status();
    expect(Object.keys(status)).toEqual(['gap_filler', 'statistics']);
    expect(status.gap_filler).toMatchObject({
      running: true,
      check_interval: 300,
      supported_timeframes: ['1m', '5m', '15m', '30m', '1h', '4h', '1d'],
    });
    expect(status.gap_filler.last_scan_time).toMatch(/^2026-11-21T.*\+00:00$/);
    expect(status.statistics.symbols_processed).toEqual(['AAPL_1h']);
    expect(status.statistics.gaps_detected).toBe(status.statistics.gaps_filled);
    expect(status.statistics.gaps_failed).toBe(0);
  });
});

describe('handing on again', () => {
  it('brings the minutes made of ticks back, which no file has', async () => {
    const monday = Date.UTC(2026, 10, 23, 15);
    setUp({ watchlist: ['AAPL', 'KO'] }, monday);
    source.connected = false;
    const stored = source.truth('AAPL', '1m', monday - 2 * dayMs, monday - 600_000, false);
    bench.put('AAPL', '1m', stored);
    await bench.service.start();
    bench.service.tick('AAPL', 200, 1000, monday);
    bench.service.tick('KO', 70, 1000, monday);
    bench.bars.clear();
    bench.service.resend([
      { ticker: 'AAPL', timeframe: '1m' },
      { ticker: 'KO', timeframe: '1m' },
    ]);
    expect([...(bench.bars.get('AAPL_1m')?.keys() ?? [])]).toEqual([
      ...stored.map(({ t }) => t),
      monday,
    ]);
    expect([...(bench.bars.get('KO_1m')?.keys() ?? [])]).toEqual([monday]);
  });
});

describe('reading', () => {
  it('answers from the files in pages, with the live bars behind them, without any session', async () => {
    source.connected = false;
    const monday = Date.UTC(2026, 10, 23, 15);
    setUp({ watchlist: ['AAPL'] }, monday);
    source.connected = false;
    const stored = source.truth('AAPL', '1m', monday - 4 * dayMs, monday - 600_000, false);
    bench.put('AAPL', '1m', stored);
    await bench.service.start();
    bench.service.tick('AAPL', 200, 1000, monday);
    const all: Bar[] = [];
    let from: number | null = null;
    let provisional: number | null = null;
    do {
      const page = await bench.service.bars({
        ticker: 'AAPL',
        timeframe: '1m',
        from,
        to: null,
        limit: 100,
      });
      all.push(...(page?.bars ?? []));
      from = page?.next ?? null;
      provisional = page?.provisionalFrom ?? provisional;
    } while (from !== null);
    expect(all.slice(0, -1)).toEqual(stored);
    expect(all.at(-1)).toMatchObject({ t: monday, close: 200 });
    expect(provisional).toBe(monday);
    await bench.until(() => bench.bars.get('AAPL_1m')?.has(monday) === true);
    expect(
      await bench.service.bars({ ticker: 'NONE', timeframe: '1m', from: null, to: null, limit: 1 }),
    ).toBeUndefined();
  });
});
