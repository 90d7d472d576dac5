import type { PlannedRequest } from './plan/planner.ts';

export interface DownloadJob {
  readonly request: PlannedRequest;
  /** How often it was asked without an answer; it waits the longer for it. */
  readonly attempts: number;
  /** How many of these were its own fault. */
  readonly faults: number;
  /** Not to be asked before. */
  readonly notBefore: number;
}

/** What a download still has to ask for, in its turn. */
export class DownloadJobs {
  #jobs: DownloadJob[] = [];

  get size(): number {
    return this.#jobs.length;
  }

  has(symbol: string): boolean {
    return this.#jobs.some(({ request }) => request.symbol === symbol);
  }

  isDue(now: number): boolean {
    return this.#jobs.some(({ notBefore }) => notBefore <= now);
  }

  /** The first that is due, which is then no longer here. */
  take(now: number): DownloadJob | undefined {
    const at = this.#jobs.findIndex(({ notBefore }) => notBefore <= now);
    return at < 0 ? undefined : this.#jobs.splice(at, 1)[0];
  }

  putBack(job: DownloadJob): void {
    this.#jobs.push(job);
  }

  /** What an answer did not reach is asked for next. */
  putFirst(requests: readonly PlannedRequest[]): void {
    this.#jobs.unshift(...requests.map(freshJob));
  }

  /** These are all that is to be asked of the symbol; what was planned for it before is void. */
  replace(symbol: string, requests: readonly PlannedRequest[], notBefore = 0): void {
    const others = this.#jobs.filter(({ request }) => request.symbol !== symbol);
    const fresh = requests.map((request) => ({ ...freshJob(request), notBefore }));
    // A symbol that was begun is finished first.
    this.#jobs = this.#jobs.length > others.length ? [...fresh, ...others] : [...others, ...fresh];
  }

  keepOnly(symbols: ReadonlySet<string>): void {
    this.#jobs = this.#jobs.filter(({ request }) => symbols.has(request.symbol));
  }

  clear(): void {
    this.#jobs = [];
  }
}

function freshJob(request: PlannedRequest): DownloadJob {
  return { request, attempts: 0, faults: 0, notBefore: 0 };
}
