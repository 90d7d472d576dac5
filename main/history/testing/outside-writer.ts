import fs from 'node:fs';
import type { Bar } from '../../../shared/bar.ts';
import type { BarStore, MergeResult } from '../store/bar-store.ts';
import type { Disk } from '../store/disk.ts';
import { formatBar } from '../store/format.ts';
import { workBar, workSeries, workSteps } from './store-work.ts';

const firstRow = 1_000;

/** The rows the other program writes are its own; the nth is always the same. */
export const outsideBar = (nth: number): Bar => workBar(firstRow + nth);

/** This bar the other program writes as well, until the store has corrected it. */
export const contested = workBar(7);
export const corrected = workBar(7, 55);

/**
 * Another program that shares the bar file and comes at the worst moments: it opens the file just before ours takes
 * its name, and adds its row right afterwards.
 */
export class OutsideWriter {
  readonly disk: Disk;
  contests = true;
  readonly #path: string;
  readonly #wrote: (nth: number) => void;
  #rows = 0;

  /** `wrote` hears of each row that is in the file. */
  constructor(path: string, disk: Disk, wrote: (nth: number) => void) {
    this.#path = path;
    this.#wrote = wrote;
    const rename = (from: string, to: string) => {
      if (to !== path) return disk.rename(from, to);
      const fd = fs.openSync(path, 'a');
      try {
        disk.rename(from, to);
      } finally {
        this.#write(fd);
        if (this.contests) fs.writeSync(fd, formatBar(workBar(7, 9 + this.#rows / 100)));
        fs.closeSync(fd);
      }
    };
    this.disk = { ...disk, rename };
  }

  append(): void {
    const fd = fs.openSync(this.#path, 'a');
    this.#write(fd);
    fs.closeSync(fd);
  }

  #write(fd: number): void {
    const nth = this.#rows++;
    fs.writeSync(fd, formatBar(outsideBar(nth)));
    this.#wrote(nth);
  }
}

/** The usual steps with the other program at the same file. Stops at the first that is not acknowledged. */
export async function doSharedWork(
  store: BarStore,
  outside: OutsideWriter,
  acknowledged: (step: number) => void,
): Promise<MergeResult | undefined> {
  for (const [step, bars] of workSteps.entries()) {
    const result = await store.merge(workSeries, bars);
    if (!result.ok) return result;
    if (bars.some(({ t }) => t === contested.t) && step > 0) outside.contests = false;
    acknowledged(step);
    outside.append();
  }
  return undefined;
}
