import { isTimeframe } from '../../shared/bar.ts';
import { type Series, seriesKey } from './store/file-name.ts';

/** A series whose past the broker has restated, or may have. */
export interface Restated extends Series {
  /** `check`: its stored bars are to be compared; `rebuild`: they differ, and all of it is to be fetched anew. */
  readonly what: 'check' | 'rebuild';
  /** Stored to restated prices; null while it is only guessed that there is a difference. */
  readonly ratio: number | null;
  /** Bars that begin up to here may be from before. */
  readonly until: number;
}

/** It survives a restart: bars of both kinds in one file would be noticed by nothing else. */
export class RestatedList {
  readonly #items = new Map<string, Restated>();
  #changed = false;

  constructor(saved: unknown) {
    if (!Array.isArray(saved)) return;
    for (const item of saved.filter(isRestated)) this.#items.set(seriesKey(item), item);
  }

  items(): readonly Restated[] {
    return [...this.#items.values()];
  }

  /** What is known to differ stays so. */
  add(item: Restated): void {
    const key = seriesKey(item);
    if (this.#items.get(key)?.what === 'rebuild') return;
    this.#items.set(key, item);
    this.#changed = true;
  }

  /** Whether the whole of it is being fetched, so that to fill its gaps would be in vain. */
  rebuilding(series: Series): boolean {
    return this.#items.get(seriesKey(series))?.what === 'rebuild';
  }

  remove(series: Series): void {
    if (this.#items.delete(seriesKey(series))) this.#changed = true;
  }

  takeChanges(): unknown {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return this.items();
  }
}

function isRestated(item: unknown): item is Restated {
  if (typeof item !== 'object' || item === null) return false;
  const one = item as Partial<Restated>;
  return (
    typeof one.symbol === 'string' &&
    isTimeframe(String(one.timeframe)) &&
    (one.what === 'check' || one.what === 'rebuild') &&
    (one.ratio === null || Number.isFinite(one.ratio)) &&
    Number.isFinite(one.until)
  );
}
