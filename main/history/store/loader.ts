import fs from 'node:fs';
import { type BarColumns, columnsOver } from '../../kit/bar-columns.ts';
import { type Block, makeBlock } from '../rows/block.ts';
import { statFile, whyNoFile } from './file-stat.ts';
import type { Loaded } from './load-one.ts';
import { type FileToLoad, LoaderThreads } from './loader-threads.ts';
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
export function loadFile({ path, rules }: FileToLoad): LoadedFile {
  try {
    const stat = statFile(path);
    const reason = stat && whyNoFile(stat);
    if (reason !== undefined) return { ok: false, reason };
    return parseFile(fs.readFileSync(path), rules);
  } catch (error) {
    return { ok: false, reason: readFault(error) };
  }
}

export function readFault(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'the file is gone';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read';
  return `it cannot be read (${code ?? String(error)})`;
}

/** Which of the files, and what is in it. */
export type Arrival = readonly [nth: number, loaded: LoadedFile];

export interface Loading {
  /** How many threads read. */
  readonly threads: number;
  /** Whether the calling thread leaves all reading to others, as one must that has somebody to answer. */
  readonly aside: boolean;
  /** Whether all bars stay, or those of a file only until the next one is asked for, so that memory is used again. */
  readonly keep: 'all' | 'one';
}

/**
 * Reads many files and hands each over as soon as it is read, in any order. The bars of many files lie in one block of
 * memory. Plain files are read by the threads; what they decline is read here with patience.
 */
export async function* loadFiles(
  files: readonly FileToLoad[],
  { threads, aside, keep }: Loading,
): AsyncGenerator<Arrival, void> {
  const several = Math.min(threads, files.length);
  const readers = new LoaderThreads(aside ? several : several - 1, !aside);
  let block: Block | undefined;
  try {
    for (let from = 0; from < files.length; ) {
      const some = oneBlock(files, from, textOfBlock[keep]);
      if (!block || keep === 'all' || block.rows < some.rows) {
        block = makeBlock(readers.readers, some.rows);
      }
      for await (const [nth, loaded] of readers.load(some.files, block)) {
        const at = from + nth;
        yield [at, loaded ? inBlock(block, loaded) : loadFile(files[at] as FileToLoad)];
      }
      from += some.files.length;
    }
  } finally {
    void readers.close();
  }
}

/** Files of so many bytes share a block: all, as far as one can hold them, or few where blocks are used again. */
const textOfBlock = { all: 1 << 30, one: 32 << 20 };

function inBlock({ memory }: Block, { at, capacity, rows }: Loaded): LoadedFile {
  return { ok: true, columns: columnsOver(memory.buffer, at, capacity, rows), report: nothingOdd };
}
