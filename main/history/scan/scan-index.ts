import type { FileStat } from '../store/file-stat.ts';
import type { Hole } from './holes.ts';

/** What a scan found in a file, kept so that an unchanged file need not be read again. */
export interface ScanEntry {
  readonly ino: string;
  readonly size: number;
  readonly mtimeNs: string;
  /** Of the calendar the holes were judged by, and the hours. */
  readonly calendar: string;
  readonly first: number;
  readonly last: number;
  readonly rows: number;
  readonly outside: number;
  readonly holes: readonly Hole[];
  readonly notes: readonly string[];
  /** The last bytes, to recognise a file that was only added to. */
  readonly tail: string;
}

export const tailBytes = 80;

/** By file name. A convenience only: without it everything is read again. */
export class ScanIndex {
  #entries: Map<string, ScanEntry>;
  #changed = false;

  constructor(saved: unknown) {
    this.#entries = new Map(Array.isArray(saved) ? saved.filter(isEntry) : []);
  }

  get(name: string): ScanEntry | undefined {
    return this.#entries.get(name);
  }

  /** The entry, if it still speaks of the file as it is and of the calendar as it is. */
  hit(name: string, stat: FileStat, calendar: string): ScanEntry | undefined {
    const entry = this.#entries.get(name);
    const valid =
      entry !== undefined &&
      entry.size === stat.size &&
      entry.mtimeNs === stat.mtimeNs &&
      entry.ino === stat.ino &&
      entry.calendar === calendar;
    return valid ? entry : undefined;
  }

  set(name: string, entry: ScanEntry): void {
    this.#entries.set(name, entry);
    this.#changed = true;
  }

  forget(name: string): void {
    this.#entries.delete(name);
    this.#changed = true;
  }

  /** Forgets files that are gone. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#entries.keys()) if (!names.has(name)) this.forget(name);
  }

  /** What to save, or nothing when nothing changed since the last time. */
  takeChanges(): unknown {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return [...this.#entries];
  }
}

function isEntry(item: unknown): item is [string, ScanEntry] {
  if (!Array.isArray(item) || typeof item[0] !== 'string') return false;
  const entry = item[1] as Partial<ScanEntry> | null;
  return (
    typeof entry === 'object' &&
    entry !== null &&
    typeof entry.ino === 'string' &&
    typeof entry.size === 'number' &&
    typeof entry.mtimeNs === 'string' &&
    typeof entry.calendar === 'string' &&
    typeof entry.first === 'number' &&
    typeof entry.last === 'number' &&
    typeof entry.rows === 'number' &&
    typeof entry.outside === 'number' &&
    typeof entry.tail === 'string' &&
    Array.isArray(entry.holes) &&
    Array.isArray(entry.notes) &&
    entry.holes.every((hole) => Number.isFinite(hole?.from) && Number.isFinite(hole?.to))
  );
}
