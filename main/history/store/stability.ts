import type { FileStat } from './file-stat.ts';

/** How long a file must stay as it is before anybody believes that it was meant so. */
export const quietMs = 2000;

interface Sight {
  readonly ino: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly since: number;
  /** It was empty, torn or shorter than before when first seen in this state. */
  readonly doubtful: boolean;
}

/**
 * Programs that rewrite a file first empty it and then write it piece by piece. Whoever looks in between sees a file
 * that shrank, is empty or ends within a row: such a file is left alone until it has kept still.
 */
export class Stability {
  readonly #seen = new Map<string, Sight>();

  /** True when the file may be taken as it is; `torn` says that its last byte is no newline. */
  look(path: string, stat: FileStat, torn: boolean, now: number): boolean {
    const before = this.#seen.get(path);
    const same =
      before !== undefined &&
      before.ino === stat.ino &&
      before.size === stat.size &&
      before.mtimeNs === stat.mtimeNs;
    if (same) return !before.doubtful || now - before.since >= quietMs;
    const shrank = before !== undefined && stat.size < before.size;
    // While it is being rewritten it may grow again step by step; only stillness ends the doubt about it.
    const stillMoving = before?.doubtful === true && now - before.since < quietMs;
    const doubtful = stat.size === 0 || torn || shrank || stillMoving;
    this.#seen.set(path, { ...stat, since: now, doubtful });
    return !doubtful;
  }

  /** We changed it ourselves. */
  accept(path: string, stat: FileStat, now: number): void {
    this.#seen.set(path, { ...stat, since: now, doubtful: false });
  }

  forget(path: string): void {
    this.#seen.delete(path);
  }
}
