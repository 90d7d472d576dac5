import type { MarketDataView } from '../../../shared/connection.ts';
import type { FlowRules } from '../ports.ts';
import { provenSince } from './flow.ts';

/** What the proof looks at of a ticker. */
export interface ProofFacts {
  readonly lastTickAt: number | null;
  readonly requestedAt: number;
}

export type Verdict<T> =
  | { readonly type: 'wait' }
  | { readonly type: 'flows' }
  /** Nothing is followed, so there is nothing to prove. */
  | { readonly type: 'nothing' }
  | { readonly type: 'ask-again'; readonly missing: readonly T[] }
  /** No ticker answers, not even when asked again: the connection itself is dead. */
  | { readonly type: 'reopen' }
  | { readonly type: 'missing'; readonly missing: readonly T[] };

const wait = { type: 'wait' } as const;

/** After every disturbance each ticker must speak; the steps taken when one does not. */
export class FlowProof {
  readonly #rules: FlowRules;
  #state: MarketDataView['proof'] = 'idle';
  #since = 0;
  #due = 0;
  #askedAgain = false;
  #reopenedAt = Number.NEGATIVE_INFINITY;

  constructor(rules: FlowRules) {
    this.#rules = rules;
  }

  get state(): MarketDataView['proof'] {
    return this.#state;
  }

  begin(now: number): void {
    this.#state = 'checking';
    this.#since = now;
    this.#due = now + this.#rules.proofMs;
    this.#askedAgain = false;
  }

  stop(): void {
    this.#state = 'idle';
  }

  check<T extends ProofFacts>(tickers: readonly T[], now: number): Verdict<T> {
    if (this.#state !== 'checking') return wait;
    const missing = tickers.filter((ticker) => !provenSince(ticker, this.#since));
    if (missing.length === 0) {
      // Tickers whose contract is still being looked up have no request yet.
      if (tickers.length === 0 && now < this.#due) return wait;
      this.#state = tickers.length > 0 ? 'proven' : 'idle';
      return { type: tickers.length > 0 ? 'flows' : 'nothing' };
    }
    // Behind many others a request may leave late; its patience begins then.
    const patient = missing.some((ticker) => now < ticker.requestedAt + this.#rules.proofMs);
    if (now < this.#due || patient) return wait;
    if (!this.#askedAgain) {
      this.#askedAgain = true;
      this.#due = now + this.#rules.proofMs;
      return { type: 'ask-again', missing };
    }
    this.#state = 'missing';
    const mayReopen = now - this.#reopenedAt >= this.#rules.reopenMs;
    if (missing.length < tickers.length || !mayReopen) return { type: 'missing', missing };
    this.#reopenedAt = now;
    return { type: 'reopen' };
  }
}
