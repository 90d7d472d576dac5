import type { Timeframe } from '../../shared/bar.ts';
import type { Cancel, Clock } from '../kit/clock.ts';

export interface MadeSeries {
  readonly ticker: string;
  readonly timeframe: Timeframe;
}

/** Which series end with a bar that is being made, and until when: `over` is called when their session has closed. */
export class InTheMaking {
  readonly #clock: Clock;
  readonly #over: (series: readonly MadeSeries[]) => void;
  readonly #until = new Map<Timeframe, Map<string, number>>();
  #nextAt = Infinity;
  #cancel: Cancel | undefined;

  constructor(clock: Clock, over: (series: readonly MadeSeries[]) => void) {
    this.#clock = clock;
    this.#over = over;
  }

  add(ticker: string, timeframe: Timeframe, until: number): void {
    let untilOf = this.#until.get(timeframe);
    if (!untilOf) {
      untilOf = new Map();
      this.#until.set(timeframe, untilOf);
    }
    untilOf.set(ticker, until);
    if (until < this.#nextAt) this.#wait(until);
  }

  clear(): void {
    this.#cancel?.();
    this.#nextAt = Infinity;
    this.#until.clear();
  }

  #wait(until: number): void {
    this.#cancel?.();
    this.#nextAt = until;
    this.#cancel = this.#clock.after(Math.max(0, until - this.#clock.now()), () => this.#close());
  }

  #close(): void {
    const now = this.#clock.now();
    const closed: MadeSeries[] = [];
    let next = Infinity;
    for (const [timeframe, untilOf] of this.#until) {
      for (const [ticker, until] of untilOf) {
        if (until > now) {
          next = Math.min(next, until);
          continue;
        }
        untilOf.delete(ticker);
        closed.push({ ticker, timeframe });
      }
    }
    this.#nextAt = Infinity;
    if (next < Infinity) this.#wait(next);
    if (closed.length > 0) this.#over(closed);
  }
}
