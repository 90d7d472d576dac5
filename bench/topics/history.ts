import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nyse } from '../../main/calendar/nyse.ts';
import { ExpectedBook } from '../../main/history/scan/expected-book.ts';
import { ScanIndex } from '../../main/history/scan/scan-index.ts';
import { Scanner } from '../../main/history/scan/scanner.ts';
import { formatBar, header } from '../../main/history/store/format.ts';
import { type LoadedFile, loadFiles } from '../../main/history/store/loader.ts';
import { Stability } from '../../main/history/store/stability.ts';
import { anyTimes } from '../../main/history/store/time-rules.ts';
import { gapSample, random, requestsToFill } from '../../main/history/testing/gap-sample.ts';
import type { Bench, BenchContext, Figure } from '../bench.ts';
import { median } from '../bench.ts';
import { collectGarbage } from '../garbage.ts';
import { type StartOverBars, startOverBars } from '../parts/start-over-bars.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const rowBytes = 58;

/** Rows as a stock's file has them: 58 bytes each. */
function rows(times: Iterable<number>, seed: number): string {
  const next = random(seed);
  const lines = [`${header}\n`];
  let price = 100 + next() * 100;
  for (const t of times) {
    price = Math.max(20, price + (next() - 0.5) * 0.2);
    const open = cents(price);
    const high = cents(open + next() * 0.3);
    const low = cents(open - next() * 0.3);
    const close = cents(low + (high - low) * next());
    lines.push(
      formatBar({ t, open, high, low, close, volume: 1000 + Math.floor(next() * 90_000) }),
    );
  }
  return lines.join('');
}

function cents(price: number): number {
  return Math.round(price * 100) / 100;
}

function* regular(from: number, count: number, step: number): Generator<number> {
  for (let nth = 0; nth < count; nth++) yield from + nth * step;
}

function folderIn(dir: string, name: string): string {
  const folder = join(dir, name);
  fs.mkdirSync(folder);
  return folder;
}

interface FileSet {
  readonly count: number;
  readonly name: (nth: number) => string;
  readonly text: (nth: number) => string;
  /** How many rows came at a time: a day of minutes, a year of days. All at once where it is left out. */
  readonly rowsAtOnce?: number;
}

/**
 * Files as they come to be: a piece appended after the other, or all at one go, as a file is left when bars are put inside
 * it. What came in pieces the system keeps in pieces too, and reads more slowly.
 */
function write(dir: string, { count, name, text, rowsAtOnce }: FileSet): string[] {
  return Array.from({ length: count }, (_, nth) => {
    const path = join(dir, name(nth));
    const bytes = Buffer.from(text(nth));
    const piece = rowsAtOnce === undefined ? bytes.length : rowsAtOnce * rowBytes;
    const fd = fs.openSync(path, 'a');
    for (let at = 0; at < bytes.length; at += piece) {
      fs.writeSync(fd, bytes, at, Math.min(piece, bytes.length - at));
    }
    fs.closeSync(fd);
    return path;
  });
}

/** What any program pays that reads these files whole, each into memory of its own. */
function readRaw(paths: readonly string[]): number {
  collectGarbage();
  const began = performance.now();
  for (const path of paths) fs.readFileSync(path);
  return performance.now() - began;
}

const loader = fileURLToPath(new URL('../parts/load-bars.ts', import.meta.url));

/** One cold load, or with `raw` the bare reading of the same bytes, in a process of its own. */
function loadMs(folder: string, how: 'raw' | '1' | '2'): number {
  return Number(execFileSync(process.execPath, ['--import', 'tsx', loader, folder, how]));
}

interface ColdLoad {
  readonly raw: number;
  readonly own: number;
}

function coldLoad(folder: string, threads: '1' | '2', times: number): ColdLoad {
  const rounds = Array.from({ length: times }, () => ({
    raw: loadMs(folder, 'raw'),
    own: loadMs(folder, threads),
  }));
  return {
    raw: median(rounds.map(({ raw }) => raw)),
    own: median(rounds.map(({ own }) => own)),
  };
}

function loadFigure(name: string, { raw, own }: ColdLoad, atMost: number): Figure {
  return {
    name,
    value: own / raw,
    unit: '× raw',
    goal: { atMost },
    peer: { name: 'raw read', value: raw, unit: 'ms' },
    note: `${Math.round(own)} ms`,
  };
}

