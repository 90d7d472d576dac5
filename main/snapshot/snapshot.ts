import type { Bar, Timeframe } from '../../shared/bar.ts';
import { type BarColumns, barAt, columnsOf, withBars } from '../kit/bar-columns.ts';
import type { Cancel, Clock } from '../kit/clock.ts';
import { type DayFigures, withFigures } from '../kit/day-figures.ts';
import type { Log } from '../kit/log.ts';
import {
  applyTick,
  type DailyHistory,
  faultOf,
  type LiveDay,
  localMidnight,
  withLiveDay,
} from './daily-bars.ts';
import { InTheMaking, type MadeSeries } from './in-the-making.ts';
import type { SegmentNames, SegmentStore, SnapshotStatus } from './ports.ts';
import { QuoteCache, type Quotes } from './quote-cache.ts';
import type { Shut, TradingDay } from './trading-day.ts';

const defaultCurrency = 'USD';
/** How far another clock may be ahead before its times are replaced by this one's. */
const clockToleranceMs = 60_000;
const delayedMark = { delayed: true } as const;

interface DailyState {
  last: Bar | undefined;
  live: LiveDay | undefined;
  /** The newest tick came while the exchange was shut, so it is newer than the bars before this day. */
  shutBefore: number | undefined;
}

export interface BatchEvent {
  readonly epoch: number;
  readonly lastUpdateMs: number;
  /** The tickers whose bars the batch changed. */
  readonly tickers: readonly string[];
}

interface SnapshotParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly tradingDay: (ticker: string, tsMs: number) => TradingDay | Shut;
  readonly segments: SegmentStore;
}

/**
 * The one writer of quotes, bars and the snapshot epoch. Every change of bars is a batch: nothing
 * in it waits, so nobody inside the program can see the odd epoch between its begin and its end.
 */
export class Snapshot {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #tradingDay: SnapshotParts['tradingDay'];
  readonly #segments: SegmentStore;
  readonly #quotes = new QuoteCache();
  readonly #daily = new Map<string, DailyState>();
  readonly #listeners = new Set<(event: BatchEvent) => void>();
  readonly #ticked = new Set<string>();
  readonly #making: InTheMaking;
  #epoch = 0;
  #lastUpdateMs = 0;
  #lastFlushMs = Number.NEGATIVE_INFINITY;
  #cancelFlush: Cancel | undefined;
  /** A trade that still comes in after the stop changes its quote and sets no timer. */
  #stopped = false;

  constructor(parts: SnapshotParts) {
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#tradingDay = parts.tradingDay;
    this.#segments = parts.segments;
    this.#making = new InTheMaking(parts.clock, (series) => this.#closed(series));
  }

