import type { TimelineEntry } from '../../../shared/connection.ts';
import type { Log } from '../../kit/log.ts';

const kept = 200;

/** What happened to the connection, told once: to the log and to whoever looks at the state. */
export class Story {
  readonly #log: Log;
  #entries: readonly TimelineEntry[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  get entries(): readonly TimelineEntry[] {
    return this.#entries;
  }

  tell(entry: TimelineEntry): void {
    const last = this.#entries.at(-1);
    // IBKR repeats itself all night; the log has every repetition, the story the first.
    const repeated = last?.text === entry.text && last.code === entry.code;
    if (!repeated) this.#entries = [...this.#entries.slice(1 - kept), entry];
    const fields = entry.code === undefined ? {} : { code: entry.code };
    if (entry.level === 'info') this.#log.info(fields, entry.text);
    else if (entry.level === 'warning') this.#log.warn(fields, entry.text);
    else this.#log.error(fields, entry.text);
  }
}
