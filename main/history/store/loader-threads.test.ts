import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeBlock } from '../rows/block.ts';
import { formatBar, header } from './format.ts';
import type { Attempt } from './load-one.ts';
import { LoaderThreads } from './loader-threads.ts';
import { anyTimes } from './time-rules.ts';

async function attempts(threads: LoaderThreads, paths: readonly string[]): Promise<Attempt[]> {
  const all: Attempt[] = [];
  const files = paths.map((path) => ({ path, rules: anyTimes }));
  for await (const attempt of threads.load(files, makeBlock(threads.readers, 100))) {
    all.push(attempt);
  }
  return all;
}

it('declines every file where its threads are lost, now and later', async () => {
  const threads = new LoaderThreads(2, false);
  await threads.close();
  for (const paths of [['a', 'b', 'c'], ['d']]) {
    expect(await attempts(threads, paths)).toEqual(paths.map((_, nth) => [nth, undefined]));
  }
});

it('goes on alone where it is one of them', async () => {
  const dir = fs.mkdtempSync(join(os.tmpdir(), 'loader-threads-'));
  try {
    const path = join(dir, 'A_1m.csv');
    const bar = { t: Date.UTC(2024, 0, 2), open: 2, high: 3, low: 1, close: 2, volume: 10 };
    fs.writeFileSync(path, `${header}\n${formatBar(bar)}`);
    const threads = new LoaderThreads(1, true);
    await threads.close();
    const loaded = { at: makeBlock(2, 100).columnsAt, capacity: 1, rows: 1 };
    expect(await attempts(threads, [path, 'gone'])).toEqual([
      [0, loaded],
      [1, undefined],
    ]);
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
});
