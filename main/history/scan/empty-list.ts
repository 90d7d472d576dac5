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

export interface EmptySpan {
  readonly from: number;
  readonly to: number;
  readonly emptiness: Emptiness;
}

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

  /** `spans` are sorted and apart. */
  add(series: Series, spans: readonly EmptySpan[], now: number): void {
    if (spans.length === 0) return;
    const key = seriesKey(series);
    const before = this.#ranges.get(key) ?? [];
    const ranges: EmptyRange[] = [];
    let nth = 0;
    for (const { from, to, emptiness } of spans) {
      let times = 1;
      for (let range = before[nth]; range && range.from <= to; range = before[++nth]) {
        if (range.to >= from) times = Math.max(times, range.times + 1);
        if (range.from < from || range.to > to) ranges.push(range);
      }
      // Doubling: a mistake of the server is mended next day, a dead minute costs a request a month at most.
      const days = emptiness === 'beside-others' ? 365 : Math.min(32, 2 ** (times - 1));
      ranges.push({ from, to, until: now + days * dayMs, times });
    }
    ranges.push(...before.slice(nth));
    this.#ranges.set(
      key,
      ranges.sort((a, b) => a.from - b.from),
    );
    this.#changed = true;
  }

  /** The bars of `missing` (sorted starts) that are worth asking for. */
  worthAsking(series: Series, missing: Float64Array, now: number): Float64Array {
    const ranges = this.#ranges.get(seriesKey(series)) ?? [];
    let nth = 0;
    let coveredTo = Number.NEGATIVE_INFINITY;
    return missing.filter((t) => {
      for (let range = ranges[nth]; range && range.from <= t; range = ranges[++nth]) {
        if (range.until > now) coveredTo = Math.max(coveredTo, range.to);
      }
      return t > coveredTo;
    });
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
