import { dirname } from 'node:path';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { type Disk, openThere } from './disk.ts';
import { type FileStat, sameState } from './file-stat.ts';
import { keptName, newName, oldName } from './private-folder.ts';
import type { Salvage } from './salvage.ts';

/** Puts whole files in place: whoever looks finds the old one or the new one. */
export class Placing {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #salvage: Salvage;

  constructor(disk: Disk, clock: Clock, log: Log, salvage: Salvage) {
    this.#disk = disk;
    this.#clock = clock;
    this.#log = log;
    this.#salvage = salvage;
  }

  /** False when somebody else made it meanwhile. */
  async create(path: string, text: readonly Buffer[]): Promise<boolean> {
    const temporary = newName(path);
    await this.#write(temporary, text, 0o644);
    try {
      // A link, because it fails where a rename would overwrite what somebody made just now.
      this.#disk.link(temporary, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      this.#drop(temporary);
    }
    await this.#disk.syncFolder(dirname(path));
    return true;
  }

  /**
   * False when the old file is no longer as it was looked at. What somebody adds to the old file from then on is carried
   * over; with `keep` a person finds the old file in the private folder.
   */
  async replace(
    path: string,
    stat: FileStat,
    text: readonly Buffer[],
    keep: boolean,
  ): Promise<boolean> {
    const fd = openThere(this.#disk, path, 'r');
    if (fd === undefined) return false;
    const temporary = newName(path);
    const old = oldName(path, stat.size);
    const kept = keptName(path, this.#clock.now());
    let placed = false;
    try {
      await this.#write(temporary, text, stat.mode);
      this.#disk.link(path, old);
      if (keep) this.#disk.link(path, kept);
      placed = await this.#renameOver(
        temporary,
        path,
        () => this.#is(path, stat) && sameState(stat, this.#disk.statFd(fd)),
      );
    } finally {
      if (!placed) {
        this.#disk.close(fd);
        for (const name of [temporary, old, kept]) this.#drop(name);
      }
    }
    if (!placed) return false;
    this.#salvage.watch({ path, old, fd, taken: stat.size });
    await this.#disk.syncFolder(dirname(path));
    return true;
  }

  #is(path: string, stat: FileStat): boolean {
    const current = this.#disk.stat(path);
    return current !== undefined && sameState(stat, current);
  }

  async #write(path: string, text: readonly Buffer[], mode: number): Promise<void> {
    this.#disk.makeFolder(dirname(path));
    const fd = this.#disk.open(path, 'wx', mode);
    let whole = false;
    try {
      for (const part of text) this.#disk.write(fd, part);
      await this.#disk.sync(fd);
      whole = true;
    } finally {
      this.#disk.close(fd);
      if (!whole) this.#drop(path);
    }
  }

  /**
   * Windows refuses while somebody has the file open; that passes. Writing over it in place would not be safe. False
   * when the file is no longer as it must be.
   */
  async #renameOver(from: string, to: string, still: () => boolean): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      if (!still()) return false;
      try {
        this.#disk.rename(from, to);
        return true;
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? '';
        if (tries === 6 || !['EPERM', 'EACCES', 'EBUSY'].includes(code)) throw error;
        await new Promise<void>((go) => this.#clock.after(50 * tries, go));
      }
    }
  }

  /** What stays because it cannot be removed is removed by the next start. */
  #drop(path: string): void {
    try {
      this.#disk.unlink(path);
    } catch (error) {
      this.#log.debug({ path, error: String(error) }, 'a file of ours could not be removed');
    }
  }
}
