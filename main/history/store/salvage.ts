import { join } from 'node:path';
import type { Bar } from '../../../shared/bar.ts';
import type { BarColumns } from '../../kit/bar-columns.ts';
import type { Cancel, Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { addRows } from './add-rows.ts';
import type { Disk } from './disk.ts';
import { type FileStat, whyNoFile } from './file-stat.ts';
import { formatBars } from './format.ts';
import { lateBars, readLate } from './late-bars.ts';
import { parseFile } from './parse-file.ts';
import { keptName, leftover, oldName, privateFolder } from './private-folder.ts';
import { wholeEnd } from './torn-tail.ts';

/** How long after a rename a program that had the old file open may still add to it. */
const looksMs = [250, 1000, 4000] as const;

/** How long to wait where rows cannot be carried over: the disk is full, or somebody is writing a row. */
const againMs = 30_000;

export interface OldFile {
  /** The file that took its name. */
  readonly path: string;
  /** Its own name now, if it has one. */
  readonly old: string | undefined;
  readonly fd: number;
  /** How many of its bytes are in the new file. */
  readonly taken: number;
}

interface Watched {
  readonly path: string;
  readonly fd: number;
  old: string | undefined;
  taken: number;
  /** Something that is no row was added. */
  odd: boolean;
  look: number;
  cancel: Cancel;
  told: string | undefined;
}

type Carried = 'all' | 'changed' | 'waits' | 'removed';

/**
 * A program that opened a bar file before we renamed a new one over it goes on writing into the old one. Its rows are
 * carried over: at once, and a few times more until some seconds have passed. The old file keeps a name until all of
 * them are, so that neither a crash of ours nor a full disk loses any.
 */
export class Salvage {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #watched = new Set<Watched>();

  constructor(disk: Disk, clock: Clock, log: Log) {
    this.#disk = disk;
    this.#clock = clock;
    this.#log = log;
  }

  watch(file: OldFile): void {
    const watched = { ...file, odd: false, look: 0, cancel: () => {}, told: undefined };
    this.#watched.add(watched);
    this.#look(watched);
  }

  /** Carries over what there is now and lets go. What cannot be carried over now keeps its name for the next start. */
  close(): void {
    for (const watched of this.#watched) {
      watched.cancel();
      if (this.#carryOver(watched) !== 'waits' || watched.old === undefined) this.#letGo(watched);
      this.#forget(watched);
    }
  }

  /** After a crash: what was added to old files and not carried over. One that resists does not hold up the others. */
  recover(folder: string): void {
    const inside = join(folder, privateFolder);
    for (const name of this.#names(inside)) {
      const left = leftover(name);
      const place = join(inside, name);
      try {
        if (left?.kind === 'new') this.#disk.unlink(place);
        if (left?.kind === 'old') this.#recoverOne(join(folder, left.file), place, left.taken);
      } catch (error) {
        this.#log.warn(
          { path: place, error: String(error) },
          'what a crash left behind cannot be dealt with now; the next start tries again',
        );
      }
    }
  }

  #names(folder: string): readonly string[] {
    try {
      return this.#disk.list(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#log.warn(
          { path: folder, error: String(error) },
          'the folder cannot be read, so what a crash left there stays',
        );
      }
      return [];
    }
  }

  #recoverOne(path: string, old: string, taken: number): void {
    const former = this.#disk.stat(old);
    if (!former) return;
    const odd = whyNoFile(former);
    if (odd !== undefined) throw new Error(odd);
    const current = this.#disk.stat(path);
    if (current?.ino === former.ino) this.#disk.unlink(old);
    else if (current) this.watch({ path, old, fd: this.#disk.open(old, 'r'), taken });
    else this.#keepNamed(path, old);
  }

  #look(watched: Watched): void {
    const carried = this.#carryOver(watched);
    const next = looksMs[watched.look++];
    if (next === undefined && carried !== 'waits' && this.#letGo(watched)) return;
    watched.cancel = this.#clock.after(next ?? againMs, () => this.#look(watched));
  }

  /** False when the disk does not let us. */
  #letGo(watched: Watched): boolean {
    const { path, old, fd } = watched;
    try {
      const left = watched.odd || this.#disk.statFd(fd).size > watched.taken;
      if (left && old !== undefined) this.#keepNamed(path, old);
      else if (left) this.#keepCopy(path, fd);
      else if (old !== undefined) this.#disk.unlink(old);
    } catch (error) {
      this.#waits(watched, String(error));
      return false;
    }
    this.#forget(watched);
    return true;
  }

  #forget(watched: Watched): void {
    if (this.#watched.delete(watched)) this.#disk.close(watched.fd);
  }

  #carryOver(watched: Watched): Carried {
    try {
      const { size } = this.#disk.statFd(watched.fd);
      if (size <= watched.taken) return 'all';
      const bytes = this.#disk.read(watched.fd, 0, size);
      const whole = bytes.subarray(0, wholeEnd(bytes));
      if (whole.length <= watched.taken) return 'all';
      for (let tries = 0; tries < 5; tries++) {
        const carried = this.#carry(watched, whole);
        if (carried !== 'changed') return carried;
      }
      return this.#waits(watched, 'it is being written');
    } catch (error) {
      return this.#waits(watched, String(error));
    }
  }

  #carry(watched: Watched, whole: Buffer): Carried {
    const { path } = watched;
    const stat = this.#disk.stat(path);
    // Whoever removed it wants it removed, or makes it anew in a moment.
    if (!stat) return 'removed';
    const current = whyNoFile(stat) ?? this.#columns(path, stat.size);
    if (typeof current === 'string') return this.#waits(watched, current);
    const late = readLate(whole, watched.taken);
    const bars = lateBars(late, current);
    if (bars.length > 0) {
      if (!this.#add(path, stat, bars)) return 'changed';
      this.#log.info(
        { path, rows: bars.length },
        'rows another program wrote meanwhile were carried over',
      );
    }
    watched.taken = whole.length;
    watched.odd ||= late.odd;
    this.#rename(watched);
    return 'all';
  }

  /** Why nothing can be added, where that is so: rows behind half a row, or among columns of others, would be lost. */
  #columns(path: string, size: number): BarColumns | string {
    const fd = this.#disk.open(path, 'r');
    try {
      const bytes = this.#disk.read(fd, 0, size);
      if (bytes[bytes.length - 1] !== 10) return 'it is being written';
      const parsed = parseFile(bytes);
      if (!parsed.ok) return parsed.reason;
      return parsed.report.foreignHeader ? 'its columns are not as we write them' : parsed.columns;
    } finally {
      this.#disk.close(fd);
    }
  }

  #add(path: string, stat: FileStat, bars: readonly Bar[]): boolean {
    const fd = addRows(this.#disk, path, stat, Buffer.from(formatBars(bars), 'latin1'));
    if (fd === undefined) return false;
    try {
      // So seldom that everybody may wait for the disk, and the rows must be there before the old file goes.
      this.#disk.syncNow(fd);
    } finally {
      this.#disk.close(fd);
    }
    return true;
  }

  /** After a crash only what is added from here on is to be carried over. */
  #rename(watched: Watched): void {
    if (watched.old === undefined) return;
    const next = oldName(watched.path, watched.taken);
    this.#disk.rename(watched.old, next);
    watched.old = next;
  }

  #keepNamed(path: string, old: string): void {
    const kept = keptName(path, this.#clock.now());
    this.#disk.rename(old, kept);
    this.#sayKept(path, kept);
  }

  #keepCopy(path: string, from: number): void {
    const kept = keptName(path, this.#clock.now());
    const fd = this.#disk.open(kept, 'wx', 0o644);
    let whole = false;
    try {
      this.#disk.write(fd, this.#disk.read(from, 0, this.#disk.statFd(from).size));
      this.#disk.syncNow(fd);
      whole = true;
    } finally {
      this.#disk.close(fd);
      if (!whole) this.#disk.unlink(kept);
    }
    this.#sayKept(path, kept);
  }

  #sayKept(path: string, kept: string): void {
    this.#log.warn({ path, kept }, 'an old file holds what the new one does not, and is kept');
  }

  #waits(watched: Watched, why: string): 'waits' {
    if (watched.told !== why) {
      const { path } = watched;
      this.#log.warn({ path, why }, 'rows another program wrote wait to be carried over');
    }
    watched.told = why;
    return 'waits';
  }
}
