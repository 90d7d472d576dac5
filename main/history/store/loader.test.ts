import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bar } from '../../../shared/bar.ts';
import { barsOf } from '../../kit/bar-columns.ts';
import { formatBar, header } from './format.ts';
import { type LoadedFile, loadFiles } from './loader.ts';

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
    const low = ((nth * 7919) % 10 ** (1 + (nth % largest))) / 100 + 0.01;
    const t = Date.UTC(2024, 0, 2) + nth * 60_000;
    return { t, open: low + 1, high: low + 2, low, close: low + 1.5, volume: (nth * 31) % 1e6 };
  });
}

const textOf = (bars: readonly Bar[]) => `${header}\n${bars.map(formatBar).join('')}`;

async function load(paths: readonly string[], threads: number): Promise<LoadedFile[]> {
  const loaded: LoadedFile[] = [];
  for await (const [nth, one] of loadFiles(paths, threads)) {
    expect(loaded[nth]).toBeUndefined();
    loaded[nth] = one;
  }
  return loaded;
}

function barsIn(loaded: LoadedFile | undefined): Bar[] {
  if (!loaded?.ok) throw new Error(loaded?.reason ?? 'it never arrived');
  return barsOf(loaded.columns);
}

describe.each([0, 1, 2])('loading bar files on %i threads', (threads) => {
  it('takes every row of files of any length', async () => {
    const all = [0, 1, 2, 2600, 9001].map((count) => makeBars(count));
    const paths = all.map((bars, nth) => write(`A${nth}_1m.csv`, textOf(bars)));
    const loaded = await load(paths, threads);
    for (const [nth, bars] of all.entries()) expect(barsIn(loaded[nth])).toEqual(bars);
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
    const loaded = await load(paths, threads);
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
    const loaded = await load(paths, threads);
    for (const one of loaded) expect(barsIn(one)).toEqual(bars);
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
    const loaded = await load(paths, threads);
    expect(loaded.slice(0, 3)).toEqual([
      { ok: false, reason: 'the file is gone' },
      { ok: false, reason: 'it is a directory' },
      { ok: false, reason: 'the file is empty' },
    ]);
    expect(barsIn(loaded[3])).toEqual(bars);
  });

  it('stops when nobody wants more', async () => {
    const paths = [0, 1, 2, 3].map((nth) => write(`A${nth}_1m.csv`, textOf(makeBars(100))));
    const seen: number[] = [];
    for await (const [nth] of loadFiles(paths, threads)) {
      seen.push(nth);
      if (seen.length === 2) break;
    }
    expect(seen).toHaveLength(2);
  });
});
