import { Worker } from 'node:worker_threads';
import { makeRowParser, rowModule } from '../rows/row-parser.ts';
import { headerLine } from './format.ts';
import { type Attempt, loadOne } from './load-one.ts';

/** Hands out the files among worker threads, each taking the next one when it is done. */
export async function* loadInWorkers(
  paths: readonly string[],
  threads: number,
  memory: SharedArrayBuffer,
  cursor: Int32Array,
): AsyncGenerator<Attempt, void> {
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { module: rowModule(), paths, headerLine, memory, cursor, taken };
  const workers = Array.from(
    { length: threads },
    () => new Worker(workerText(), { eval: true, workerData }),
  );
  const arrived: Attempt[] = [];
  let failure: unknown;
  let wake = () => {};
  for (const worker of workers) {
    worker.on('message', (attempted: Attempt) => {
      arrived.push(attempted);
      wake();
    });
    worker.on('error', (error) => {
      failure = error;
      wake();
    });
  }
  try {
    for (let left = paths.length; left > 0; left--) {
      while (arrived.length === 0) {
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      yield arrived.shift() as Attempt;
    }
  } finally {
    for (const worker of workers) void worker.terminate();
  }
}

/** Bundlers may wrap functions in `__name`; in the worker that is nobody's. */
function workerText(): string {
  return `'use strict';
const __name = (call) => call;
const fs = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const makeRowParser = ${makeRowParser.toString()};
const loadOne = ${loadOne.toString()};
const { module, paths, headerLine, memory, cursor, taken } = workerData;
const parser = makeRowParser(module);
for (let nth = Atomics.add(taken, 0, 1); nth < paths.length; nth = Atomics.add(taken, 0, 1)) {
  let loaded;
  try {
    loaded = loadOne(fs, parser, paths[nth], headerLine, memory, cursor);
  } catch {}
  parentPort.postMessage([nth, loaded]);
}
`;
}
