import fs from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Block, TextWindow } from '../rows/block.ts';
import { makeRowParser, parserOver, type RowParser, rowModule } from '../rows/row-parser.ts';
import { headerLine } from './format.ts';
import { type Attempt, type ColumnRoom, type Loaded, loadOne } from './load-one.ts';
import type { TimeRules } from './time-rules.ts';

export interface FileToLoad {
  readonly path: string;
  readonly rules: TimeRules;
}

/** What a worker thread is sent: files to read into a block, of which each thread takes the next one when it is done. */
interface Batch {
  readonly files: readonly FileToLoad[];
  /** How many of the files are taken. */
  readonly taken: Int32Array;
  readonly room: ColumnRoom;
  readonly memory: WebAssembly.Memory;
  readonly window: TextWindow;
}

/** Threads that read bar files, each through a window of its own. */
export class LoaderThreads {
  readonly #workers: readonly Worker[];
  readonly #here: boolean;
  readonly #arrived: Attempt[] = [];
  #lost = false;
  #wake = () => {};

  /** With `here` the calling thread is one of the readers besides the `workers`. */
  constructor(workers: number, here: boolean) {
    this.#here = here;
    this.#workers = Array.from({ length: workers }, () => this.#hire());
  }

  /** How many windows a block must have. */
  get readers(): number {
    return this.#workers.length + (this.#here ? 1 : 0);
  }

  /** What becomes of each of the files. What a lost thread leaves is declined. */
  async *load(files: readonly FileToLoad[], block: Block): AsyncGenerator<Attempt, void> {
    const { memory } = block;
    const taken = counter();
    const room = { at: block.columnsAt, rows: block.rows, taken: counter() };
    const waiting = new Set(files.keys());
    for (const [nth, worker] of this.#workers.entries()) {
      const window = block.windows[nth] as TextWindow;
      worker.postMessage({ files, taken, room, memory, window } satisfies Batch);
    }
    if (this.#here) {
      const parser = parserOver(block, this.#workers.length);
      for (let nth = takeOne(taken); nth < files.length; nth = takeOne(taken)) {
        waiting.delete(nth);
        yield [nth, attempt(parser, files[nth] as FileToLoad, room)];
      }
    }
    while (waiting.size > 0) {
      const arrived = this.#arrived.shift();
      if (arrived) {
        waiting.delete(arrived[0]);
        yield arrived;
      } else if (this.#lost) {
        // Nobody may write into the block any more.
        await this.close();
        for (const nth of waiting) yield [nth, undefined];
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #hire(): Worker {
    const workerData = { module: rowModule(), headerLine };
    const worker = new Worker(workerText(), { eval: true, execArgv: [], workerData });
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
  }
}

/** Threads count here at once. */
function counter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

function takeOne(taken: Int32Array): number {
  return Atomics.add(taken, 0, 1);
}

function attempt(
  parser: RowParser,
  { path, rules }: FileToLoad,
  room: ColumnRoom,
): Loaded | undefined {
  try {
    return loadOne(fs, parser, path, headerLine, rules, room);
  } catch {
    return undefined;
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
parentPort.on('message', ({ memory, window, files, taken, room }) => {
  const parser = makeRowParser(module, memory, window);
  for (let nth = Atomics.add(taken, 0, 1); nth < files.length; nth = Atomics.add(taken, 0, 1)) {
    const { path, rules } = files[nth];
    let loaded;
    try {
      loaded = loadOne(fs, parser, path, headerLine, rules, room);
    } catch {}
    parentPort.postMessage([nth, loaded]);
  }
});
`;
}
