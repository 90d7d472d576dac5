import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import koffi from 'koffi';
import { Columns } from '../../main/snapshot/columns/columns.ts';
import { Dictionary } from '../../main/snapshot/dictionary/dictionary.ts';
import { linuxSegments } from '../../main/snapshot/os/linux.ts';
import type { SegmentOs } from '../../main/snapshot/os/segment-os.ts';
import { dayMs, firstDay, history, someBars } from '../../main/snapshot/proofs/test-bars.ts';
import { type Bench, type BenchContext, type Figure, median } from '../bench.ts';
import { collectGarbage } from '../garbage.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const daySeconds = 86_400;
const prefix = `ghbench-${process.pid}`;

interface Limits {
  time_memcpy(to: number, from: number, bytes: number, rounds: number): number;
  time_append(base: number, rounds: number): number;
}

interface ReadTimes {
  readonly p50: number;
  readonly p99: number;
  readonly reads: number;
  readonly retries: number;
  readonly numpy?: boolean;
}

const bench: Bench = {
  topic: 'shared memory',
  async figures(context) {
    if (process.platform !== 'linux') {
      context.say('skipped: the figures are measured on Linux');
      return [];
    }
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gatehouse-bench-'));
    try {
      const limits = buildLimits(folder, context);
      return [
        ...bulkCopy(limits, context),
        ...appending(limits, context),
        ...againstRewriting(context),
        ...(await readingOne(folder, context)),
        ...(await tornReads(folder, context)),
        ...(await removedName(context)),
      ];
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
      for (const entry of fs.readdirSync('/dev/shm')) {
        if (entry.includes(prefix)) fs.rmSync(path.join('/dev/shm', entry), { force: true });
      }
    }
  },
};
export default bench;

const compiler = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version']).status === 0);

function compile(source: string, target: string, flags: readonly string[]): string {
  const args = ['-O2', '-std=gnu11', ...flags, '-o', target, path.join(root, source)];
  const built = spawnSync(compiler as string, args);
  if (built.status !== 0) throw new Error(`${source}: ${built.stderr}`);
  return target;
}

function buildLimits(folder: string, context: BenchContext): Limits | undefined {
  if (!compiler) {
    context.say('no C compiler: figures are printed without their limit');
    return undefined;
  }
  const library = koffi.load(
    compile('bench/c/limits.c', path.join(folder, 'limits.so'), ['-shared', '-fPIC']),
  );
  return {
    time_memcpy: library.func('double time_memcpy(uint64_t, uint64_t, uint64_t, uint32_t)'),
    time_append: library.func('double time_append(uint64_t, uint32_t)'),
  } as unknown as Limits;
}

function bulkCopy(limits: Limits | undefined, context: BenchContext): Figure[] {
  if (!limits) return [];
  const system = linuxSegments();
  const figures: Figure[] = [];
  for (const mib of [1, 64]) {
    const bytes = mib << 20;
    const segment = system.create(`${prefix}-copy`, bytes);
    const source = Buffer.alloc(bytes, 7);
    const from = system.addressOf(source);
    const rounds = context.quick ? 2 : Math.max(8, 512 / mib);
    // The first touch maps the pages and is not what is measured.
    system.copy(segment.address, from, bytes);
    const ratios: number[] = [];
    let speed = 0;
    for (let i = 0; i < (context.quick ? 2 : 15); i++) {
      const limit = limits.time_memcpy(segment.address, from, bytes, rounds);
      const start = process.hrtime.bigint();
      for (let round = 0; round < rounds; round++) system.copy(segment.address, from, bytes);
      const ours = Number(process.hrtime.bigint() - start) / rounds;
      ratios.push(limit / ours);
      speed = bytes / ours;
    }
    segment.remove();
    segment.unmap();
    figures.push({
      name: `copy of ${mib} MiB, part of C memcpy's speed`,
      value: median(ratios),
      unit: '×',
      goal: { atLeast: 0.9 },
      note: `${speed.toFixed(1)} GB/s`,
    });
  }
  return figures;
}

/** The same bindings, counting what is copied. */
function counting(system: SegmentOs): { readonly os: SegmentOs; bytes: number } {
  const counter = {
    bytes: 0,
    os: {
      ...system,
      copy(to: number, from: number, bytes: number) {
        counter.bytes += bytes;
        system.copy(to, from, bytes);
      },
    },
  };
  return counter;
}

function makeColumns(system: SegmentOs, name: string, tickers: number, bars: number): Columns {
  const columns = new Columns({
    os: system,
    name,
    pid: process.pid,
    startMs: Date.now(),
    generation: 1,
    initialBytes: 1 << 20,
    initialSeries: 8192,
  });
  const start = someBars(bars);
  for (let i = 0; i < tickers; i++) columns.replace(`T${i}`, daySeconds, start, 1);
  return columns;
}

function appendToAll(columns: Columns, tickers: number, row: number): void {
  const t = firstDay + row * dayMs;
  columns.begin(2 * row + 1);
  for (let i = 0; i < tickers; i++) {
    const bar = { t, open: i, high: i + 1, low: i - 1, close: i + 0.5, volume: row };
    columns.put(`T${i}`, daySeconds, bar, t);
  }
  columns.end(2 * row + 2, t);
}

