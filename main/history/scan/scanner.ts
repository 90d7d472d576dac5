import { basename } from 'node:path';
import { barSeconds } from '../../../shared/bar.ts';
import type { ExchangeCalendar, Hours } from '../../calendar/exchange-calendar.ts';
import { dateMs } from '../../calendar/expected-bars.ts';
import { firstAtOrAfter } from '../../kit/bar-columns.ts';
import type { ListedFile } from '../store/bar-store.ts';
import { type Disk, realDisk } from '../store/disk.ts';
import { type FileStat, whyNoFile } from '../store/file-stat.ts';
import { readFault } from '../store/loader.ts';
import { describeReport, parseFile, readHeader } from '../store/parse-file.ts';
import type { Stability } from '../store/stability.ts';
import { type TimeRules, timeRules } from '../store/time-rules.ts';
import type { ExpectedBook } from './expected-book.ts';
import { findHoles } from './holes.ts';
import { type ScanEntry, type ScanIndex, tailBytes } from './scan-index.ts';
import { scanTimes, type TimesBuffer, timesBuffer } from './scan-times.ts';

/** Of files up to this size one after the other is read into the same memory. */
const memoryBytes = 8 * 1024 * 1024;

export type FileScan =
  | {
      readonly state: 'scanned';
      readonly entry: ScanEntry;
      readonly how: 'index' | 'added' | 'read';
    }
  /** Somebody is at it; the former findings stand. */
  | { readonly state: 'unstable'; readonly entry: ScanEntry | undefined }
  | { readonly state: 'unusable'; readonly reason: string };

/** Finds the holes between the first and the last bar of bar files. */
export class Scanner {
  readonly #expected: ExpectedBook;
  readonly #stability: Stability;
  readonly #index: ScanIndex;
  readonly #disk: Disk;
  readonly #times: TimesBuffer = timesBuffer();
  #memory: Buffer = Buffer.alloc(0);

  constructor(
    expected: ExpectedBook,
    stability: Stability,
    index: ScanIndex,
    disk: Disk = realDisk,
  ) {
    this.#expected = expected;
    this.#stability = stability;
    this.#index = index;
    this.#disk = disk;
  }

  /** Without a calendar the file is read for its first and last bar, and no hole is found in it. */
  scan(
    file: ListedFile,
    calendar: ExchangeCalendar | undefined,
    hours: Hours,
    now: number,
  ): FileScan {
    const name = basename(file.path);
    const judged = calendar ? `${calendar.version} ${hours}` : 'none';
    try {
      const stat = this.#disk.stat(file.path);
      if (!stat) return { state: 'unusable', reason: 'the file is gone' };
      const reason = whyNoFile(stat);
      if (reason !== undefined) return { state: 'unusable', reason };
      const former = this.#index.get(name);
      // After a start the index alone knows how large the file was, and so whether it shrank.
      if (former && !this.#stability.knows(file.path)) {
        this.#stability.accept(file.path, former, now);
      }
      const hit = this.#index.hit(name, stat, judged);
      if (hit) return { state: 'scanned', entry: hit, how: 'index' };
      return this.#read(file, name, stat, calendar, hours, judged, now);
    } catch (error) {
      return { state: 'unusable', reason: readFault(error) };
    }
  }

