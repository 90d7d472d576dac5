import type { LogLine } from '../../shared/log-line.ts';

const levelNames: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** Keeps the newest lines for the window, so that it can show what was written before it opened. */
export class LogRing {
  readonly #lines: LogLine[] = [];
  readonly #capacity: number;
  #seq = 0;

  constructor(capacity = 2_000) {
    this.#capacity = capacity;
  }

  /** Takes one line as pino writes it. */
  write(json: string): void {
    const parsed = JSON.parse(json) as Record<string, unknown>;
    const { level, time, msg, service, pid: _pid, hostname: _host, ...fields } = parsed;
    this.#lines.push({
      seq: ++this.#seq,
      at: typeof time === 'number' ? time : Date.parse(String(time)),
      level: levelNames[level as number] ?? String(level),
      service: typeof service === 'string' ? service : 'gatehouse',
      text: typeof msg === 'string' ? msg : '',
      fields,
    });
    if (this.#lines.length > this.#capacity) this.#lines.shift();
  }

  /** Lines after `seq`, oldest first, at most `limit` of the newest. */
  since(seq: number, limit: number): readonly LogLine[] {
    const first = this.#lines.findIndex((line) => line.seq > seq);
    return first === -1 ? [] : this.#lines.slice(Math.max(first, this.#lines.length - limit));
  }
}