function appending(limits: Limits | undefined, context: BenchContext): Figure[] {
  const tickers = context.quick ? 50 : 5000;
  const bars = context.quick ? 20 : 1000;
  const counter = counting(linuxSegments());
  const columns = makeColumns(counter.os, `${prefix}-append`, tickers, bars);
  const times: number[] = [];
  counter.bytes = 0;
  appendToAll(columns, tickers, bars);
  const perTicker = counter.bytes / tickers;
  const plain = makeColumns(linuxSegments(), `${prefix}-plain`, tickers, bars);
  const limitTimes: number[] = [];
  collectGarbage();
  for (let i = 0; i < (context.quick ? 3 : 41); i++) {
    const start = process.hrtime.bigint();
    appendToAll(plain, tickers, bars + i);
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
    if (limits) limitTimes.push(limits.time_append(plain.segment.segment.address, 1) / 1e6);
  }
  columns.close();
  plain.close();
  const limit = limitTimes.length > 0 ? median(limitTimes) : undefined;
  return [
    {
      name: `+1 bar on each of ${tickers} tickers`,
      value: median(times),
      unit: 'ms',
      goal: { atMost: 5.5 },
      ...(limit ? { peer: { name: 'the same stores in C', value: limit } } : {}),
      ...(limit ? { note: `${(median(times) / limit).toFixed(1)} × the limit` } : {}),
    },
    { name: 'bytes written per ticker', value: perTicker, unit: 'B', goal: { atMost: 128 } },
  ];
}

function againstRewriting(context: BenchContext): Figure[] {
  const tickers = context.quick ? 5 : 500;
  const bars = context.quick ? 20 : 2000;
  const script = path.join(root, 'bench/readers/rewrite_dictionary.py');
  const rounds = context.quick ? 1 : 3;
  const args = ['python3', script, String(tickers), String(bars), String(rounds)];
  const ran = spawnSync('/usr/bin/env', args);
  if (ran.status !== 0) {
    context.say('skipped: no Python to rewrite the dictionary with');
    return [];
  }
  const peer = JSON.parse(ran.stdout.toString()) as { ms: number };
  const columns = makeColumns(linuxSegments(), `${prefix}-rewrite`, tickers, bars);
  const dictionary = new Dictionary({
    os: linuxSegments(),
    name: `${prefix}-slots`,
    pid: process.pid,
    mirrorBars: bars + 100,
    initialBytes: 1 << 20,
  });
  const start = someBars(bars);
  for (let i = 0; i < tickers; i++) dictionary.put(history(`T${i}`, start), 0, 1);
  const columnTimes: number[] = [];
  const slotTimes: number[] = [];
  for (let i = 0; i < (context.quick ? 2 : 25); i++) {
    let begun = process.hrtime.bigint();
    appendToAll(columns, tickers, bars + i);
    columnTimes.push(Number(process.hrtime.bigint() - begun) / 1e6);
    begun = process.hrtime.bigint();
    const t = firstDay + (bars + i) * dayMs;
    for (let k = 0; k < tickers; k++) {
      const bar = { t, open: k, high: k + 1, low: k - 1, close: k + 0.5, volume: i };
      dictionary.putBar(`T${k}`, bar, t);
    }
    slotTimes.push(Number(process.hrtime.bigint() - begun) / 1e6);
  }
  columns.close();
  dictionary.close();
  const beside = { name: 'json.dumps of everything', value: peer.ms, unit: 'ms' };
  return [
    {
      name: `+1 bar on ${tickers} × ${bars}, columns, times faster`,
      value: peer.ms / median(columnTimes),
      unit: '×',
      goal: { atLeast: 2000 },
      peer: beside,
      note: `${median(columnTimes).toFixed(2)} ms`,
    },
    {
      name: `+1 bar on ${tickers} × ${bars}, dictionary in place, times faster`,
      value: peer.ms / median(slotTimes),
      unit: '×',
      peer: beside,
      note: `${median(slotTimes).toFixed(2)} ms`,
    },
  ];
}

