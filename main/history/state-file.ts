import fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { Log } from '../kit/log.ts';

/** A small JSON file of our own, replaced whole so that a crash leaves the former or the new one. */
export class StateFile {
  readonly #path: string;
  readonly #log: Log;
  /** What a full disk did not take yet. */
  #unsaved: unknown;

  constructor(folder: string, name: string, log: Log) {
    this.#path = join(folder, name);
    this.#log = log;
  }

  /** Undefined when there is none or it cannot be understood; what it held can be found out again. */
  read(): unknown {
    try {
      return JSON.parse(fs.readFileSync(this.#path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#log.warn({ path: this.#path, error: String(error) }, 'a state file cannot be read');
      }
      return undefined;
    }
  }

  /** Without content, what could not be written before is tried again; until then the former content stands. */
  write(content: unknown, safely = false): void {
    this.#unsaved = content ?? this.#unsaved;
    if (this.#unsaved === undefined) return;
    const temporary = `${this.#path}.${process.pid}.new`;
    try {
      fs.mkdirSync(dirname(this.#path), { recursive: true });
      fs.writeFileSync(temporary, JSON.stringify(this.#unsaved), { flush: safely });
      fs.renameSync(temporary, this.#path);
      this.#unsaved = undefined;
    } catch (error) {
      try {
        fs.unlinkSync(temporary);
      } catch {
        // It was not even made.
      }
      this.#log.debug({ path: this.#path, error: String(error) }, 'a state file cannot be written');
    }
  }
}
