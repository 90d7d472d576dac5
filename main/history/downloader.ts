import type { Bar } from '../../shared/bar.ts';
import type { DownloadProgress, WaitedFor } from '../../shared/history.ts';
import { nextClose } from '../calendar/open-hours.ts';
import { barsOf, firstAtOrAfter } from '../kit/bar-columns.ts';
import type { Desk } from './desk.ts';
import { type DownloadJob, DownloadJobs } from './download-jobs.ts';
import { downloadFrom, missingDays, newestIsLate } from './download-plan.ts';
import { fetchSpan, type Outcome } from './fetcher.ts';
import { afterCloseMs, downloadBatch, lateBar } from './options.ts';
import type { TickerHistory } from './ports.ts';
import { stillMissing } from './survey.ts';

const tries = 3;
const pacingWindowMs = 600_000;
const longestDelayMs = 15 * 60_000;

/**
 * A year of daily bars for the watchlist. It works in small batches and is "downloading" only within one: while that
 * holds the session is not lent, and in the pauses it is.
 */
export class Downloader {
  readonly #desk: Desk;
  /** Asks for trading hours that are not known yet: without them nothing is known to be missing. */
  readonly #learn: () => Promise<void>;
  readonly #jobs = new DownloadJobs();
  #downloading = false;
  #run: Promise<void> | undefined;
  #abort: AbortController | undefined;
  #current: DownloadJob | undefined;
  #progress: { readonly startedAt: number; done: number; failed: number } | undefined;
  #spentMs = 0;
  #nextRunAt: number | undefined;
  /** The watchlist is to be gone through for what is missing. */
  #replan = false;
  /** All that is left was tried a moment ago and has to wait. */
  #waiting = false;
  /** When it is asked again for a day's bar that the broker did not have yet, and how often that was done. */
  #lateAt: number | undefined;
  #lateTries = 0;

  constructor(desk: Desk, learn: () => Promise<void>) {
    this.#desk = desk;
    this.#learn = learn;
  }

  get downloading(): boolean {
    return this.#downloading;
  }

  /** It has something to ask for now, or is about to know. */
  get goesFirst(): boolean {
    return this.#run !== undefined && !this.#waiting;
  }

  /** Between two batches: what keeps the next from beginning. */
  get waitingFor(): WaitedFor | undefined {
    if (this.#jobs.size === 0 || this.#downloading) return undefined;
    const may = this.#desk.mayAsk('background');
    return may === 'yes' ? 'rest' : may;
  }

  get nextRunAt(): number | undefined {
    return this.#nextRunAt;
  }

  /** Starts one; what is missing when one runs already joins it. */
  start(): Promise<void> {
    this.#replan = true;
    this.#run ??= this.#whole().finally(() => {
      this.#run = undefined;
      this.#abort = undefined;
      this.#progress = undefined;
      this.#jobs.clear();
      this.#desk.changed();
      if (this.#replan) void this.start();
    });
    return this.#run;
  }

  async cancel(): Promise<void> {
    this.#replan = false;
    this.#abort?.abort();
    await this.#run;
  }

  /** What is no longer on the watchlist is not asked for any more. */
  keepToWatchlist(): void {
    this.#jobs.keepOnly(new Set(this.#desk.watchlist));
  }

