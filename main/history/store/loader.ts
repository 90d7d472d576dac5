import fs from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type BarColumns, bytesPerRow, columnsOver } from '../../kit/bar-columns.ts';
import { makeRowParser, parserHere, rowModule } from '../rows/row-parser.ts';
import { header } from './format.ts';
import { type Loaded, loadOne } from './load-one.ts';
import { type FileReport, parseFile } from './parse-file.ts';

export type LoadedFile =
  | { readonly ok: true; readonly columns: BarColumns; readonly report: FileReport }
  | { readonly ok: false; readonly reason: string };

const headerLine = `${header}\n`;

const nothingOdd: FileReport = {
  faults: [],
  outOfOrder: 0,
  duplicates: 0,
  foreignRows: 0,
  foreignHeader: false,
  tornBytes: 0,
};

/** Reads one file where it is called. */
export function loadFile(path: string): LoadedFile {
  try {
    return parseFile(fs.readFileSync(path));
  } catch (error) {
    return { ok: false, reason: readFault(error) };
  }
}

export function readFault(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EISDIR') return 'it is a directory';
  if (code === 'ENOENT') return 'the file is gone';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read';
  return `it cannot be read (${code ?? String(error)})`;
}

/** Which of the files, and what is in it. */
export type Arrival = readonly [nth: number, loaded: LoadedFile];

/** Texts of this many bytes share one block of memory. */
const blockTextBytes = 512 << 20;

/**
 * Reads many files, on so many worker threads (0: here), and hands each over as soon as it is read, in any order. The
 * bars of many files lie in one block of memory. Plain files are read by the threads; what they decline is read here with
 * patience.
 */
export async function* loadFiles(
  paths: readonly string[],
  threads: number,
): AsyncGenerator<Arrival, void> {
  for (let from = 0; from < paths.length; ) {
    const some = oneBlock(paths, from);
    const memory = new SharedArrayBuffer(some.bytes);
    const cursor = new Int32Array(new SharedArrayBuffer(4));
    const arrivals =
      threads > 0
        ? inWorkers(some.paths, Math.min(threads, some.paths.length), memory, cursor)
        : here(some.paths, memory, cursor);
    for await (const [nth, loaded] of arrivals) {
      yield [from + nth, loaded ? inBlock(memory, loaded) : loadFile(paths[from + nth] as string)];
    }
    from += some.paths.length;
  }
}

type Attempt = readonly [nth: number, loaded: Loaded | undefined];

function inBlock(memory: SharedArrayBuffer, { at, capacity, rows }: Loaded): LoadedFile {
  return { ok: true, columns: columnsOver(memory, at, capacity, rows), report: nothingOdd };
}

function* here(
  paths: readonly string[],
  memory: SharedArrayBuffer,
  cursor: Int32Array,
): Generator<Attempt, void> {
  for (const [nth, path] of paths.entries()) yield [nth, attempt(path, memory, cursor)];
}

function attempt(path: string, memory: SharedArrayBuffer, cursor: Int32Array): Loaded | undefined {
  try {
    return loadOne(fs, parserHere(), path, headerLine, memory, cursor);
  } catch {
    return undefined;
  }
}

/**
 * The files from one on that share a block, at least one, and the bytes that the rows of all need, judged by the sizes of
 * all and the length of rows in a few.
 */
function oneBlock(
  paths: readonly string[],
  from: number,
): { readonly paths: readonly string[]; readonly bytes: number } {
  const sizes: number[] = [];
  let text = 0;
  for (let nth = from; nth < paths.length && text < blockTextBytes; nth++) {
    const size = sizeOf(paths[nth] as string);
    if (nth > from && text + size > blockTextBytes) break;
    sizes.push(size);
    text += size;
  }
  const some = paths.slice(from, from + sizes.length);
  const rows = Math.ceil((text / shortestRow(some)) * 1.06);
  return { paths: some, bytes: (rows + 8 * some.length) * bytesPerRow };
}

/** How many rows there may be in these files. */
export function roughlyRows(paths: readonly string[]): number {
  if (paths.length === 0) return 0;
  return Math.ceil(paths.reduce((sum, path) => sum + sizeOf(path), 0) / shortestRow(paths));
}

/** The average row of a few of the files, where it is shortest. */
function shortestRow(paths: readonly string[]): number {
  const every = Math.ceil(paths.length / 8);
  return Math.min(...paths.filter((_, nth) => nth % every === 0).map(rowLength));
}

function sizeOf(path: string): number {
  try {
    return fs.statSync(path).size;
  } catch {
    return 0;
  }
}

const usualRowLength = 60;

/** Of the first rows. What cannot be read is declined later, with its reason. */
function rowLength(path: string): number {
  const head = Buffer.alloc(4096);
  try {
    const fd = fs.openSync(path, 'r');
    try {
      const text = head.toString('latin1', 0, fs.readSync(fd, head, 0, head.length, 0));
      const rows = text.split('\n').slice(1, -1);
      const bytes = rows.reduce((sum, row) => sum + row.length + 1, 0);
      return rows.length === 0 ? usualRowLength : Math.min(usualRowLength, bytes / rows.length);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return usualRowLength;
  }
}

async function* inWorkers(
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
