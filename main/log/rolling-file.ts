import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

export interface RollingFileOptions {
  readonly dir: string;
  /** A file that has grown so large is put aside. */
  readonly maxBytes: number;
  /** So many files are kept, the newest of them being written. */
  readonly keep: number;
}

/**
 * `gatehouse.log`, put aside as `gatehouse.1.log` and so on when it is full. Lines are written at
 * once, so that the last ones before a crash are there to read.
 */
export class RollingFile {
  readonly #options: RollingFileOptions;
  #fd: number | null;
  #bytes: number;

  constructor(options: RollingFileOptions) {
    this.#options = options;
    mkdirSync(options.dir, { recursive: true });
    this.#fd = openSync(this.#name(0), 'a', 0o600);
    this.#bytes = fstatSync(this.#fd).size;
  }

  write(line: string): void {
    if (this.#fd === null) return;
    try {
      this.#bytes += writeSync(this.#fd, line);
      if (this.#bytes >= this.#options.maxBytes) this.#roll(this.#fd);
    } catch {
      // A full disk must not end the program; standard error and the window have the line.
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #roll(full: number): void {
    const { keep } = this.#options;
    closeSync(full);
    this.#fd = null;
    rmSync(this.#name(keep - 1), { force: true });
    for (let age = keep - 2; age >= 0; age--) {
      try {
        renameSync(this.#name(age), this.#name(age + 1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    this.#fd = openSync(this.#name(0), 'a', 0o600);
    this.#bytes = 0;
  }

  #name(age: number): string {
    return path.join(this.#options.dir, age === 0 ? 'gatehouse.log' : `gatehouse.${age}.log`);
  }
}
