import fs from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type BarColumns, bytesPerRow, columnsOver } from './columns.ts';
import { header } from './format.ts';
import { type Loaded, loadOne, type Scratch } from './load-one.ts';
import { type FileReport, parseFile } from './parse-file.ts';
import { parseRows } from './parse-rows.ts';

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

/**
 * Reads many files into one block of memory, on `threads` worker threads (0: here). Plain files are read by the
 * threads; what they decline is read here with patience.
 */
export async function loadFiles(
  paths: readonly string[],
  threads: number,
): Promise<readonly LoadedFile[]> {
  if (paths.length === 0) return [];
  const memory = new SharedArrayBuffer(blockBytes(paths));
  const cursor = new Int32Array(new SharedArrayBuffer(4));
  const answers =
    threads === 0
      ? paths.map((path) => attempt(path, memory, cursor, scratchHere))
      : await loadInWorkers(paths, Math.min(threads, paths.length), memory, cursor);
  return paths.map((path, nth) => {
    const loaded = answers[nth];
    if (!loaded) return loadFile(path);
    const { at, capacity, rows } = loaded;
    return {
      ok: true,
      columns: columnsOver(memory, at, capacity, rows),
      report: nothingOdd,
    };
  });
}

const scratchHere: Scratch = { bytes: new Uint8Array(0) };

function attempt(
  path: string,
  memory: SharedArrayBuffer,
  cursor: Int32Array,
  scratch: Scratch,
): Loaded | undefined {
  try {
    return loadOne(fs, parseRows, path, headerLine, memory, cursor, scratch);
  } catch {
    return undefined;
  }
}

/** Room for all, judged by the sizes and by the length of rows in a few of the files. */
function blockBytes(paths: readonly string[]): number {
  let bytes = 0;
  let shortest = 60;
  paths.forEach((path, nth) => {
    try {
      bytes += fs.statSync(path).size;
      if (nth % Math.ceil(paths.length / 8) === 0) shortest = Math.min(shortest, rowLength(path));
    } catch {
      // Declined later, with its reason.
    }
  });
  return Math.ceil((bytes / shortest) * 1.06 + 8 * paths.length) * bytesPerRow;
}

function rowLength(path: string): number {
  const head = Buffer.alloc(4096);
  const fd = fs.openSync(path, 'r');
  try {
    const text = head.subarray(0, fs.readSync(fd, head, 0, head.length, 0)).toString('latin1');
    const rows = text.split('\n').slice(1, -1);
    if (rows.length === 0) return 60;
    return rows.reduce((sum, row) => sum + row.length + 1, 0) / rows.length;
  } finally {
    fs.closeSync(fd);
  }
}

function loadInWorkers(
  paths: readonly string[],
  threads: number,
  memory: SharedArrayBuffer,
  cursor: Int32Array,
): Promise<(Loaded | undefined)[]> {
  const answers: (Loaded | undefined)[] = new Array(paths.length).fill(undefined);
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { paths, headerLine, memory, cursor, taken };
  return new Promise((resolve, reject) => {
    let running = threads;
    for (let nth = 0; nth < threads; nth++) {
      const worker = new Worker(workerText(), { eval: true, workerData });
      worker.on('message', (batch: readonly (readonly [number, Loaded | undefined])[]) => {
        for (const [file, loaded] of batch) answers[file] = loaded;
      });
      worker.on('error', reject);
      worker.on('exit', () => {
        if (--running === 0) resolve(answers);
      });
    }
  });
}

/** Bundlers may wrap functions in `__name`; in the worker that is nobody's. */
function workerText(): string {
  return `'use strict';
const __name = (call) => call;
const fs = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const parseRows = ${parseRows.toString()};
const loadOne = ${loadOne.toString()};
const { paths, headerLine, memory, cursor, taken } = workerData;
const scratch = { bytes: new Uint8Array(0) };
const done = [];
for (let nth = Atomics.add(taken, 0, 1); nth < paths.length; nth = Atomics.add(taken, 0, 1)) {
  let loaded;
  try {
    loaded = loadOne(fs, parseRows, paths[nth], headerLine, memory, cursor, scratch);
  } catch {}
  done.push([nth, loaded]);
}
parentPort.postMessage(done);
`;
}
