import type { Bar } from '../../shared/bar.ts';
import type { DownloadProgress, WaitedFor } from '../../shared/history.ts';
import { nextClose } from '../calendar/open-hours.ts';
import { barsOf, firstAtOrAfter, noBars } from '../kit/bar-columns.ts';
import type { Desk } from './desk.ts';
import { fetchSpan, type Outcome } from './fetcher.ts';
import { afterCloseMs, downloadBatch } from './options.ts';
import { type PlannedRequest, planRequests } from './plan/planner.ts';
import { tradeDays } from './plan/trade-days.ts';
import type { TickerHistory } from './ports.ts';
import { rebuild } from './rebuild.ts';
import { finishedBefore } from './scan/gaps.ts';
import { findHoles } from './scan/holes.ts';
import type { Series } from './store/file-name.ts';

const dayMs = 86_400_000;
const usualDays = 365;
const tries = 3;
const pacingWindowMs = 600_000;

interface Job {
  readonly symbol: string;
  readonly request: PlannedRequest;
  readonly attempts: number;
}

/**
 * A year of daily bars for the watchlist. It works in small batches and is "downloading" only within one: while that
 * holds the session is not lent, and in the pauses it is.
 */
export class Downloader {
  readonly #desk: Desk;
  /** Asks for trading hours that are not known yet: without them nothing is known to be missing. */
  readonly #learn: () => Promise<void>;
  #downloading = false;
  #run: Promise<void> | undefined;
  #abort: AbortController | undefined;
  #progress:
    | { startedAt: number; done: number; total: number; failed: number; current: string | null }
    | undefined;
  #spentMs = 0;
  #nextRunAt: number | undefined;
  #again = false;

  constructor(desk: Desk, learn: () => Promise<void>) {
    this.#desk = desk;
    this.#learn = learn;
  }

  get downloading(): boolean {
    return this.#downloading;
  }

  /** Under way, be it in a batch, in the pause between two, or waiting for the session. */
  get underway(): boolean {
    return this.#run !== undefined;
  }

