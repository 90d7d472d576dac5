import { barSeconds } from '../../shared/bar.ts';
import type { WaitedFor } from '../../shared/history.ts';
import type { Desk } from './desk.ts';
import { afterFailure, ask, finishedBars, type Outcome } from './fetcher.ts';
import { planRequests } from './plan/planner.ts';
import { tradeDays } from './plan/trade-days.ts';
import { Rebuild } from './rebuild.ts';
import { noteRestated } from './restated.ts';
import type { Restated } from './restated-list.ts';
import { fewestBars, restatement, rowsToCompare } from './splits.ts';
import { type Series, seriesKey } from './store/file-name.ts';
import { stillMissing } from './survey.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const longestDelayMs = 4 * 60 * minuteMs;
const comparedBars = 10;

interface Hold {
  readonly until: number;
  readonly attempts: number;
}

/**
 * Compares series that may have been restated and fetches anew those that were, with requests between those of others:
 * a long series must hold up nobody.
 */
export class Rebuilder {
  readonly #desk: Desk;
  readonly #mayWork: () => boolean;
  readonly #rebuilt: (series: Series) => void;
  readonly #begun = new Map<string, Rebuild>();
  readonly #holds = new Map<string, Hold>();
  #abort: AbortController | undefined;
  #busy = false;
  #waitingFor: WaitedFor | undefined;

  constructor(desk: Desk, mayWork: () => boolean, rebuilt: (series: Series) => void) {
    this.#desk = desk;
    this.#mayWork = mayWork;
    this.#rebuilt = rebuilt;
  }

  get busy(): boolean {
    return this.#busy;
  }

  get asking(): boolean {
    return this.#abort !== undefined;
  }

  get waitingFor(): WaitedFor | undefined {
    return this.#waitingFor;
  }

  /** What was fetched is kept. */
  abort(): void {
    this.#abort?.abort();
  }

  /** Nothing before that time. */
  postpone(until: number): void {
    for (const item of this.#desk.restated.items()) {
      this.#holds.set(seriesKey(item), { until, attempts: 0 });
    }
  }

