import type { RowParser } from '../rows/row-parser.ts';

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

/** What became of one of the files; undefined where it was declined. */
export type Attempt = readonly [nth: number, loaded: Loaded | undefined];

/**
 * Reads one file into columns of the block `memory`, taking room by moving `cursor[0]` (counted in rows) forward, which
 * threads may do at once. Anything but a plain, sorted file of ours with room left is declined, for `parseFile`.
 *
 * Like the parser it must not use anything outside itself: worker threads get its text.
 */
export function loadOne(
  fs: FileReads,
  parser: RowParser,
  path: string,
  headerLine: string,
  memory: SharedArrayBuffer,
  cursor: Int32Array,
): Loaded | undefined {
  const { text } = parser;
  const fd = fs.openSync(path, 'r');
  try {
    const { size } = fs.fstatSync(fd);
    let read = fs.readSync(fd, text, 0, text.length, 0);
    let held = read;
    let from = headerLine.length;
    if (held < from) return undefined;
    for (let i = 0; i < from; i++) if (text[i] !== headerLine.charCodeAt(i)) return undefined;

    const columns: Float64Array[] = [];
    let first = 0;
    let capacity = 0;
    let rows = 0;
    let previous = Number.NEGATIVE_INFINITY;
    for (;;) {
      const end = text.lastIndexOf(10, held - 1) + 1;
      if (end > from) {
        const parsed = parser.parse(from, end, previous);
        if (parsed.at < end || parsed.outOfOrder > 0) return undefined;
        if (columns.length === 0) {
          // The rows to come are as long as these, or as those in the middle or at the end.
          capacity = parsed.rows;
          if (read < size) {
            let most = parsed.rows / (end - from);
            const sample = new Uint8Array(2048);
            for (const at of [Math.floor(size / 2), size - sample.length]) {
              fs.readSync(fd, sample, 0, sample.length, at);
              let lines = 1;
              for (let i = 0; i < sample.length; i++) if (sample[i] === 10) lines++;
              most = Math.max(most, lines / sample.length);
            }
            capacity = Math.ceil(most * size) + 2;
          }
          first = Atomics.add(cursor, 0, capacity);
          if ((first + capacity) * 48 > memory.byteLength) return undefined;
          for (let nth = 0; nth < 6; nth++) {
            columns.push(new Float64Array(memory, (first * 6 + nth * capacity) * 8, capacity));
          }
        }
        if (rows + parsed.rows > capacity) return undefined;
        parser.copyTo(columns, rows);
        rows += parsed.rows;
        previous = parser.lastTime();
      } else if (held === text.length) {
        return undefined;
      }
      // The beginning of a row stays, for its end.
      const rest = held - Math.max(end, from);
      text.copyWithin(0, held - rest, held);
      from = 0;
      const more = fs.readSync(fd, text, rest, text.length - rest, read);
      if (more === 0) return rest === 0 ? { at: first * 48, capacity, rows } : undefined;
      read += more;
      held = rest + more;
    }
  } finally {
    fs.closeSync(fd);
  }
}
