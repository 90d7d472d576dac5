import fs from 'node:fs';
import { type BarColumns, columnsOver } from '../../kit/bar-columns.ts';
import { parserHere } from '../rows/row-parser.ts';
import { headerLine } from './format.ts';
import { type Attempt, type Loaded, loadOne } from './load-one.ts';
import { LoaderThreads } from './loader-threads.ts';
import { type FileReport, parseFile } from './parse-file.ts';
import { oneBlock } from './sizes.ts';

export type LoadedFile =
  | { readonly ok: true; readonly columns: BarColumns; readonly report: FileReport }
  | { readonly ok: false; readonly reason: string };

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

export interface Loading {
  /** Worker threads that read; 0 reads where it is called. */
  readonly threads: number;
  /** Whether all bars stay, or those of a file only until the next one is asked for, so that memory is used again. */
  readonly keep: 'all' | 'one';
}

/**
 * Reads many files and hands each over as soon as it is read, in any order. The bars of many files lie in one block of
 * memory. Plain files are read by the threads; what they decline is read here with patience.
 */
export async function* loadFiles(
  paths: readonly string[],
  { threads, keep }: Loading,
): AsyncGenerator<Arrival, void> {
  const readers =
    threads > 0
      ? new LoaderThreads(Math.min(threads, paths.length))
      : { load: loadHere, close() {} };
  let memory = new SharedArrayBuffer(0);
  try {
    for (let from = 0; from < paths.length; ) {
      const some = oneBlock(paths, from, keep === 'all' ? Infinity : blockTextBytes);
      if (keep === 'all' || memory.byteLength < some.bytes) {
        memory = new SharedArrayBuffer(some.bytes);
      }
      const cursor = new Int32Array(new SharedArrayBuffer(4));
      for await (const [nth, loaded] of readers.load(some.paths, memory, cursor)) {
        const at = from + nth;
        yield [at, loaded ? inBlock(memory, loaded) : loadFile(paths[at] as string)];
      }
      from += some.paths.length;
    }
  } finally {
    readers.close();
  }
}

/** Files of so many bytes share a block where the blocks are used again. */
const blockTextBytes = 32 << 20;

function inBlock(memory: SharedArrayBuffer, { at, capacity, rows }: Loaded): LoadedFile {
  return { ok: true, columns: columnsOver(memory, at, capacity, rows), report: nothingOdd };
}

function* loadHere(
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