  /** Makes the segments. When it refuses, quotes and epochs still work, only without segments. */
  async start(): Promise<void> {
    this.#stopped = false;
    await this.#segments.start();
    if (this.#ticked.size > 0) this.#scheduleFlush();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#making.clear();
    this.#cancelFlush?.();
    this.#flush();
    await this.#segments.stop();
  }

  get quotes(): Quotes {
    return this.#quotes;
  }

  get state(): { readonly epoch: number; readonly lastUpdateMs: number } {
    return { epoch: this.#epoch, lastUpdateMs: this.#lastUpdateMs };
  }

  onBatch(listener: (event: BatchEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  names(): SegmentNames | null {
    return this.#segments.names();
  }

  status(): SnapshotStatus {
    return this.#segments.status();
  }

  onStatus(listener: (status: SnapshotStatus) => void): () => void {
    return this.#segments.onStatus(listener);
  }

  /** Calls when a damaged segment has lost bars which only their source can bring back. */
  onLost: SegmentStore['onLost'] = (listener) => this.#segments.onLost(listener);

  /** Replaces the daily history of every ticker in the batch, in one change of the epoch. */
  write(batch: readonly DailyHistory[]): void {
    const good = batch.filter((history) =>
      this.#acceptable(history.ticker, columnsOf(history.bars ?? [])),
    );
    if (good.length === 0) return;
    this.#batch(
      good.map((history) => history.ticker),
      (now) => {
        const published = good.map((history) => this.#store(history, now));
        return () => {
          for (const publish of published) publish();
        };
      },
    );
  }

  /**
   * Lays bars over those the columns already hold: later ones are appended, equal ones revised. With
   * `until` the last of them is being made of ticks, in a session that closes then.
   */
  writeBars(
    ticker: string,
    timeframe: Timeframe,
    bars: readonly Bar[],
    until: number | null = null,
  ): void {
    this.#write(ticker, timeframe, columnsOf(bars), until);
  }

  /** The same for the many bars of a file. */
  writeRows(ticker: string, timeframe: Timeframe, rows: BarColumns): void {
    this.#write(ticker, timeframe, rows, null);
  }

  #write(ticker: string, timeframe: Timeframe, rows: BarColumns, until: number | null): void {
    if (rows.length === 0 || !this.#acceptable(ticker, rows)) return;
    this.#batch([ticker], (now) => {
      const last = barAt(rows, rows.length - 1);
      const made = this.#isMade(ticker, timeframe, last, until, now);
      this.#segments.mergeRows(ticker, timeframe, rows, now, made);
      return this.#noteNewest(ticker, timeframe, last);
    });
  }

  /** So many new series of so many bars in all are about to be written. */
  makeRoom(series: number, bars: number): void {
    this.#segments.makeRoom(series, bars);
  }

  /** Makes the columns exactly these bars, and the day's bar made of ticks where it is later than they. */
  replaceRows(
    ticker: string,
    timeframe: Timeframe,
    rows: BarColumns,
    until: number | null = null,
  ): void {
    if (!this.#acceptable(ticker, rows)) return;
    const day = timeframe === '1d' ? this.#daily.get(ticker)?.last : undefined;
    const last = rows.length > 0 ? barAt(rows, rows.length - 1) : undefined;
    const later = day && last && day.t > last.t ? day : undefined;
    const all = later ? withBars(rows, [later]) : rows;
    this.#batch([ticker], (now) => {
      const made = this.#isMade(ticker, timeframe, later ?? last, until, now);
      this.#segments.replaceRows(ticker, timeframe, all, now, made);
      return this.#noteNewest(ticker, timeframe, later ?? last);
    });
  }

  /** Whether the last bar is being made; the snapshot knows so itself of days, and is told of the rest. */
  #isMade(
    ticker: string,
    timeframe: Timeframe,
    last: Bar | undefined,
    until: number | null,
    now: number,
  ): boolean {
    if (!last) return false;
    const live = timeframe === '1d' ? this.#daily.get(ticker)?.live : undefined;
    // Where nobody knows the close, a bar is being made as long as it is the one of the ticks.
    if (live?.closes === null) return last === live.bar;
    const closes = timeframe === '1d' ? (live?.bar.t === last.t ? live.closes : null) : until;
    if (closes === null || now >= closes) return false;
    if (!this.#stopped) this.#making.add(ticker, timeframe, closes);
    return true;
  }

  #closed(series: readonly MadeSeries[]): void {
    const tickers = [...new Set(series.map(({ ticker }) => ticker))];
    this.#batch(tickers, (now) => {
      for (const { ticker, timeframe } of series) this.#segments.settle(ticker, timeframe, now);
      return () => {};
    });
  }

  #noteNewest(ticker: string, timeframe: Timeframe, last: Bar | undefined): () => void {
    if (timeframe !== '1d' || !last) return () => {};
    const known = this.#daily.get(ticker)?.last;
    return !known || last.t >= known.t ? this.#noteDaily(ticker, last) : () => {};
  }

  /**
   * One trade. The quote changes at once; the bar of the day that is traded follows with the next
   * batch. While nothing is traded, and once a day is over, its bar is the broker's to tell.
   */
  tick(
    ticker: string,
    price: number,
    volume: number | undefined,
    tsMs: number,
    currency?: string,
    delayed = false,
    figures?: DayFigures,
  ): void {
    if (!Number.isFinite(price) || price <= 0 || !Number.isFinite(tsMs)) return;
    const now = this.#clock.now();
    // One trade from a clock that runs ahead would make all that follow look old.
    const at = tsMs > now + clockToleranceMs ? now : tsMs;
    const state = this.#stateOf(ticker);
    const before = this.#quotes.get(ticker);
    if (before?.source === 'ibkr_tick' && at < before.tsEpochMs) return;
    const day = this.#tradingDay(ticker, at);
    const shut = day.kind === 'shut';
    if (state.last && (shut ? day.next <= state.last.t : day.t < state.last.t)) return;
    state.shutBefore = shut ? day.next : undefined;
    const mark = delayed ? delayedMark : undefined;
    const traded = !shut && (day.closes === null || now < day.closes);
    if (traded) {
      const known = state.last === state.live?.bar ? state.live?.seen : state.last;
      const seen = applyTick(known, day.t, price, volume);
      state.last = withFigures(seen, figures, day.figuresFrom);
      state.live = { bar: state.last, seen, tickMs: at, closes: day.closes, ...mark };
      this.#ticked.add(ticker);
      this.#scheduleFlush();
    }
    this.#quotes.set({
      ticker,
      price,
      volume: (traded ? state.last?.volume : volume) ?? before?.volume ?? 0,
      currency: currency ?? before?.currency ?? defaultCurrency,
      tsEpochMs: at,
      source: 'ibkr_tick',
      ...mark,
    });
  }

  #scheduleFlush(): void {
    if (this.#cancelFlush || this.#stopped) return;
    const wait = Math.max(0, this.#lastFlushMs + this.#segments.batchMs() - this.#clock.now());
    this.#cancelFlush = this.#clock.after(wait, () => this.#flush());
  }

  #flush(): void {
    this.#cancelFlush = undefined;
    if (this.#ticked.size === 0) return;
    const tickers = [...this.#ticked];
    this.#ticked.clear();
    this.#lastFlushMs = this.#clock.now();
    this.#batch(tickers, (now) => {
      for (const ticker of tickers) {
        const last = this.#daily.get(ticker)?.last;
        if (!last) continue;
        const made = this.#isMade(ticker, '1d', last, null, now);
        this.#segments.putDailyBar(ticker, last, now, made);
      }
      return () => {};
    });
  }

  /** Runs one change of bars between the odd and the even epoch; quotes go out with it, last. */
  #batch(tickers: readonly string[], change: (now: number) => () => void): void {
    const now = this.#clock.now();
    this.#epoch += 1;
    let publish: () => void = () => {};
    try {
      this.#segments.begin(this.#epoch);
      publish = change(now);
      this.#lastUpdateMs = now;
      publish();
    } finally {
      this.#epoch += 1;
      this.#segments.end(this.#epoch, now);
    }
    const event: BatchEvent = { epoch: this.#epoch, lastUpdateMs: now, tickers };
    for (const listener of this.#listeners) listener(event);
  }

  #store(history: DailyHistory, now: number): () => void {
    const state = this.#stateOf(history.ticker);
    if (history.bars === null) {
      this.#segments.putDaily(history, now, false);
      return () => {};
    }
    const bars = withLiveDay(history.bars, state.live, now);
    const last = bars.at(-1);
    const made = this.#isMade(history.ticker, '1d', last, null, now);
    this.#segments.putDaily(bars === history.bars ? history : { ...history, bars }, now, made);
    this.#ticked.delete(history.ticker);
    return last ? this.#noteDaily(history.ticker, last, history.currency) : () => {};
  }

  /** Remembers the last daily bar and answers how to publish the quote that belongs to it. */
  #noteDaily(ticker: string, last: Bar, currency?: string): () => void {
    const state = this.#stateOf(ticker);
    state.last = last;
    const before = this.#quotes.get(ticker);
    const newer = state.shutBefore !== undefined && last.t < state.shutBefore;
    if (newer && before?.source === 'ibkr_tick') return () => {};
    const live = state.live && state.live.bar.t === last.t && state.live.bar.close === last.close;
    if (live && before?.source === 'ibkr_tick' && before.volume === last.volume) return () => {};
    return () =>
      this.#quotes.set({
        ticker,
        price: last.close,
        volume: last.volume,
        currency: currency ?? before?.currency ?? defaultCurrency,
        ...(live && state.live
          ? {
              tsEpochMs: state.live.tickMs,
              source: 'ibkr_tick' as const,
              ...(state.live.delayed ? delayedMark : undefined),
            }
          : { tsEpochMs: localMidnight(last.t), source: 'shared_memory_manager' as const }),
      });
  }

  #stateOf(ticker: string): DailyState {
    let state = this.#daily.get(ticker);
    if (!state) {
      state = { last: undefined, live: undefined, shutBefore: undefined };
      this.#daily.set(ticker, state);
    }
    return state;
  }

  #acceptable(ticker: string, rows: BarColumns): boolean {
    const fault = ticker === '' ? 'it has no name' : faultOf(rows);
    if (fault)
      this.#log.warn({ ticker, fault }, 'bars refused: nothing of this ticker was written');
    return fault === undefined;
  }
}
