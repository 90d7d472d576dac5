import type { Series } from './store/file-name.ts';
import { seriesKey } from './store/file-name.ts';
import { type FileStat, sameState } from './store/file-stat.ts';

/** Bar files that cannot be written to: nothing is asked for them until they are other files, or a person asks. */
export class FileFaults {
  readonly #found = new Map<string, FileStat | undefined>();

  add(series: Series, stat: FileStat | undefined): void {
    this.#found.set(seriesKey(series), stat);
  }

  has(series: Series): boolean {
    return this.#found.has(seriesKey(series));
  }

  /** Whether the file is still the one that was found faulty. */
  stands(series: Series, stat: FileStat | undefined): boolean {
    const found = this.#found.get(seriesKey(series));
    return found !== undefined && stat !== undefined && sameState(found, stat);
  }

  forget(series: Series): void {
    this.#found.delete(seriesKey(series));
  }

  clear(): void {
    this.#found.clear();
  }
}
