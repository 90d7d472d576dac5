/** What one historical request counts as, for the rules about too many of them. */
export interface PacedRequest {
  /** Everything that makes two requests identical. */
  readonly identity: string;
  /** Contract, exchange and kind of data. */
  readonly subject: string;
  readonly barSeconds: number;
  readonly bidAsk: boolean;
}

export type PacingVerdict =
  | { readonly kind: 'serve'; readonly delayMs: number }
  | { readonly kind: 'violation' }
  | { readonly kind: 'disconnect' };

const identicalMs = 15_000;
const burstMs = 2000;
const mostInBurst = 5;
const windowMs = 600_000;
export const mostInWindow = 60;
/** Bars of a minute and more are only slowed above that, and cut off far above. */
const cutOffInWindow = 240;
const smallBar = 30;

interface Past {
  readonly at: number;
  readonly identity: string;
  readonly subject: string;
  readonly weight: number;
}

/** IBKR's rules for historical requests, over all clients of one gateway. Time is an argument. */
export class Pacing {
  #small: Past[] = [];
  #large: Past[] = [];

  ask(request: PacedRequest, now: number): PacingVerdict {
    const small = request.barSeconds <= smallBar;
    const past = (small ? this.#small : this.#large).filter((one) => one.at > now - windowMs);
    const weight = request.bidAsk ? 2 : 1;
    const one: Past = { at: now, identity: request.identity, subject: request.subject, weight };
    const total = past.reduce((sum, each) => sum + each.weight, 0) + weight;
    if (!small) {
      this.#large = [...past, one];
      if (total > cutOffInWindow) return { kind: 'disconnect' };
      return { kind: 'serve', delayMs: Math.max(0, total - mostInWindow) * 1000 };
    }
    const identical = past.some(
      (each) => each.identity === request.identity && each.at > now - identicalMs,
    );
    const burst = past
      .filter((each) => each.subject === request.subject && each.at > now - burstMs)
      .reduce((sum, each) => sum + each.weight, weight);
    this.#small = [...past, one];
    if (identical || burst > mostInBurst || total > mostInWindow) return { kind: 'violation' };
    return { kind: 'serve', delayMs: 0 };
  }

  reset(): void {
    this.#small = [];
    this.#large = [];
  }
}
