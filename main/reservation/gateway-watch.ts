import type { Cancel, Clock } from '../kit/clock.ts';
import type { Probe } from './ports.ts';

/**
 * Watches the gateway's port while somebody else uses the session, and tells each time it goes from
 * reachable to unreachable. What is not known yet is not a loss.
 */
export class GatewayWatch {
  readonly #clock: Clock;
  readonly #probe: Probe;
  readonly #everyMs: number;
  readonly #onLost: () => void;
  #reachable: boolean | null = null;
  #cancel: Cancel | null = null;
  #round = 0;

  constructor(clock: Clock, probe: Probe, everyMs: number, onLost: () => void) {
    this.#clock = clock;
    this.#probe = probe;
    this.#everyMs = everyMs;
    this.#onLost = onLost;
  }

  /** Starts a new watch; `reachable` is what the closing session knew of the gateway. */
  start(reachable: boolean | null): void {
    this.stop();
    this.#reachable = reachable;
    this.#look(this.#round);
  }

  stop(): void {
    this.#round++;
    this.#cancel?.();
    this.#cancel = null;
  }

  /** What somebody else has seen of the gateway, such as a forwarded connection. */
  seen(reachable: boolean): void {
    const lost = this.#reachable === true && !reachable;
    this.#reachable = reachable;
    if (lost) this.#onLost();
  }

  /** Something went wrong over there: look now rather than at the next round. */
  doubt(): void {
    if (this.#cancel === null) return;
    this.#cancel();
    this.#cancel = null;
    this.#look(this.#round);
  }

  #look(round: number): void {
    void this.#probe()
      .catch(() => false)
      .then((reachable) => {
        if (round !== this.#round) return;
        this.#cancel = this.#clock.after(this.#everyMs, () => this.#look(round));
        this.seen(reachable);
      });
  }
}
