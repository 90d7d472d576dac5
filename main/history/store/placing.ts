import { dirname } from 'node:path';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { type Disk, openThere } from './disk.ts';
import { type FileStat, sameState } from './file-stat.ts';
import { keptName, newName, oldName } from './private-folder.ts';
import type { Salvage } from './salvage.ts';

/** Linux says EPERM where a file system has no hard links; Windows' answer to that is turned into EISDIR. */
const noLinks: readonly unknown[] = [
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EISDIR',
  'EMLINK',
];

/** Puts whole files in place: whoever looks finds the old one or the new one. */
export class Placing {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #salvage: Salvage;
  #saidNoLinks = false;

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
    let linked: Linked;
    try {
      // A link, because it fails where a rename would overwrite what somebody made just now.
      linked = this.#link(temporary, path);
    } finally {
      this.#drop(temporary);
    }
    if (linked === 'refused') return this.#claim(path, text);
    if (linked === 'there') return false;
    await this.#disk.syncFolder(dirname(path));
    return true;
  }

  /** Without links: an empty file, which nobody can have made before, holds the place for the whole one. */
  async #claim(path: string, text: readonly Buffer[]): Promise<boolean> {
    const fd = this.#openNew(path);
    if (fd === undefined) return false;
    const stat = this.#disk.statFd(fd);
    this.#disk.close(fd);
    let placed = false;
    try {
      placed = await this.replace(path, stat, text, false);
      return placed;
    } finally {
      if (!placed && this.#is(path, stat)) this.#drop(path);
    }
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
    let named = false;
    let placed = false;
    try {
      await this.#write(temporary, text, stat.mode);
      named = this.#link(path, old) === 'linked';
      if (keep && this.#link(path, kept) === 'refused') {
        await this.#write(kept, [this.#disk.read(fd, 0, stat.size)], stat.mode);
      }
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
    this.#salvage.watch({ path, old: named ? old : undefined, fd, taken: stat.size });
    await this.#disk.syncFolder(dirname(path));
    return true;
  }

  #is(path: string, stat: FileStat): boolean {
    const current = this.#disk.stat(path);
    return current !== undefined && sameState(stat, current);
  }

  #link(from: string, to: string): Linked {
    try {
      this.#disk.link(from, to);
      return 'linked';
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return 'there';
      if (!noLinks.includes(code)) throw error;
    }
    if (!this.#saidNoLinks) {
      this.#saidNoLinks = true;
      this.#log.warn(
        { path: to },
        'there are no hard links here: if Gatehouse is killed within seconds of rewriting a file, rows that another program adds to the old file just then are lost',
      );
    }
    return 'refused';
  }

  #openNew(path: string): number | undefined {
    try {
      return this.#disk.open(path, 'wx', 0o644);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
      throw error;
    }
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

type Linked = 'linked' | 'there' | 'refused';