async function startChild(script: string, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(root, script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

async function endChild(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}

async function output(command: string, args: readonly string[]): Promise<string | undefined> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, PYTHONPATH: path.join(root, 'clients/python') },
  });
  let text = '';
  child.stdout.on('data', (data) => {
    text += data;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? text : undefined;
}

async function readingOne(folder: string, context: BenchContext): Promise<Figure[]> {
  const [tickers, bars, reads, rounds] = context.quick ? [5, 20, 50, 1] : [500, 2000, 20_000, 5];
  const name = `${prefix}-read`;
  const writer = await startChild('bench/readers/batch-writer.ts', [
    name,
    String(tickers),
    String(bars),
  ]);
  const binary = compiler && compile('bench/c/read-one.c', path.join(folder, 'read-one'), []);
  const script = (file: string): string => path.join(root, 'bench/readers', file);
  const common = [`${name}-bars`, String(reads)];
  const contestants: Record<string, readonly [string, readonly string[]]> = {
    ...(binary ? { c: [binary, common] as const } : {}),
    node: [process.execPath, [script('read-one.mjs'), ...common, 'trust']],
    'node sum': [process.execPath, [script('read-one.mjs'), ...common, 'verify']],
    python: ['/usr/bin/env', ['python3', script('read_one.py'), ...common, 'trust']],
    'python sum': ['/usr/bin/env', ['python3', script('read_one.py'), ...common, 'verify']],
  };
  const times = new Map<string, ReadTimes[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [who, [command, args]] of Object.entries(contestants)) {
      const text = await output(command, args);
      if (text) times.set(who, [...(times.get(who) ?? []), JSON.parse(text) as ReadTimes]);
    }
  }
  await endChild(writer);
  const limit = times.get('c');
  const goals: Record<string, number | undefined> = { node: 1.2, python: 2, 'python sum': 2.2 };
  const figures: Figure[] = [];
  for (const [who, runs] of times) {
    if (who === 'c' || !limit) continue;
    const p50 = median(runs.map((run) => run.p50));
    const limitP50 = median(limit.map((run) => run.p50));
    const numpy = runs[0]?.numpy ?? true;
    const goal = numpy ? goals[who] : undefined;
    figures.push({
      name: `reading ${bars} bars, ${who}, against C`,
      value: median(runs.map((run, i) => run.p50 / (limit[i]?.p50 ?? limitP50))),
      unit: '×',
      ...(goal ? { goal: { atMost: goal } } : {}),
      peer: { name: 'C seqlock copy', value: limitP50 / 1000, unit: 'µs' },
      note: `p50 ${(p50 / 1000).toFixed(1)} µs, p99 ${(median(runs.map((run) => run.p99)) / 1000).toFixed(1)} µs${numpy ? '' : ', without numpy'}`,
    });
  }
  const all = [...times.values()].flat();
  const total = all.reduce((sum, run) => sum + run.reads, 0);
  figures.push({
    name: 'retries per read at 10 batches a second',
    value: all.reduce((sum, run) => sum + run.retries, 0) / total,
    unit: '',
    goal: { atMost: 0.01 },
    note: `${total} reads`,
  });
  return figures;
}

async function tornReads(folder: string, context: BenchContext): Promise<Figure[]> {
  if (!compiler) return [];
  const binary = compile('main/snapshot/proofs/torn-reader.c', path.join(folder, 'torn'), []);
  const readers = context.quick
    ? [[100, 'verify']]
    : [
        [1_000_000, 'verify'],
        [200_000, 'trust'],
      ];
  const name = `${prefix}-torn`;
  const orders = { name, tickers: 2, bars: 200, mode: 'whole', pauseMs: 0 };
  const hammer = await startChild('main/snapshot/proofs/hammer.ts', [JSON.stringify(orders)]);
  let reads = 0;
  let torn = 0;
  for (const [wanted, how] of readers) {
    const text = await output(binary, [`${name}-bars`, '2', String(wanted), '60', String(how)]);
    const tally = JSON.parse(text ?? '{"reads":0,"torn":1}') as { reads: number; torn: number };
    reads += tally.reads;
    torn += tally.torn;
  }
  await endChild(hammer);
  const naiveOrders = { ...orders, tickers: 1, bars: 20_000 };
  const second = await startChild('main/snapshot/proofs/hammer.ts', [JSON.stringify(naiveOrders)]);
  const counted = context.quick ? '50' : '5000';
  const text = await output(binary, [`${name}-bars`, '1', counted, '30', 'naive']);
  await endChild(second);
  const naive = JSON.parse(text ?? '{"reads":1,"torn":0}') as { reads: number; torn: number };
  return [
    {
      name: 'torn copies after verification',
      value: torn,
      unit: '',
      goal: { atMost: 0 },
      note: `${reads} reads beside a hammering writer`,
    },
    {
      name: 'torn copies of a reader that does not verify',
      value: (100 * naive.torn) / naive.reads,
      unit: '%',
      goal: { atLeast: 10 },
      note: `${naive.reads} reads`,
    },
  ];
}

/** How long a name stays away that somebody removes, as Python's resource tracker does. */
async function removedName(context: BenchContext): Promise<Figure[]> {
  const name = `${prefix}-gone`;
  const writer = await startChild('bench/readers/batch-writer.ts', [name, '2', '10']);
  const file = path.join('/dev/shm', name);
  const times: number[] = [];
  for (let i = 0; i < (context.quick ? 2 : 30); i++) {
    fs.rmSync(file);
    const start = performance.now();
    while (!fs.existsSync(file) && performance.now() - start < 5000) await setImmediate();
    times.push(performance.now() - start);
  }
  await endChild(writer);
  return [
    {
      name: 'a removed name is back after',
      value: Math.max(...times),
      unit: 'ms',
      goal: { atMost: 1000 },
      note: `median ${median(times).toFixed(1)} ms`,
    },
  ];
}
