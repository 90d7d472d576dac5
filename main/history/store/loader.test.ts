import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bar } from '../../../shared/bar.ts';
import { barAt, barsOf } from '../../kit/bar-columns.ts';
import { formatBar, header } from './format.ts';
import { type LoadedFile, type Loading, loadFiles } from './loader.ts';
import { anyTimes } from './time-rules.ts';

let dir: string;

beforeEach(() => {
  dir = fs.mkdtempSync(join(os.tmpdir(), 'loader-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(dir, name);
  fs.writeFileSync(path, text);
  return path;
}

/** Prices of every length, so that rows end anywhere in the pieces a file is read in. */
function makeBars(count: number, largest = 5): Bar[] {
  return Array.from({ length: count }, (_, nth) => {
    const cents = ((nth * 7919) % 10 ** (1 + (nth % largest))) + 1;
    return {
      t: Date.UTC(2024, 0, 2) + nth * 60_000,
      open: (cents + 100) / 100,
      high: (cents + 200) / 100,
      low: cents / 100,
      close: (cents + 150) / 100,
      volume: (nth * 31) % 1e6,
    };
  });
}

const textOf = (bars: readonly Bar[]) => `${header}\n${bars.map(formatBar).join('')}`;

const asTheyAre = (paths: readonly string[], rules = anyTimes) =>
  paths.map((path) => ({ path, rules }));

type Readers = Pick<Loading, 'threads' | 'aside'>;

async function load(paths: readonly string[], readers: Readers): Promise<LoadedFile[]> {
  const loaded: LoadedFile[] = [];
  for await (const [nth, one] of loadFiles(asTheyAre(paths), { ...readers, keep: 'all' })) {
    expect(loaded[nth]).toBeUndefined();
    loaded[nth] = one;
  }
  return loaded;
}

/** Whether it was read by the threads: those have memory that they share. */
const quickly = (loaded: LoadedFile | undefined) =>
  loaded?.ok && loaded.columns.t.buffer instanceof SharedArrayBuffer;

function barsIn(loaded: LoadedFile | undefined): Bar[] {
  if (!loaded?.ok) throw new Error(loaded?.reason ?? 'it never arrived');
  return barsOf(loaded.columns);
}

describe.each([
  ['the calling thread', { threads: 1, aside: false }],
  ['the calling thread and another', { threads: 2, aside: false }],
  ['a thread aside', { threads: 1, aside: true }],
  ['two threads aside', { threads: 2, aside: true }],
] as const)('loading bar files by %s', (_, readers) => {
  it('takes every row of files of any length', async () => {
    const all = [0, 1, 2, 2600, 9001].map((count) => makeBars(count));
    const paths = all.map((bars, nth) => write(`A${nth}_1m.csv`, textOf(bars)));
    const loaded = await load(paths, readers);
    for (const [nth, bars] of all.entries()) expect(barsIn(loaded[nth])).toEqual(bars);
    expect(loaded.every(quickly)).toBe(true);
  });

  it('takes files whose rows grow or shrink along the way', async () => {
    const short = makeBars(6000, 1);
    const long = makeBars(12_000).map((bar) => ({ ...bar, volume: 123_456_789 }));
    const shrinking = [
      ...long.slice(0, 6000),
      ...short.map((bar, n) => ({ ...bar, t: (long[6000 + n] as Bar).t })),
    ];
    const growing = [...short, ...long.slice(6000)];
    const paths = [write('S_1m.csv', textOf(shrinking)), write('G_1m.csv', textOf(growing))];
    const loaded = await load(paths, readers);
    expect(barsIn(loaded[0])).toEqual(shrinking);
    expect(barsIn(loaded[1])).toEqual(growing);
  });

  it('reads with patience what is not as we write it', async () => {
    const bars = makeBars(5000);
    const lines = bars.map(formatBar);
    const spoilt = [...lines.slice(0, 4000), 'what is this?\n', ...lines.slice(4000)];
    const paths = [
      write('TORN_1m.csv', `${textOf(bars)}2025-01-01 00:0`),
      write('ODD_1m.csv', `${header}\n${spoilt.join('')}`),
      write('CRLF_1m.csv', textOf(bars).replaceAll('\n', '\r\n')),
      write('TURNED_1m.csv', `${header}\n${lines.toReversed().join('')}`),
      write('LONG_1m.csv', `${header}\n${'1'.repeat(200_000)}\n${lines.join('')}`),
    ];
    const loaded = await load(paths, readers);
    for (const one of loaded) expect(barsIn(one)).toEqual(bars);
    expect(loaded.some(quickly)).toBe(false);
  });

  it('says why a file cannot be read, and reads the others', async () => {
    const bars = makeBars(10);
    fs.mkdirSync(join(dir, 'DIR_1m.csv'));
    const paths = [
      join(dir, 'GONE_1m.csv'),
      join(dir, 'DIR_1m.csv'),
      write('EMPTY_1m.csv', ''),
      write('A_1m.csv', textOf(bars)),
    ];
    const loaded = await load(paths, readers);
    expect(loaded.slice(0, 3)).toEqual([
      { ok: false, reason: 'the file is gone' },
      { ok: false, reason: 'it is a directory' },
      { ok: false, reason: 'the file is empty' },
    ]);
    expect(barsIn(loaded[3])).toEqual(bars);
  });

  it('uses its memory again where only one file is looked at at a time', async () => {
    const bars = makeBars(200_000);
    const text = textOf(bars);
    const paths = [0, 1, 2, 3].map((nth) => write(`A${nth}_1m.csv`, text));
    const blocks = new Set<ArrayBufferLike>();
    for await (const [, loaded] of loadFiles(asTheyAre(paths), { ...readers, keep: 'one' })) {
      if (!loaded.ok) throw new Error(loaded.reason);
      const { columns } = loaded;
      expect(columns.length).toBe(bars.length);
      for (const row of [0, 100_000, 199_999]) expect(barAt(columns, row)).toEqual(bars[row]);
      blocks.add(columns.t.buffer);
    }
    expect(blocks.size).toBe(1);
  });

  it('stops when nobody wants more', async () => {
    const paths = [0, 1, 2, 3].map((nth) => write(`A${nth}_1m.csv`, textOf(makeBars(100))));
    const seen: number[] = [];
    for await (const [nth] of loadFiles(asTheyAre(paths), { ...readers, keep: 'one' })) {
      seen.push(nth);
      if (seen.length === 2) break;
    }
    expect(seen).toHaveLength(2);
  });
});
