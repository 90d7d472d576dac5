const pacingMs = 60_000;
const firstMs = 15_000;
const longestMs = 300_000;

/**
 * Holds back every request while each would only fail as the last did: after a violation of the broker's pacing, and
 * while its historical data service is out of reach.
 */
export class Hold {
  #pacingUntil = 0;
  #serviceUntil = 0;
  #failures = 0;

  why(now: number): 'pacing' | 'service' | undefined {
    if (now < this.#pacingUntil) return 'pacing';
    return now < this.#serviceUntil ? 'service' : undefined;
  }

  violated(now: number): void {
    this.#pacingUntil = now + pacingMs;
  }

  /** Longer each time, as long as nothing is answered. */
  unreachable(now: number): void {
    // What was sent at the same time fails at the same time, and says nothing new.
    if (now < this.#serviceUntil) return;
    this.#serviceUntil = now + Math.min(longestMs, firstMs * 2 ** this.#failures);
    this.#failures++;
  }

  answered(): void {
    this.#serviceUntil = 0;
    this.#failures = 0;
  }

  /** A person asks: one request may find out whether the service is back. */
  tryService(): void {
    this.#serviceUntil = 0;
  }
}