  /** Between two batches: what keeps the next from beginning. */
  get waitingFor(): WaitedFor | undefined {
    if (!this.#progress?.total || this.#downloading) return undefined;
    const may = this.#desk.mayAsk('background');
    return may === 'yes' ? 'rest' : may;
  }

  get nextRunAt(): number | undefined {
    return this.#nextRunAt;
  }

  /** Starts one, or another after the one that runs. */
  start(): Promise<void> {
    if (this.#run) {
      this.#again = true;
      return this.#run;
    }
    this.#run = this.#whole().finally(() => {
      this.#run = undefined;
      this.#abort = undefined;
      this.#progress = undefined;
      this.#desk.changed();
      if (this.#again) {
        this.#again = false;
        void this.start();
      }
    });
    return this.#run;
  }

  async cancel(): Promise<void> {
    this.#again = false;
    this.#abort?.abort();
    await this.#run;
  }

  /** Called every second: after a close it is time for the day's bar. */
  beat(): void {
    const now = this.#desk.now();
    if (this.#nextRunAt !== undefined && now >= this.#nextRunAt) void this.start();
    if (this.#nextRunAt === undefined || now >= this.#nextRunAt)
      this.#nextRunAt = this.#nextClose(now);
  }

  /** Nothing is planned until the first `beat` after this. */
  stop(): Promise<void> {
    this.#nextRunAt = undefined;
    return this.cancel();
  }

  progress(): DownloadProgress | null {
    const progress = this.#progress;
    if (!progress || progress.total === 0) return null;
    return { ...progress, msLeft: this.#msLeft(progress) };
  }

  /** By the speed of the requests and the pauses to come, or the broker's budget; nobody knows when a session comes. */
  #msLeft({ done, failed, total }: Omit<DownloadProgress, 'msLeft'>): number | null {
    const finished = done + failed;
    const { waitingFor } = this;
    if (finished === 0 || waitingFor === 'session' || waitingFor === 'reservation') return null;
    const left = total - finished;
    const pauses = Math.floor(left / downloadBatch.requests) * this.#desk.tempo.restMs;
    const { left: budget, total: window } = this.#desk.ports.source.pacing();
    const byBudget = (Math.max(0, left - budget) / Math.max(1, window)) * pacingWindowMs;
    return Math.round(Math.max(left * (this.#spentMs / finished) + pauses, byBudget));
  }

  #nextClose(now: number): number | undefined {
    const calendars = new Set(
      this.#desk.watchlist.map((symbol) => this.#desk.calendars.calendarOf(symbol)),
    );
    let next: number | undefined;
    for (const calendar of calendars) {
      const close = calendar && nextClose(calendar, now - afterCloseMs, 'regular');
      if (close !== undefined && (next === undefined || close < next)) next = close;
    }
    return next === undefined ? undefined : next + afterCloseMs;
  }

  async #whole(): Promise<void> {
    const desk = this.#desk;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      await this.#learn();
      const symbols = desk.watchlist;
      const jobs = symbols.flatMap((symbol) => this.#jobsFor(symbol));
      this.#spentMs = 0;
      this.#progress = {
        startedAt: desk.now(),
        done: 0,
        failed: 0,
        total: jobs.length,
        current: null,
      };
      desk.changed();
      while (jobs.length > 0) {
        if (!(await this.#room(abort.signal))) return;
        const touched = await this.#batch(jobs, abort.signal);
        this.publish(touched);
        desk.save();
        if (jobs.length > 0 && !(await this.#sleep(desk.tempo.restMs, abort.signal))) return;
      }
    } catch (error) {
      desk.error(null, `the download stopped: ${String(error)}`);
    }
  }

  /** Takes jobs from the front; those that must wait go to the back. */
  async #batch(jobs: Job[], signal: AbortSignal): Promise<readonly string[]> {
    const desk = this.#desk;
    const touched = new Set<string>();
    const until = desk.now() + downloadBatch.ms;
    this.#set(true);
    try {
      for (let nth = 0; nth < downloadBatch.requests && desk.now() < until; nth++) {
        const job = jobs.shift();
        if (!job) break;
        if (signal.aborted || desk.mayAsk('background') !== 'yes') {
          jobs.unshift(job);
          break;
        }
        if (this.#progress) this.#progress.current = job.symbol;
        desk.changed();
        const began = desk.now();
        const outcome = await fetchSpan(desk, job.request, 'background', signal, 'later');
        if (await this.#settle(job, outcome, jobs, signal)) touched.add(job.symbol);
        this.#spentMs += desk.now() - began;
      }
    } finally {
      // Whatever happened: who waits for the session must not be told that a download runs.
      this.#set(false);
    }
    return [...touched];
  }

  async #settle(job: Job, outcome: Outcome, jobs: Job[], signal: AbortSignal): Promise<boolean> {
    const desk = this.#desk;
    switch (outcome.kind) {
      case 'filled':
        desk.dropNotice(`download ${job.symbol}`);
        this.#count('done');
        return true;
      case 'empty':
        this.#count('done');
        return false;
      case 'smaller':
        jobs.unshift(...this.#jobsFor(job.symbol));
        if (this.#progress)
          this.#progress.total = this.#progress.done + this.#progress.failed + jobs.length;
        return false;
      case 'restated': {
        const rebuilt = await rebuild(desk, job.request, outcome, signal);
        this.#count(rebuilt.kind === 'filled' ? 'done' : 'failed');
        return rebuilt.kind === 'filled';
      }
      case 'later': {
        const attempts = job.attempts + (blameless.has(outcome.why) ? 0 : 1);
        if (attempts < tries && !signal.aborted) jobs.push({ ...job, attempts });
        else this.#count('failed');
        return false;
      }
      case 'hopeless':
        if (desk.watchlist.includes(job.symbol)) {
          desk.notice(
            `download ${job.symbol}`,
            'download',
            `${job.symbol} cannot be downloaded: ${outcome.message}`,
            'Correct the symbol in the watchlist, or describe its contract in the settings.',
          );
        }
        this.#count('failed');
        return false;
    }
  }

  /** Only the days that are missing, and a few before them that are not. */
  #jobsFor(symbol: string): readonly Job[] {
    const desk = this.#desk;
    const calendar = desk.calendars.calendarOf(symbol);
    if (!calendar) {
      desk.notice(
        `no-calendar ${symbol}`,
        'no-calendar',
        `No trading hours are known for ${symbol}, so it is not downloaded`,
        'Connect once so that the broker can tell them, or name a calendar in the calendars file.',
      );
      return [];
    }
    const series: Series = { symbol, timeframe: '1d' };
    const hours = desk.hoursOf('1d');
    const now = desk.now();
    const from = now - (desk.options.downloadDays ?? usualDays) * dayMs;
    const until = finishedBefore(calendar, '1d', hours, now - desk.tempo.settleMs);
    const expected = desk.expected.within(calendar, '1d', hours, from, until);
    const stored = desk.store.read(series);
    const columns = stored.ok ? stored.columns : noBars;
    const start = firstAtOrAfter(columns.t, columns.length, from);
    const t = columns.t.subarray(start, columns.length);
    const missing = findHoles(t, t.length, expected, dayMs).holes.flatMap((hole) => {
      const all = desk.expected.within(calendar, '1d', hours, hole.from, hole.to + 1);
      const asked = new Set(desk.empty.worthAsking(series, all, now));
      const present = all.filter((day) => !asked.has(day));
      return findHoles(present, present.length, all, 1).holes;
    });
    const first = missing[0];
    const last = missing.at(-1);
    if (!first || !last) {
      desk.dropNotice(`download ${symbol}`);
      return [];
    }
    const days = tradeDays(calendar.sessions(from - 30 * dayMs, now, hours));
    return planRequests({
      series,
      hours,
      holes: missing,
      days,
      cap: desk.caps.cap('1d', hours, now),
      now,
    }).map((request) => ({ symbol, request, attempts: 0 }));
  }

  /** Daily bars of these tickers as the files have them, in one step of the snapshot's epoch. */
  publish(symbols: readonly string[]): void {
    const batch = symbols.flatMap((symbol) => this.#historyOf(symbol));
    if (batch.length === 0) return;
    try {
      this.#desk.ports.snapshot.write(batch);
    } catch (error) {
      this.#desk.error(null, `daily bars could not be put into shared memory: ${String(error)}`);
    }
  }

  #historyOf(symbol: string): readonly TickerHistory[] {
    const stored = this.#desk.store.read({ symbol, timeframe: '1d' });
    if (!stored.ok) return [];
    const now = this.#desk.now();
    const from = now - (this.#desk.options.downloadDays ?? usualDays) * dayMs;
    const bars = barsOf(
      stored.columns,
      firstAtOrAfter(stored.columns.t, stored.columns.length, from),
    );
    const traded = withoutIdleDays(bars);
    if (traded.length === 0) return [];
    const today = new Date(now).toISOString();
    const startDate = new Date(from).toISOString().slice(0, 10);
    return [{ ticker: symbol, startDate, curDate: today, endDate: today, bars: traded }];
  }

  #set(downloading: boolean): void {
    this.#downloading = downloading;
    this.#desk.changed();
  }

  #count(what: 'done' | 'failed'): void {
    if (this.#progress) this.#progress[what]++;
    this.#desk.changed();
  }

  /** False when cancelled. */
  async #room(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted && this.#desk.mayAsk('background') !== 'yes') {
      if (!(await this.#sleep(this.#desk.tempo.beatMs, signal))) return false;
    }
    return !signal.aborted;
  }

  #sleep(ms: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((go) => {
      const cancelled = () => {
        cancel();
        go(false);
      };
      const cancel = this.#desk.options.clock.after(ms, () => {
        signal.removeEventListener('abort', cancelled);
        go(true);
      });
      signal.addEventListener('abort', cancelled, { once: true });
    });
  }
}

/** The request has nothing to do with these; it is asked for again however often they happen. */
const blameless: ReadonlySet<string> = new Set([
  'not-connected',
  'pacing',
  'unreachable',
  'withdrawn',
]);

/** Days on which nothing was traded are of no use to a chart; where a market has no volume at all, every day is kept. */
function withoutIdleDays(bars: readonly Bar[]): readonly Bar[] {
  return bars.some(({ volume }) => volume > 0) ? bars.filter(({ volume }) => volume > 0) : bars;
}