  /** Works until nothing can be done at the moment. */
  async run(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let item = this.#next(); item; item = this.#next()) await this.#step(item);
    } finally {
      this.#busy = false;
    }
  }

  /** Comparing costs one request; then what takes the fewest. */
  #next(): Restated | undefined {
    this.#waitingFor = undefined;
    const items = this.#desk.restated.items();
    if (items.length === 0 || !this.#mayWork()) return undefined;
    const now = this.#desk.now();
    const [item] = items
      .filter((each) => (this.#holds.get(seriesKey(each))?.until ?? 0) <= now)
      .sort(
        (a, b) =>
          Number(a.what === 'rebuild') - Number(b.what === 'rebuild') ||
          barSeconds(b.timeframe) - barSeconds(a.timeframe),
      );
    if (!item) return undefined;
    const may = this.#desk.mayAsk('background');
    if (may === 'yes') return item;
    this.#waitingFor = may;
    return undefined;
  }

  async #step(item: Restated): Promise<void> {
    const desk = this.#desk;
    const abort = new AbortController();
    this.#abort = abort;
    desk.changed();
    try {
      const outcome =
        item.what === 'check'
          ? await this.#check(item, abort.signal)
          : await this.#rebuild(item, abort.signal);
      if (outcome) this.#settle(item, outcome);
    } catch (error) {
      desk.error(item, `${seriesKey(item)}: ${String(error)}`);
      this.#delay(item, 5 * minuteMs);
    } finally {
      this.#abort = undefined;
      desk.save();
      desk.changed();
    }
  }

  /** `empty` when nothing speaks for a restatement. */
  async #check(item: Restated, signal: AbortSignal): Promise<Outcome | undefined> {
    const desk = this.#desk;
    const { symbol, timeframe, ratio, until } = item;
    const calendar = desk.calendars.calendarOf(symbol);
    const stored = desk.store.read(item);
    if (!stored.ok || !calendar) return { kind: 'empty' };
    const { columns } = stored;
    const [from, end] = rowsToCompare(columns, until, ratio, comparedBars);
    if (from === end) return { kind: 'empty' };
    const first = columns.t[from] as number;
    const last = columns.t[end - 1] as number;
    const hours = desk.hoursOf(timeframe);
    const [request] = planRequests({
      series: { symbol, timeframe },
      hours,
      holes: [{ from: first, to: last, count: end - from }],
      days: tradeDays(calendar.sessions(first - 10 * dayMs, last + dayMs, hours)),
      cap: desk.caps.cap(timeframe, hours, desk.now()),
      now: desk.now(),
    });
    if (!request) return { kind: 'empty' };
    const answer = await ask(desk, request, 'background', signal);
    if (!answer.ok) {
      return answer.reason === 'no-data' ? { kind: 'empty' } : afterFailure(desk, request, answer);
    }
    // Where the ratio is known already, a single bar that differs is enough.
    const fewest = ratio === null ? fewestBars : 1;
    const found = restatement(columns, finishedBars(desk, request, answer.bars), fewest);
    if (!found) return { kind: 'empty' };
    desk.restated.remove(item);
    if (ratio === null) noteRestated(desk, item, found);
    else desk.restated.add({ symbol, timeframe, what: 'rebuild', ...found });
    return undefined;
  }

  async #rebuild(item: Restated, signal: AbortSignal): Promise<Outcome | undefined> {
    const key = seriesKey(item);
    let rebuild = this.#begun.get(key);
    if (!rebuild || rebuild.stale) rebuild = Rebuild.plan(this.#desk, item, item.ratio ?? 1);
    // The file is gone, or nobody knows any more when it trades: nothing is left to be mended.
    if (!rebuild) {
      this.#forget(item);
      return undefined;
    }
    this.#begun.set(key, rebuild);
    const outcome = await rebuild.next(signal);
    if (!outcome) this.#holds.delete(key);
    return outcome?.kind === 'empty'
      ? { kind: 'later', afterMs: 60 * minuteMs, why: 'error' }
      : outcome;
  }

  #settle(item: Restated, outcome: Outcome): void {
    switch (outcome.kind) {
      case 'filled':
        this.#finish(item);
        return;
      case 'empty':
        this.#forget(item);
        return;
      case 'later': {
        const { why, afterMs } = outcome;
        const blameless = ['not-connected', 'withdrawn', 'unreachable', 'pacing'].includes(why);
        this.#delay(item, Math.max(1000, afterMs), blameless);
        return;
      }
      case 'smaller':
      case 'restated':
        return;
      case 'hopeless':
      case 'unusable':
        this.#delay(item, 60 * minuteMs);
        return;
    }
  }

  /** What waited in the queue for this series came with it. */
  #finish(item: Restated): void {
    const desk = this.#desk;
    this.#forget(item);
    for (const waiting of desk.queue.waiting(item)) {
      if (stillMissing(desk, waiting)) continue;
      desk.queue.remove(waiting.id);
      desk.counts.gapsFilled += waiting.holes;
    }
    desk.processed.add(seriesKey(item));
    this.#rebuilt(item);
  }

  #forget(item: Restated): void {
    this.#desk.restated.remove(item);
    this.#begun.delete(seriesKey(item));
    this.#holds.delete(seriesKey(item));
  }

  #delay(item: Restated, ms: number, blameless = false): void {
    const key = seriesKey(item);
    const attempts = this.#holds.get(key)?.attempts ?? 0;
    const wait = blameless ? ms : Math.min(longestDelayMs, ms * 2 ** attempts);
    this.#holds.set(key, {
      until: this.#desk.now() + wait,
      attempts: blameless ? attempts : attempts + 1,
    });
  }
}
