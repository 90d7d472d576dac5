import type { RowParser } from '../rows/row-parser.ts';
import type { TimeRules } from './time-rules.ts';

/** What `loadOne` needs of `node:fs`. */
export interface FileReads {
  statSync(path: string): { readonly size: number; isFile(): boolean };
  openSync(path: string, flags: 'r'): number;
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

/** Where the columns of many files go. */
export interface ColumnRoom {
  /** The first byte of them in the block. */
  readonly at: number;
  readonly rows: number;
  /** How many of the rows are given away; threads count here at once. */
  readonly taken: Int32Array;
}

/**
 * Reads one file into columns of the parser's block. Anything but a plain, sorted file of ours with room left is
 * declined, for `parseFile`.
 *
 * Like the parser it must not use anything outside itself: worker threads get its text.
 */
export function loadOne(
  fs: FileReads,
  parser: RowParser,
  path: string,
  headerLine: string,
  rules: TimeRules,
  room: ColumnRoom,
): Loaded | undefined {
  const { text } = parser;
  const stat = fs.statSync(path);
  // To open a pipe would block this thread.
  if (!stat.isFile()) return undefined;
  const { size } = stat;
  const fd = fs.openSync(path, 'r');
  try {
    let read = fs.readSync(fd, text, 0, text.length, 0);
    let held = read;
    let from = headerLine.length;
    if (held < from) return undefined;
    for (let i = 0; i < from; i++) if (text[i] !== headerLine.charCodeAt(i)) return undefined;

    let at = 0;
    let capacity = 0;
    let rows = 0;
    let previous = Number.NEGATIVE_INFINITY;
    for (;;) {
      const end = text.lastIndexOf(10, held - 1) + 1;
      if (end > from) {
        if (capacity === 0) {
          capacity = parser.countLines(from, end);
          if (read < size) {
            // The rows to come are as long as these, or as those in the middle or at the end.
            let most = capacity / (end - from);
            const sample = new Uint8Array(2048);
            for (const place of [Math.floor(size / 2), size - sample.length]) {
              fs.readSync(fd, sample, 0, sample.length, place);
              let lines = 1;
              for (let i = 0; i < sample.length; i++) if (sample[i] === 10) lines++;
              most = Math.max(most, lines / sample.length);
            }
            capacity = Math.ceil(most * size) + 2;
          }
          const first = Atomics.add(room.taken, 0, capacity);
          if (first + capacity > room.rows) return undefined;
          at = room.at + first * 48;
        }
        const to = at + rows * 8;
        const left = capacity - rows;
        const parsed = parser.parse(from, end, previous, rules.latest, to, capacity * 8, left);
        if (parsed.at < end || parsed.outOfOrder > 0) return undefined;
        rows += parsed.rows;
        previous = parsed.lastTime;
      } else if (held === text.length) {
        return undefined;
      }
      // The beginning of a row stays, for its end.
      const rest = held - Math.max(end, from);
      text.copyWithin(0, held - rest, held);
      from = 0;
      const more = fs.readSync(fd, text, rest, text.length - rest, read);
      if (more === 0) {
        if (rest > 0) return undefined;
        const times = new Float64Array(parser.text.buffer, at, rules.daily ? rows : 0);
        return times.every((t) => t % 86_400_000 === 0) ? { at, capacity, rows } : undefined;
      }
      read += more;
      held = rest + more;
    }
  } finally {
    fs.closeSync(fd);
  }
}
