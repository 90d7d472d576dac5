import type { FileIdentity, FileStat } from './file-stat.ts';

/** How long a file must stay as it is before anybody believes that it was meant so. */
export const quietMs = 2000;

interface Sight {
  readonly ino: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly since: number;
  /** Since when it is doubtful: it was empty, torn or shorter than before. */
  readonly doubtSince: number | undefined;
}

/** A program that has only added whole rows for so long after a doubt is no longer rewriting. */
const longestDoubtMs = 60_000;

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
    if (same) {
      if (before.doubtSince !== undefined && now - before.since < quietMs) return false;
      this.#seen.set(path, { ...before, doubtSince: undefined });
      return true;
    }
    const odd = stat.size === 0 || torn || (before !== undefined && stat.size < before.size);
    // While it is being rewritten it grows again step by step; only stillness ends the doubt about it.
    const since = before?.doubtSince;
    const moving = since !== undefined && now - since < longestDoubtMs;
    const doubtSince = odd || moving ? (since ?? now) : undefined;
    this.#seen.set(path, { ...identity(stat), since: now, doubtSince });
    return doubtSince === undefined;
  }

  knows(path: string): boolean {
    return this.#seen.has(path);
  }

  /** We changed it ourselves, or saw it whole in a former life. */
  accept(path: string, stat: FileIdentity, now: number): void {
    this.#seen.set(path, { ...identity(stat), since: now, doubtSince: undefined });
  }

  forget(path: string): void {
    this.#seen.delete(path);
  }
}

function identity({ ino, size, mtimeNs }: FileIdentity) {
  return { ino, size, mtimeNs };
}
