import { Worker } from 'node:worker_threads';
import { makeRowParser, rowModule } from '../rows/row-parser.ts';
import { headerLine } from './format.ts';
import { type Attempt, loadOne } from './load-one.ts';

/** Worker threads that read bar files, each taking the next one when it is done. */
export class LoaderThreads {
  readonly #workers: readonly Worker[];
  readonly #arrived: Attempt[] = [];
  #lost = false;
  #wake = () => {};

  constructor(threads: number) {
    const workerData = { module: rowModule(), headerLine };
    this.#workers = Array.from({ length: threads }, () => {
      const worker = new Worker(workerText(), { eval: true, workerData });
      worker.on('message', (attempt: Attempt) => {
        this.#arrived.push(attempt);
        this.#wake();
      });
      const lose = () => {
        this.#lost = true;
        this.#wake();
      };
      worker.on('error', lose);
      worker.on('exit', lose);
      return worker;
    });
  }

  /** A lost thread declines everything, and so do the others then. */
  async *load(
    paths: readonly string[],
    memory: SharedArrayBuffer,
    cursor: Int32Array,
  ): AsyncGenerator<Attempt, void> {
    const waiting = new Set(paths.keys());
    const taken = new Int32Array(new SharedArrayBuffer(4));
    for (const worker of this.#workers) worker.postMessage({ paths, memory, cursor, taken });
    while (waiting.size > 0) {
      if (this.#lost) {
        this.close();
        for (const nth of waiting) yield [nth, undefined];
        return;
      }
      const attempt = this.#arrived.shift();
      if (attempt) {
        waiting.delete(attempt[0]);
        yield attempt;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  close(): void {
    for (const worker of this.#workers) void worker.terminate();
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
const { module, headerLine } = workerData;
const parser = makeRowParser(module);
parentPort.on('message', ({ paths, memory, cursor, taken }) => {
  for (let nth = Atomics.add(taken, 0, 1); nth < paths.length; nth = Atomics.add(taken, 0, 1)) {
    let loaded;
    try {
      loaded = loadOne(fs, parser, paths[nth], headerLine, memory, cursor);
    } catch {}
    parentPort.postMessage([nth, loaded]);
  }
});
`;
}