  #read(
    file: ListedFile,
    name: string,
    stat: FileStat,
    calendar: ExchangeCalendar | undefined,
    hours: Hours,
    judged: string,
    now: number,
  ): FileScan {
    const former = this.#index.get(name);
    const fd = this.#disk.open(file.path, 'r');
    let bytes: Buffer;
    let from = 0;
    try {
      if (former && former.calendar === judged) from = this.#addedFrom(fd, former, stat);
      bytes = this.#disk.read(fd, from, stat.size - from, this.#memoryFor(stat.size - from));
    } finally {
      this.#disk.close(fd);
    }
    const torn = bytes.length > 0 && bytes[bytes.length - 1] !== 10;
    if (!this.#stability.look(file.path, stat, torn, now))
      return { state: 'unstable', entry: former };
    const barMs = barSeconds(file.timeframe) * 1000;
    const rules = timeRules(file.timeframe, now);
    const holesBetween = (first: number, last: number, t: Float64Array, rows: number) => {
      if (!calendar) return { holes: [], outside: 0 };
      // What came before its hours were known cannot be judged.
      const since = Math.max(first, dateMs(calendar.validFrom));
      const known = t.subarray(firstAtOrAfter(t, rows, since), rows);
      const expected = this.#expected.within(calendar, file.timeframe, hours, since, last + 1);
      return findHoles(known, known.length, expected, barMs);
    };

    if (former && from > 0) {
      const times = this.#times;
      times.length = 1;
      times.t[0] = former.last;
      if (!torn && scanTimes(bytes, 0, bytes.length, rules, times)) {
        const last = times.t[times.length - 1] as number;
        const found = holesBetween(former.last, last, times.t, times.length);
        const entry: ScanEntry = {
          ...former,
          ...identity(stat),
          last,
          rows: former.rows + times.length - 1,
          outside: former.outside + found.outside,
          holes: [...former.holes, ...found.holes],
          tail: tailOf(bytes),
        };
        this.#index.set(name, entry);
        return { state: 'scanned', entry, how: 'added' };
      }
      this.#index.forget(name);
      return this.#read(file, name, stat, calendar, hours, judged, now);
    }
    const times = this.#timesOf(bytes, rules);
    if ('reason' in times) return { state: 'unusable', reason: times.reason };
    const { t, rows, notes } = times;
    if (rows === 0) return { state: 'unusable', reason: 'it holds no bar' };
    const first = t[0] as number;
    const last = t[rows - 1] as number;
    const found = holesBetween(first, last, t, rows);
    const entry: ScanEntry = {
      ...identity(stat),
      calendar: judged,
      first,
      last,
      rows,
      outside: found.outside,
      holes: found.holes,
      notes,
      tail: tailOf(bytes),
    };
    this.#index.set(name, entry);
    return { state: 'scanned', entry, how: 'read' };
  }

  #memoryFor(length: number): Buffer {
    if (length > this.#memory.length && length <= memoryBytes) {
      this.#memory = Buffer.allocUnsafeSlow(Math.min(2 * length, memoryBytes));
    }
    return this.#memory;
  }

  /** Where the new bytes begin when the file was only added to, else 0. */
  #addedFrom(fd: number, former: ScanEntry, stat: FileStat): number {
    const same = former.ino === stat.ino && stat.size > former.size && former.notes.length === 0;
    if (!same) return 0;
    const tail = this.#disk.read(fd, former.size - former.tail.length, former.tail.length);
    return tail.toString('latin1') === former.tail ? former.size : 0;
  }

  #timesOf(
    bytes: Buffer,
    rules: TimeRules,
  ):
    | { readonly t: Float64Array; readonly rows: number; readonly notes: readonly string[] }
    | { readonly reason: string } {
    const end = bytes.lastIndexOf(10) + 1;
    const head = readHeader(bytes, end);
    if (!head.ok) return { reason: head.reason };
    const times = this.#times;
    times.length = 0;
    if (end === bytes.length && !head.foreign && scanTimes(bytes, head.bytes, end, rules, times)) {
      return { t: times.t, rows: times.length, notes: [] };
    }
    const parsed = parseFile(bytes, rules);
    if (!parsed.ok) return { reason: parsed.reason };
    return {
      t: parsed.columns.t,
      rows: parsed.columns.length,
      notes: describeReport(parsed.report),
    };
  }
}

function identity({ ino, size, mtimeNs }: FileStat) {
  return { ino, size, mtimeNs };
}

function tailOf(bytes: Buffer): string {
  return bytes.toString('latin1', Math.max(0, bytes.length - tailBytes));
}
