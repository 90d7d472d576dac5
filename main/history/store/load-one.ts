import type { parseRows } from './parse-rows.ts';

/** What `loadOne` needs of `node:fs`. */
export interface FileReads {
  openSync(path: string, flags: 'r'): number;
  fstatSync(fd: number): { readonly size: number };
  readSync(fd: number, into: Uint8Array, offset: number, length: number, position: number): number;
  closeSync(fd: number): void;
}

/** Where one plain file's rows lie in the common block; undefined when the file is not plain. */
export interface Loaded {
  /** First byte of its columns in the block. */
  readonly at: number;
  readonly capacity: number;
  readonly rows: number;
}

/** Kept between files, so that reading costs no allocation. */
export interface Scratch {
  bytes: Uint8Array;
}

/**
 * Reads one file into columns of the block `memory`, taking room by moving `cursor[0]` (counted in rows) forward, which
 * threads may do at once. Anything but a plain, sorted file of ours with room left is declined, for `parseFile`.
 *
 * Like `parseRows` it must not use anything outside itself: worker threads get its text.
 */
export function loadOne(
  fs: FileReads,
  parse: typeof parseRows,
  path: string,
  headerLine: string,
  memory: SharedArrayBuffer,
  cursor: Int32Array,
  scratch: Scratch,
): Loaded | undefined {
  const fd = fs.openSync(path, 'r');
  let size = 0;
  try {
    size = fs.fstatSync(fd).size;
    if (scratch.bytes.length < size) scratch.bytes = new Uint8Array(Math.ceil(size * 1.25));
    let got = 0;
    while (got < size) {
      const read = fs.readSync(fd, scratch.bytes, got, size - got, got);
      if (read === 0) return undefined;
      got += read;
    }
  } finally {
    fs.closeSync(fd);
  }
  const bytes = scratch.bytes;
  const start = headerLine.length;
  if (size < start || bytes[size - 1] !== 10) return undefined;
  for (let i = 0; i < start; i++) if (bytes[i] !== headerLine.charCodeAt(i)) return undefined;

  const body = size - start;
  const sample = Math.min(1024, body);
  let lines = 1;
  for (let place = 0; place < 3; place++) {
    const from = start + Math.floor(((body - sample) * place) / 2);
    for (let i = from; i < from + sample; i++) if (bytes[i] === 10) lines++;
  }
  const capacity = Math.ceil((lines / (3 * sample || 1)) * body * 1.03) + 2;
  const first = Atomics.add(cursor, 0, capacity);
  if ((first + capacity) * 48 > memory.byteLength) return undefined;
  const columns: Float64Array[] = [];
  for (let nth = 0; nth < 6; nth++) {
    columns.push(new Float64Array(memory, (first * 6 + nth * capacity) * 8, capacity));
  }
  const state = new Float64Array(5);
  state[0] = start;
  parse(bytes, size, columns, capacity, state);
  if ((state[0] as number) < size || (state[2] as number) > 0) return undefined;
  return { at: first * 48, capacity, rows: state[1] as number };
}
