import { type Series, seriesKey } from '../store/file-name.ts';

/** Bars that were asked for and are not there, so that they are not asked for again at every scan. */
export interface EmptyRange {
  readonly from: number;
  readonly to: number;
  /** Asked again after this time; an answer that is empty altogether may have been a mistake. */
  readonly until: number;
  /** How often it was found empty. */
  readonly times: number;
}

const dayMs = 86_400_000;

/** An answer that held other bars of the same session leaves no doubt. */
export type Emptiness = 'beside-others' | 'no-data-at-all';

export class EmptyList {
  readonly #ranges = new Map<string, EmptyRange[]>();
  #changed = false;

  constructor(saved: unknown) {
    if (!Array.isArray(saved)) return;
    for (const item of saved) {
      if (!Array.isArray(item) || typeof item[0] !== 'string' || !Array.isArray(item[1])) continue;
      this.#ranges.set(
        item[0],
        (item[1] as EmptyRange[]).filter((range) =>
          [range?.from, range?.to, range?.until, range?.times].every(Number.isFinite),
        ),
      );
    }
  }

  add(series: Series, from: number, to: number, emptiness: Emptiness, now: number): void {
    const key = seriesKey(series);
    const ranges = this.#ranges.get(key) ?? [];
    const before = ranges.filter((range) => range.from <= to && range.to >= from);
    const times = 1 + Math.max(0, ...before.map((range) => range.times));
    // Doubling: a mistake of the server is mended next day, a dead minute costs a request a month at most.
    const days = emptiness === 'beside-others' ? 365 : Math.min(32, 2 ** (times - 1));
    const rest = ranges.filter((range) => range.from < from || range.to > to);
    rest.push({ from, to, until: now + days * dayMs, times });
    this.#ranges.set(
      key,
      rest.sort((a, b) => a.from - b.from),
    );
    this.#changed = true;
  }

  /** The bars of `missing` (sorted starts) that are worth asking for. */
  worthAsking(series: Series, missing: Float64Array, now: number): Float64Array {
    const ranges = this.#ranges.get(seriesKey(series));
    if (!ranges) return missing;
    return missing.filter(
      (t) => !ranges.some((range) => t >= range.from && t <= range.to && range.until > now),
    );
  }

  has(series: Series): boolean {
    return this.#ranges.has(seriesKey(series));
  }

  count(): number {
    let count = 0;
    for (const ranges of this.#ranges.values()) count += ranges.length;
    return count;
  }

  forget(series: Series): void {
    if (this.#ranges.delete(seriesKey(series))) this.#changed = true;
  }

  takeChanges(): unknown {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return [...this.#ranges];
  }
}