  /** Called every second: after a close it is time for the day's bar. */
  beat(): void {
    const now = this.#desk.now();
    const closed = this.#nextRunAt !== undefined && now >= this.#nextRunAt;
    if (closed) this.#lateTries = 0;
    if (closed || (this.#lateAt !== undefined && now >= this.#lateAt)) {
      this.#lateAt = undefined;
      void this.start();
    }
    if (this.#nextRunAt === undefined || closed) this.#nextRunAt = this.#nextClose(now);
  }

  /** Nothing is planned until the first `beat` after this. */
  stop(): Promise<void> {
    this.#nextRunAt = undefined;
    this.#lateAt = undefined;
    return this.cancel();
  }

  progress(): DownloadProgress | null {
    const progress = this.#progress;
    if (!progress) return null;
    const { startedAt, done, failed } = progress;
    const current = this.#current?.request.symbol ?? null;
    const left = this.#jobs.size + (current === null ? 0 : 1);
    if (done + failed + left === 0) return null;
    const msLeft = this.#msLeft(done + failed, left);
    return { startedAt, done, failed, total: done + failed + left, current, msLeft };
  }

  /** By the speed of the requests and the pauses to come, or the broker's budget; nobody knows when a session comes. */
  #msLeft(finished: number, left: number): number | null {
    const { waitingFor } = this;
    const unknowable = waitingFor !== undefined && !['rest', 'pacing'].includes(waitingFor);
    if (finished === 0 || unknowable) return null;
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
    this.#waiting = false;
    try {
      for (;;) {
        if (this.#replan) await this.#plan();
        if (this.#jobs.size === 0) break;
        if (!(await this.#room(abort.signal))) return;
        const touched = await this.#batch(abort.signal);
        this.publish(touched);
        desk.save();
        const more = this.#jobs.size > 0 || this.#replan;
        if (more && !(await this.#sleep(desk.tempo.restMs, abort.signal))) return;
      }
    } catch (error) {
      desk.error(null, `the download stopped: ${String(error)}`);
    }
  }

  async #plan(): Promise<void> {
    this.#replan = false;
    await this.#learn();
    this.#progress ??= { startedAt: this.#desk.now(), done: 0, failed: 0 };
    for (const symbol of this.#desk.watchlist) {
      if (this.#jobs.has(symbol)) continue;
      const missing = missingDays(this.#desk, symbol);
      this.#jobs.replace(symbol, missing);
      if (missing.length === 0) this.#desk.dropNotice(`download ${symbol}`);
    }
    this.#desk.changed();
  }

  /** Asks for what is due, one after the other. */
  async #batch(signal: AbortSignal): Promise<readonly string[]> {
    const desk = this.#desk;
    const touched = new Set<string>();
    const until = desk.now() + downloadBatch.ms;
    let asked = 0;
    this.#set(true);
    try {
      while (asked < downloadBatch.requests && desk.now() < until) {
        if (signal.aborted || desk.mayAsk('background') !== 'yes') break;
        const job = this.#jobs.take(desk.now());
        if (!job) break;
        if (this.#isVoid(job)) continue;
        asked++;
        this.#current = job;
        desk.changed();
        const began = desk.now();
        const outcome = await fetchSpan(desk, job.request, 'background', signal, 'later');
        if (this.#settle(job, outcome)) touched.add(job.request.symbol);
        this.#spentMs += desk.now() - began;
        this.#current = undefined;
      }
    } finally {
      // Whatever happened: who waits for the session must not be told that a download runs.
      this.#current = undefined;
      this.#set(false);
    }
    return [...touched];
  }

  /** The filler may have brought its days meanwhile, or it was learnt that so much at once is too much. */
  #isVoid({ request }: DownloadJob): boolean {
    const desk = this.#desk;
    if (desk.restated.rebuilding(request) || !stillMissing(desk, request)) {
      this.#count('done');
      return true;
    }
    if (request.days <= desk.caps.cap('1d', request.hours, desk.now())) return false;
    this.#jobs.replace(request.symbol, missingDays(desk, request.symbol));
    return true;
  }

  #settle(job: DownloadJob, outcome: Outcome): boolean {
    const desk = this.#desk;
    const { request } = job;
    const { symbol } = request;
    switch (outcome.kind) {
      case 'filled':
      case 'empty':
        if (outcome.kind === 'filled') this.#jobs.putFirst(outcome.rest);
        this.#count('done');
        desk.dropNotice(`download ${symbol}`);
        if (newestIsLate(desk, request)) this.#askAgainSoon();
        return outcome.kind === 'filled';
      case 'smaller':
        if (this.#wants(symbol)) {
          const notBefore = desk.now() + outcome.afterMs;
          this.#jobs.replace(symbol, missingDays(desk, symbol), notBefore);
        }
        return false;
      case 'restated':
        // The filler fetches it anew; that may take long, and nobody shall wait for the session meanwhile.
        this.#count('done');
        return false;
      case 'later':
        if (this.#wants(symbol)) this.#postpone(job, outcome);
        return false;
      case 'unusable':
        this.#count('failed');
        return false;
      case 'hopeless':
        if (this.#wants(symbol)) {
          desk.notice(
            `download ${symbol}`,
            'download',
            `${symbol} cannot be downloaded: ${outcome.message}`,
            'Correct the symbol in the watchlist, or describe its contract in the settings.',
          );
        }
        this.#count('failed');
        return false;
    }
  }

  #askAgainSoon(): void {
    if (this.#lateAt !== undefined || this.#lateTries >= lateBar.tries) return;
    this.#lateTries++;
    this.#lateAt = this.#desk.now() + lateBar.everyMs;
  }

  #wants(symbol: string): boolean {
    return this.#desk.watchlist.includes(symbol);
  }

  #postpone(job: DownloadJob, { afterMs, why }: Outcome & { readonly kind: 'later' }): void {
    const desk = this.#desk;
    const faults = job.faults + (blameless.has(why) ? 0 : 1);
    if (faults < tries) {
      const delay = Math.min(longestDelayMs, afterMs * 2 ** job.attempts);
      const notBefore = desk.now() + Math.max(1000, delay);
      this.#jobs.putBack({ ...job, attempts: job.attempts + 1, faults, notBefore });
      return;
    }
    const { symbol } = job.request;
    desk.notice(
      `download ${symbol}`,
      'download',
      `${symbol} was asked for ${tries} times in vain and is left for the next download`,
      'The recent errors of the history say what the broker answered.',
    );
    this.#count('failed');
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
    const from = downloadFrom(this.#desk);
    const bars = barsOf(
      stored.columns,
      firstAtOrAfter(stored.columns.t, stored.columns.length, from),
    );
    const traded = withoutIdleDays(bars);
    if (traded.length === 0) return [];
    const today = new Date(this.#desk.now()).toISOString();
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

  /** Until something may be asked for, or is to be planned. False when cancelled. */
  async #room(signal: AbortSignal): Promise<boolean> {
    const desk = this.#desk;
    try {
      while (!signal.aborted && !this.#replan && this.#jobs.size > 0) {
        this.#waiting = !this.#jobs.isDue(desk.now());
        if (!this.#waiting && desk.mayAsk('background') === 'yes') break;
        if (!(await this.#sleep(desk.tempo.beatMs, signal))) return false;
      }
    } finally {
      this.#waiting = false;
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
