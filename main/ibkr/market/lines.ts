/** How many lines are used for polling in turn when not every ticker can have its own. */
const pollers = 3;
/** After a refusal for lack of lines, the old budget is tried again this much later. */
const forgetMs = 600_000;

export interface LinePlan {
  /** So many tickers stream, counted from the front of the list. */
  readonly streaming: number;
  /** So many of the others are polled at a time. */
  readonly polling: number;
}

/** Shares out the lines; all tickers stream when there are enough. */
export function planLines(tickers: number, budget: number): LinePlan {
  if (tickers <= budget) return { streaming: tickers, polling: 0 };
  const polling = Math.min(pollers, Math.max(1, budget));
  return { streaming: Math.max(0, budget - polling), polling };
}

/** The budget as experience shows it: TWS windows and other programs use lines too. */
export class LineBudget {
  readonly #full: number;
  #learned: number | null = null;
  #learnedAt = 0;

  constructor(full: number) {
    this.#full = full;
  }

  now(at: number): number {
    if (this.#learned !== null && at - this.#learnedAt > forgetMs) this.#learned = null;
    return this.#learned ?? this.#full;
  }

  /** IBKR refused one more than `inUse`. */
  refusedAt(inUse: number, at: number): void {
    this.#learned = Math.max(1, Math.min(inUse, this.#full));
    this.#learnedAt = at;
  }
}