async function loadFigures(dir: string, { quick, say }: BenchContext): Promise<Figure[]> {
  const files = quick ? 2 : 50;
  const perFile = quick ? 2000 : 100_000;
  const times = quick ? 1 : 7;
  say(`writing ${files} files of ${perFile} one-minute rows`);
  const some = Array.from({ length: Math.min(files, 4) }, (_, nth) =>
    rows(regular(Date.UTC(2024, 0, 2, 14, 30), perFile, minuteMs), nth),
  );
  const minutesDir = folderIn(dir, 'minutes');
  const set = {
    count: files,
    name: (nth: number) => `M${nth}_1m.csv`,
    text: (nth: number) => some[nth % some.length] as string,
  };
  const minutes = write(minutesDir, { ...set, rowsAtOnce: 390 });
  const bytes = minutes.reduce((sum, path) => sum + fs.statSync(path).size, 0);
  const held: LoadedFile[] = [];
  const all = { threads: 1, aside: false, keep: 'all' } as const;
  const toLoad = minutes.map((path) => ({ path, rules: anyTimes }));
  for await (const [, loaded] of loadFiles(toLoad, all)) held.push(loaded);
  const buffers = new Set(held.flatMap((one) => (one.ok ? [one.columns.t.buffer] : [])));
  const heldBytes = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
  const loadedRows = held.reduce((sum, one) => sum + (one.ok ? one.columns.length : 0), 0);
  if (loadedRows !== files * perFile) throw new Error(`${loadedRows} rows were loaded`);
  const one = coldLoad(minutesDir, '1', times);
  const two = coldLoad(minutesDir, '2', times);
  const pandas = pandasMs(minutes);
  const starts = await startFigures(minutesDir, quick ? 1 : 3);
  say('writing 500 daily files');
  const dailyDir = folderIn(dir, 'daily');
  const daily = write(dailyDir, {
    count: quick ? 5 : 500,
    name: (nth) => `D${nth}_1d.csv`,
    text: (nth) => rows(regular(Date.UTC(2018, 0, 1), 2000, dayMs), nth),
    rowsAtOnce: 252,
  });
  const megabytes = `${Math.round(bytes / 1e6)} MB`;
  const minuteRows = `load ${loadedRows} one-minute rows, ${megabytes}`;
  const days = coldLoad(dailyDir, '1', times);
  const wholeDir = folderIn(dir, 'whole');
  write(wholeDir, set);
  const whole = 'the same, each file written at one go';
  const oneOfWhole = coldLoad(wholeDir, '1', times);
  const twoOfWhole = coldLoad(wholeDir, '2', times);
  return [
    loadFigure(`${minuteRows}, one thread`, one, 16),
    loadFigure('the same with two threads', two, 9),
    loadFigure(`${whole}, one thread`, oneOfWhole, 16),
    loadFigure(`${whole}, two threads`, twoOfWhole, 9),
    loadFigure(`load ${daily.length} daily files of 2000 rows`, days, 12),
    ...starts,
    {
      name: 'memory of loaded bars',
      value: heldBytes / loadedRows,
      unit: 'bytes a row',
      goal: { atMost: 60 },
    },
    ...(pandas === undefined
      ? []
      : [
          {
            name: 'pandas.read_csv of the same files',
            value: pandas / one.own,
            unit: '× our time',
            peer: { name: 'pandas', value: pandas, unit: 'ms' },
          },
        ]),
  ];
}

/** The whole program over the same files: loaded, shown in shared memory and looked through for holes. */
async function startFigures(folder: string, times: number): Promise<Figure[]> {
  const over: StartOverBars[] = [];
  const without: StartOverBars[] = [];
  for (let nth = 0; nth < times; nth++) {
    over.push(await startOverBars(folder));
    without.push(await startOverBars(undefined));
  }
  const figure = (name: string, of: (one: StartOverBars) => number): Figure => ({
    name,
    value: median(over.map(of)),
    unit: 'ms',
    peer: { name: 'without bars', value: median(without.map(of)) },
  });
  return [
    figure('start over them, until ready', ({ readyMs }) => readyMs),
    figure('longest answer meanwhile', ({ longestAnswerMs }) => longestAnswerMs),
  ];
}

