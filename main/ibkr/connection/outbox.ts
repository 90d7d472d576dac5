import type { Cancel, Clock } from '../../kit/clock.ts';

/** IBKR allows 50 messages a second over all programs of one TWS; the rest is left to the others. */
export const messagesPerSecond = 40;

/** When messages went out, the oldest first. */
export type Sent = number[];

/**
 * What waits to be sent on one connection, never more than so many in any second. It dies with its
 * connection, so nothing that was meant for one session reaches the next; what was sent is handed on to the
 * next, because TWS counts by the second and not by the connection.
 */
export class Outbox {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #sent: Sent;
  readonly #urgent: (() => void)[] = [];
  readonly #waiting: (() => void)[] = [];
  #cancel: Cancel | null = null;
  #closed = false;

  constructor(clock: Clock, perSecond = messagesPerSecond, sent: Sent = []) {
    this.#clock = clock;
    this.#sent = sent;
    this.#perSecond = perSecond;
  }

  /** Sends now if the second has room, else in turn; urgent messages go before the others. */
  send(call: () => void, urgent = false): void {
    if (this.#closed) return;
    (urgent ? this.#urgent : this.#waiting).push(call);
    this.#drain();
  }

  get length(): number {
    return this.#urgent.length + this.#waiting.length;
  }

  close(): void {
    this.#closed = true;
    this.#urgent.length = 0;
    this.#waiting.length = 0;
    this.#cancel?.();
    this.#cancel = null;
  }

  #drain(): void {
    const now = this.#clock.now();
    while ((this.#sent[0] ?? now) <= now - 1000) this.#sent.shift();
    while (!this.#closed && this.#sent.length < this.#perSecond) {
      const next = this.#urgent.shift() ?? this.#waiting.shift();
      if (!next) return;
      this.#sent.push(now);
      next();
    }
    if (this.#closed || this.length === 0 || this.#cancel) return;
    const wait = Math.max(1, (this.#sent[0] as number) + 1000 - now);
    this.#cancel = this.#clock.after(wait, () => {
      this.#cancel = null;
      this.#drain();
    });
  }
}
