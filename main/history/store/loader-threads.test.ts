import { expect, it } from 'vitest';
import { LoaderThreads } from './loader-threads.ts';

it('declines every file where its threads are lost, now and later', async () => {
  const threads = new LoaderThreads(2);
  threads.close();
  for (const paths of [['a', 'b', 'c'], ['d']]) {
    const attempts: unknown[] = [];
    const memory = new SharedArrayBuffer(4800);
    for await (const attempt of threads.load(paths, memory, new Int32Array(1))) {
      attempts.push(attempt);
    }
    expect(attempts).toEqual(paths.map((_, nth) => [nth, undefined]));
  }
});
