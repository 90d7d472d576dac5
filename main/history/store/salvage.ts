import { basename, dirname, join } from 'node:path';
import type { Cancel, Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Disk } from './disk.ts';

/** Beside the bar files, in the same file system, so that links and renames work. */
export const privateFolder = '.gatehouse';

/** How long after a rename a program that had the old file open may still add to it. */
const looksMs = [250, 1000, 4000] as const;

interface Watched {
  readonly path: string;
  readonly old: string;
  readonly fd: number;
  taken: number;
  look: number;
  cancel: Cancel;
}

/** The name under which the old file stays reachable until nobody writes to it any more. */
export function oldName(path: string, size: number, nth: number): string {
  return join(dirname(path), privateFolder, `${basename(path)}.${size}.${nth}.old`);
}

/**
 * A program that opened a bar file before we renamed a new one over it goes on writing into the old one. Its rows are
 * carried over: at once, and a few times more until some seconds have passed. The old file keeps a name meanwhile, so
 * that a crash of ours loses nothing either.
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

  /** `old` names the old file, `taken` is how many of its bytes the new one was made from. */
  watch(path: string, old: string, taken: number): void {
    const fd = this.#disk.open(old, 'r');
    const watched: Watched = { path, old, fd, taken, look: 0, cancel: () => {} };
    this.#watched.add(watched);
    this.#look(watched);
  }

  /** Carries over what there is now and lets go. */
  close(): void {
    for (const watched of this.#watched) this.#end(watched);
  }

  /** After a crash: what was added to an old file and not carried over. */
  recover(folder: string): void {
    const inside = join(folder, privateFolder);
    for (const name of this.#names(inside)) {
      const match = /^(.+)\.(\d+)\.\d+\.old$/.exec(name);
      if (match) {
        this.#recoverOne(join(folder, match[1] as string), join(inside, name), Number(match[2]));
      } else if (name.endsWith('.new')) {
        this.#disk.unlink(join(inside, name));
      }
    }
  }

  #names(folder: string): readonly string[] {
    try {
      return this.#disk.list(folder);
    } catch {
      return [];
    }
  }

  #recoverOne(path: string, old: string, taken: number): void {
    const current = this.#disk.stat(path);
    const former = this.#disk.stat(old);
    if (former && !current) {
      this.#disk.link(old, path);
    } else if (former && current && former.ino !== current.ino) {
      const fd = this.#disk.open(old, 'r');
      try {
        this.#carryOver({ path, fd, taken });
      } finally {
        this.#disk.close(fd);
      }
    }
    this.#disk.unlink(old);
  }

  #look(watched: Watched): void {
    try {
      this.#carryOver(watched);
    } catch (error) {
      this.#log.warn(
        { path: watched.path, error: String(error) },
        'rows could not be carried over',
      );
    }
    const next = looksMs[watched.look++];
    if (next === undefined) this.#end(watched);
    else watched.cancel = this.#clock.after(next, () => this.#look(watched));
  }

  #end(watched: Watched): void {
    watched.cancel();
    this.#watched.delete(watched);
    try {
      this.#carryOver(watched);
      this.#disk.unlink(watched.old);
    } catch (error) {
      // The old file keeps its name, so the next start tries again.
      this.#log.warn(
        { path: watched.path, error: String(error) },
        'rows could not be carried over',
      );
    }
    this.#disk.close(watched.fd);
  }

  #carryOver(watched: { readonly path: string; readonly fd: number; taken: number }): void {
    const { size } = this.#disk.statFd(watched.fd);
    if (size <= watched.taken) return;
    const bytes = this.#disk.read(watched.fd, watched.taken, size - watched.taken);
    const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
    if (whole.length === 0) return;
    const into = this.#disk.open(watched.path, 'a');
    try {
      this.#disk.write(into, whole);
    } finally {
      this.#disk.close(into);
    }
    watched.taken += whole.length;
    this.#log.info(
      { path: watched.path, bytes: whole.length },
      'rows another program wrote meanwhile were carried over',
    );
  }
}