/** A Python that was installed by hand often hides the system's, which is the one with pandas. */
const pythons = ['python3', '/usr/bin/python3'];

/** Undefined where no Python has pandas. */
function pandasMs(paths: readonly string[]): number | undefined {
  const script = `
import sys, time
try:
    import pandas as pd
except ImportError:
    sys.exit(3)
began = time.perf_counter()
for path in sys.stdin.read().split('\\n'):
    frame = pd.read_csv(path)
    frame['timestamp'] = pd.to_datetime(frame['timestamp'], utc=True)
print((time.perf_counter() - began) * 1000)
`;
  for (const python of pythons) {
    const run = spawnSync(python, ['-c', script], { input: paths.join('\n'), timeout: 60_000 });
    if (run.status === 0) return Number(run.stdout.toString());
  }
  return undefined;
}

async function scanFigures(dir: string, { quick, say }: BenchContext): Promise<Figure[]> {
  const count = quick ? 4 : 500;
  say(`writing ${count} files of thirty days of one-minute bars with holes`);
  const from = Date.UTC(2026, 9, 21);
  const until = Date.UTC(2026, 10, 20);
  const expected = new ExpectedBook();
  const times = expected.within(nyse, '1m', 'regular', from, until);
  const some = Array.from({ length: Math.min(8, count) }, (_, nth) =>
    rows(
      times.filter((_, bar) => bar % 997 !== nth || bar === 0),
      nth,
    ),
  );
  const paths = write(dir, {
    count,
    name: (nth) => `S${nth}_1m.csv`,
    text: (nth) => some[nth % some.length] as string,
  });
  const series = paths.map((path, nth) => ({ symbol: `S${nth}`, timeframe: '1m', path }) as const);
  const full: number[] = [];
  const hits: number[] = [];
  const raw: number[] = [];
  let holes = 0;
  for (let round = 0; round < (quick ? 1 : 9); round++) {
    const index = new ScanIndex(undefined);
    const scanner = new Scanner(expected, new Stability(), index);
    const scanAll = (measured: number[]) => {
      const began = performance.now();
      holes = 0;
      for (const file of series) {
        const scan = scanner.scan(file, nyse, 'regular', until);
        if (scan.state === 'scanned') holes += scan.entry.holes.length;
      }
      measured.push((performance.now() - began) / count);
    };
    raw.push(readRaw(paths) / count);
    scanAll(full);
    scanAll(hits);
  }
  if (holes === 0) throw new Error('no hole was found');
  return [
    {
      name: `hole scan of ${count} files of 30 days of 1m`,
      value: median(full),
      unit: 'ms a file',
      goal: { atMost: 0.5 },
      peer: { name: 'raw read', value: median(raw) },
    },
    {
      name: 'the same when nothing changed',
      value: median(hits),
      unit: 'ms a file',
      goal: { atMost: 0.01 },
    },
  ];
}

function planFigures({ quick }: BenchContext): Figure[] {
  const sample = gapSample();
  const spent: number[] = [];
  for (let nth = 0; nth < (quick ? 1 : 25); nth++) {
    const began = performance.now();
    requestsToFill(sample, 5);
    spent.push(performance.now() - began);
  }
  const requests = [20, 5, 1].map((cap, nth) => ({
    name: `requests for ${sample.holes} holes of ${sample.series.length} symbols, ${cap} sessions each at most`,
    value: requestsToFill(sample, cap),
    unit: 'requests',
    goal: { atMost: [504, 1034, 1478][nth] as number },
  }));
  return [
    { name: 'planning them', value: median(spent), unit: 'ms', goal: { atMost: 5 } },
    ...requests,
  ];
}

const bench: Bench = {
  topic: 'history',
  async figures(context) {
    const dir = fs.mkdtempSync(join(os.tmpdir(), 'bench-history-'));
    try {
      return [
        ...(await loadFigures(dir, context)),
        ...(await scanFigures(dir, context)),
        ...planFigures(context),
      ];
    } finally {
      fs.rmSync(dir, { recursive: true });
    }
  },
};

export default bench;
