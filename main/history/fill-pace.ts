import type { FillProgress } from '../../shared/history.ts';

const minuteMs = 60_000;

/** What is left to fill, and what it has to keep to. */
export interface Load {
  readonly left: number;
  readonly current: string | null;
  readonly budget: { readonly left: number; readonly total: number };
  /** What waits for further cycles of a few files each. */
  readonly cyclesMs: number;
}

/** How far the filling has come, and how long it may still take. */
export class FillPace {
  #run: { startedAt: number; done: number; failed: number } | undefined;
  #spentMs = 0;
  #asked = 0;

  begin(now: number): void {
    this.#run ??= { startedAt: now, done: 0, failed: 0 };
  }

  end(): void {
    this.#run = undefined;
  }

  count(what: 'done' | 'failed'): void {
    if (this.#run) this.#run[what]++;
  }

  asked(tookMs: number): void {
    this.#spentMs += tookMs;
    this.#asked++;
  }

  progress(load: Load): FillProgress | null {
    if (!this.#run || load.left === 0) return null;
    const { done, failed, startedAt } = this.#run;
    const total = done + failed + load.left;
    return { startedAt, done, failed, total, current: load.current, msLeft: this.#msLeft(load) };
  }

  /** By the speed so far, the broker's budget and the few files a cycle, whichever is slowest. */
  #msLeft({ left, budget, cyclesMs }: Load): number | null {
    if (this.#asked === 0) return null;
    const bySpeed = left * (this.#spentMs / this.#asked);
    const over = Math.max(0, left - budget.left);
    const byBudget = (over / Math.max(1, budget.total)) * 10 * minuteMs;
    return Math.round(Math.max(bySpeed, byBudget, cyclesMs));
  }
}
