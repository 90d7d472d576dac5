import type { Clock } from '../kit/clock.ts';

export const messagesPerSecond = 50;
export const marketDataLines = 100;
export const mostClients = 32;
export const mostOpenHistory = 50;
export const mostSummaries = 2;
/** After so many seconds of too many messages the client is disconnected. */
export const mostViolations = 3;

/** What IBKR allows all clients of one gateway together, by the simulator's clock. */
export class Limits {
  readonly enforced: boolean;
  readonly #clock: Clock;
  #second = 0;
  #received = 0;

  constructor(clock: Clock, enforced: boolean) {
    this.#clock = clock;
    this.enforced = enforced;
  }

  /** Counts one message; the answer is how many came in this second when that is too many. */
  message(): number | undefined {
    if (!this.enforced) return undefined;
    const now = this.#clock.now();
    if (now - this.#second >= 1000 || now < this.#second) {
      this.#second = now;
      this.#received = 0;
    }
    this.#received++;
    return this.#received > messagesPerSecond ? this.#received : undefined;
  }

  /** Whether one more message now would be too many. */
  full(): boolean {
    if (!this.enforced) return false;
    const passed = this.#clock.now() - this.#second;
    return passed >= 0 && passed < 1000 && this.#received >= messagesPerSecond;
  }

  /** When the present second is over. */
  nextSecondMs(): number {
    return Math.max(1, this.#second + 1000 - this.#clock.now());
  }
}
