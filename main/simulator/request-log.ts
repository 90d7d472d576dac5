/** One request as it was understood, and what was done with it. */
export interface LogEntry {
  readonly seq: number;
  /** Epoch milliseconds of the simulator's clock. */
  readonly time: number;
  readonly session: number;
  readonly clientId: number | null;
  readonly message: string;
  readonly reqId: number | null;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The newest requests, oldest first; older ones are forgotten. */
export class RequestLog {
  readonly #most: number;
  #entries: LogEntry[] = [];
  #seq = 0;

  constructor(most = 10_000) {
    this.#most = most;
  }

  get count(): number {
    return this.#seq;
  }

  add(entry: Omit<LogEntry, 'seq'>): void {
    this.#entries.push({ seq: ++this.#seq, ...entry });
    if (this.#entries.length > this.#most * 2) this.#entries = this.#entries.slice(-this.#most);
  }

  /** Those at or after that time. */
  since(time = Number.NEGATIVE_INFINITY): readonly LogEntry[] {
    return this.#entries.slice(-this.#most).filter((entry) => entry.time >= time);
  }
}
