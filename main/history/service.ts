import { barSeconds, type Timeframe } from '../../shared/bar.ts';
import type { HistoryView } from '../../shared/history.ts';
import { noBars } from '../kit/bar-columns.ts';
import { type Cancel, every } from '../kit/clock.ts';
import type { DayFigures } from '../kit/day-figures.ts';
import { Desk } from './desk.ts';
import { Downloader } from './downloader.ts';
import { Filler } from './filler.ts';
import { HoursLearner } from './learner.ts';
import type { HistoryOptions } from './options.ts';
import type { PlannedRequest } from './plan/planner.ts';
import type { HistoryPorts } from './ports.ts';
import { BarReader, type BarsPage, type BarsQuery } from './reading.ts';
import { finishedBefore } from './scan/gaps.ts';
import { findHoles } from './scan/holes.ts';
import type { TradingAt } from './session-book.ts';
import { showBars, showFile, showRows } from './show.ts';
import { type GapFillerStatus, gapFillerStatus, type ScanStats, statsOf } from './status.ts';
import type { ListedFile } from './store/bar-store.ts';
import { seriesKey } from './store/file-name.ts';
import { loadFiles } from './store/loader.ts';
import { roughlyRows } from './store/sizes.ts';
import { timeRules } from './store/time-rules.ts';
import { lookAgainMs, planFor } from './survey.ts';
import { faultOf, tellUnusable } from './unusable.ts';
import { viewOf } from './view.ts';

const dayMs = 86_400_000;
const viewEveryMs = 250;
const forceAnswersAfterMs = 60_000;

export type ForceScanResult =
  | {
      readonly ok: true;
      readonly stats: ScanStats;
      /** Holes left in the queue, which are filled after this answer. */
      readonly waiting: number;
    }
  | { readonly ok: false; readonly reason: 'not-connected' | 'reserved'; readonly message: string };

export type FetchResult =
  | { readonly ok: true; readonly requests: number; readonly missing: number }
  | {
      readonly ok: false;
      readonly reason: 'no-calendar' | 'bad-range' | 'unusable-file';
      readonly message: string;
    };

export interface HistoryService {
  /** Loads the files, hands them on, and begins to look after them. Resolves when all are loaded. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** True exactly while a batch of the download runs. */
  isDownloading(): boolean;
  view(): HistoryView;
  status(): GapFillerStatus;
  /** Resolves after the scan and all it found, or after a minute with the rest going on. */
  forceScan(): Promise<ForceScanResult>;
  /** Old holes too, and what was found empty before. Resolves when the requests are in the queue, on the disk. */
  fetch(symbol: string, timeframe?: Timeframe, from?: number, to?: number): Promise<FetchResult>;
  pause(): void;
  resume(): void;
  /** How many requests were dropped. */
  cancel(): number;
  /** Resolves when it is over. */
  startDownload(): Promise<void>;
  cancelDownload(): Promise<void>;
  setWatchlist(symbols: readonly string[]): void;
  /** `dayVolume` counts from the session's start; the figures tell what traded before the first tick. */
  tick(
    symbol: string,
    price: number,
    dayVolume: number | undefined,
    tsMs: number,
    figures?: DayFigures,
  ): void;
  /** The day whose daily bar a moment's trades belong to. */
  tradingDay(symbol: string, at: number): TradingAt;
  bars(query: BarsQuery): Promise<BarsPage | undefined>;
  /** Something outside changed: the session came or went, the lease was taken or given back. */
  nudge(): void;
  /** These series are to be handed on again, because their reader lost them. */
  resend(series: readonly { readonly ticker: string; readonly timeframe: Timeframe }[]): void;
}

export function createHistory(options: HistoryOptions, ports: HistoryPorts): HistoryService {
  return new History(options, ports);
}

class History implements HistoryService {
  readonly #options: HistoryOptions;
  readonly #ports: HistoryPorts;
  readonly #desk: Desk;
  readonly #filler: Filler;
  readonly #downloader: Downloader;
  readonly #learner: HoursLearner;
  readonly #reader: BarReader;
  #loading: { filesDone: number; filesTotal: number } | null = null;
  #cancelBeat: Cancel | undefined;
  #cancelView: Cancel | undefined;
  #opened = false;
  #started = false;
  #downloadedOnce = false;

  constructor(options: HistoryOptions, ports: HistoryPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#desk = new Desk(options, ports, () => this.#changed());
    this.#learner = new HoursLearner(this.#desk);
    this.#downloader = new Downloader(this.#desk, () =>
      this.#learner.learnDue(this.#desk.watchlist),
    );
    this.#filler = new Filler(
      this.#desk,
      () => this.#downloader.goesFirst,
      ({ symbol, timeframe }) => {
        const listed = this.#desk.watchlist.includes(symbol);
        if (timeframe === '1d' && listed) this.#downloader.publish([symbol]);
      },
    );
    this.#reader = new BarReader(this.#desk);
  }

  async start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    this.#open();
    await this.#load();
    if (!this.#started) return;
    this.#downloader.publish(this.#desk.watchlist);
    this.#filler.start();
    this.#beginBeat();
    this.#beat();
  }

  async stop(): Promise<void> {
    this.#started = false;
    this.#cancelBeat?.();
    this.#cancelBeat = undefined;
    await Promise.all([this.#downloader.stop(), this.#filler.stop()]);
    this.#desk.save(true);
    await this.#desk.store.close();
    this.#cancelView?.();
    this.#cancelView = undefined;
    this.#opened = false;
    this.#downloadedOnce = false;
    this.#ports.publish(this.view());
  }

  isDownloading(): boolean {
    return this.#downloader.downloading;
  }

  view(): HistoryView {
    return viewOf(this.#desk, this.#filler, this.#downloader, this.#loading);
  }

  status(): GapFillerStatus {
    return gapFillerStatus(this.#desk, this.#filler);
  }

  async forceScan(): Promise<ForceScanResult> {
    const may = this.#desk.mayAsk('person');
    if (may === 'session') {
      return { ok: false, reason: 'not-connected', message: 'IB not connected' };
    }
    if (may === 'reservation') {
      return { ok: false, reason: 'reserved', message: 'The session is lent to another program' };
    }
    this.#open();
    const alone = this.#cancelBeat === undefined;
    this.#beginBeat();
    const unjudged = await this.#filler.scan(true);
    if (unjudged > 0) {
      // Whoever has just changed a file and asks at once wants that file looked at, too.
      await new Promise<void>((go) => this.#options.clock.after(lookAgainMs, go));
      await this.#filler.scan(true);
    }
    await this.#worked();
    if (alone && !this.#started) {
      this.#cancelBeat?.();
      this.#cancelBeat = undefined;
    }
    return { ok: true, stats: statsOf(this.#desk, this.#filler), waiting: this.#desk.queue.length };
  }

  /** Until everything in the queue was tried, or for a minute. */
  #worked(): Promise<void> {
    const { clock } = this.#options;
    const until = clock.now() + forceAnswersAfterMs;
    return new Promise((done) => {
      const look = () => {
        this.#filler.beat();
        const ready = this.#desk.queue.items().some(({ notBefore }) => notBefore <= clock.now());
        const may = this.#desk.mayAsk('person');
        const stuck = this.#filler.paused || may === 'session' || may === 'reservation';
        if (!ready || stuck || clock.now() >= until) done();
        else clock.after(100, look);
      };
      look();
    });
  }

  async fetch(
    symbol: string,
    timeframe?: Timeframe,
    from?: number,
    to?: number,
  ): Promise<FetchResult> {
    const calendar = this.#desk.calendars.calendarOf(symbol);
    if (!calendar) {
      return {
        ok: false,
        reason: 'no-calendar',
        message: `No trading hours are known for ${symbol}; connect once or name a calendar for it`,
      };
    }
    if (from !== undefined && to !== undefined && from > to) {
      return { ok: false, reason: 'bad-range', message: 'The range ends before it begins' };
    }
    this.#open();
    let requests = 0;
    let missing = 0;
    for (const each of timeframe ? [timeframe] : this.#kept(symbol)) {
      const series = { symbol, timeframe: each };
      const hours = this.#desk.hoursOf(each);
      const stored = this.#desk.store.read(series);
      const fault = faultOf(this.#desk, series, stored);
      if (fault !== undefined) {
        tellUnusable(this.#desk, series, fault);
        if (timeframe) return { ok: false, reason: 'unusable-file', message: fault };
        continue;
      }
      const columns = stored.ok ? stored.columns : noBars;
      const start =
        from ?? (columns.length > 0 ? (columns.t[0] as number) : this.#usualStart(each));
      const settled = this.#desk.now() - this.#desk.tempo.settleMs;
      const end = Math.min((to ?? Infinity) + 1, finishedBefore(calendar, each, hours, settled));
      const expected = this.#desk.expected.within(calendar, each, hours, start, end);
      const { holes } = findHoles(columns.t, columns.length, expected, barSeconds(each) * 1000);
      this.#desk.empty.forget(series);
      this.#filler.want([], series);
      const planned: PlannedRequest[] = planFor(this.#desk, series, holes, calendar);
      this.#filler.want(planned, series);
      requests += this.#desk.queue.waiting(series).length;
      missing += holes.reduce((sum, { count }) => sum + count, 0);
    }
    return { ok: true, requests, missing };
  }

  #kept(symbol: string): readonly Timeframe[] {
    const files = this.#desk.store.list().files.filter((file) => file.symbol === symbol);
    return files.length > 0 ? files.map(({ timeframe }) => timeframe) : ['1d'];
  }

  #usualStart(timeframe: Timeframe): number {
    const days =
      timeframe === '1d' ? (this.#options.downloadDays ?? 365) : (this.#options.maxAgeDays ?? 30);
    return this.#desk.now() - days * dayMs;
  }

  pause(): void {
    this.#filler.pause();
  }

  resume(): void {
    this.#filler.resume();
    this.#filler.beat();
  }

  cancel(): number {
    const dropped = this.#filler.cancel();
    this.#desk.save(true);
    return dropped;
  }

  startDownload(): Promise<void> {
    this.#open();
    this.#beginBeat();
    this.#desk.hold.tryService();
    return this.#downloader.start();
  }

  cancelDownload(): Promise<void> {
    return this.#downloader.cancel();
  }

  setWatchlist(symbols: readonly string[]): void {
    const before = new Set(this.#desk.watchlist);
    this.#desk.watchlist = [...new Set(symbols)];
    this.#desk.live.keepOnly(new Set(symbols));
    for (const symbol of before) {
      if (symbols.includes(symbol)) continue;
      // The next look at the files says again what still holds of those that are there.
      this.#desk.dropNotice(`download ${symbol}`);
      this.#desk.dropNotice(`no-calendar ${symbol}`);
    }
    this.#downloader.keepToWatchlist();
    this.#changed();
    const added = symbols.filter((symbol) => !before.has(symbol));
    if (added.length === 0 || !this.#started) return;
    this.#downloader.publish(added);
    void this.#downloader.start();
  }

  tick(
    symbol: string,
    price: number,
    dayVolume: number | undefined,
    tsMs: number,
    figures?: DayFigures,
  ): void {
    this.#desk.live.tick(symbol, price, dayVolume, tsMs, figures);
  }

  tradingDay(symbol: string, at: number): TradingAt {
    return this.#desk.sessions.at(symbol, '1d', at);
  }

  bars(query: BarsQuery): Promise<BarsPage | undefined> {
    return this.#reader.bars(query);
  }

  nudge(): void {
    if (this.#ports.lease.reserved()) this.#filler.abort();
    if (this.#cancelBeat) this.#beat();
    this.#changed();
  }

  resend(series: readonly { readonly ticker: string; readonly timeframe: Timeframe }[]): void {
    for (const { ticker, timeframe } of series) {
      const lost = { symbol: ticker, timeframe };
      const stored = this.#desk.store.read(lost);
      showFile(this.#desk, lost, stored.ok ? stored.columns : noBars);
    }
    this.#downloader.publish(
      series.filter(({ timeframe }) => timeframe === '1d').map(({ ticker }) => ticker),
    );
  }

  #open(): void {
    if (this.#opened) return;
    this.#opened = true;
    this.#desk.store.open();
    if (this.#options.calendarsFile === undefined) return;
    for (const fault of this.#desk.calendars.readOverride(this.#options.calendarsFile)) {
      this.#desk.error(null, `calendars file: ${fault}`);
    }
  }

  /** File by file, with pauses, so that the program answers meanwhile. */
  async #load(): Promise<void> {
    const { files } = this.#desk.store.list();
    const loading = { filesDone: 0, filesTotal: files.length };
    this.#loading = loading;
    this.#changed();
    const paths = files.map(({ path }) => path);
    this.#ports.snapshot.makeRoom(files.length, roughlyRows(paths));
    for (const file of files) {
      const stat = this.#desk.store.stat(file);
      if (stat) this.#desk.loaded.set(seriesKey(file), stat);
    }
    const now = this.#desk.now();
    const toLoad = files.map(({ path, timeframe }) => ({ path, rules: timeRules(timeframe, now) }));
    const how = { threads: 1, aside: !this.#options.loadHere, keep: 'one' } as const;
    for await (const [nth, loaded] of loadFiles(toLoad, how)) {
      if (!this.#started) break;
      const file = files[nth] as ListedFile;
      if (!loaded.ok) this.#desk.error(file, `${seriesKey(file)}: ${loaded.reason}`);
      else if (loaded.columns.length > 0) showRows(this.#desk, file, loaded.columns);
      loading.filesDone++;
      this.#changed();
      await new Promise<void>((go) => setImmediate(go));
    }
    this.#loading = null;
    this.#changed();
  }

  #beginBeat(): void {
    this.#cancelBeat ??= every(this.#options.clock, this.#desk.tempo.beatMs, () => this.#beat());
  }

  #beat(): void {
    const symbols = [
      ...this.#desk.watchlist,
      ...[...this.#desk.coverage.values()].map(({ symbol }) => symbol),
    ];
    if (this.#started) {
      void this.#learner.learnDue(symbols);
      if (!this.#downloadedOnce && this.#desk.mayAsk('background') === 'yes') {
        this.#downloadedOnce = true;
        void this.#downloader.start();
      }
      this.#downloader.beat();
    }
    this.#filler.beat();
    for (const { symbol, timeframe, bar, closes } of this.#desk.live.takeChanges()) {
      // The snapshot makes the day's bar of the ticks it gets itself.
      if (timeframe === '1m') showBars(this.#desk, { symbol, timeframe }, [bar], closes);
    }
    this.#desk.save();
  }

  #changed(): void {
    this.#cancelView ??= this.#options.clock.after(viewEveryMs, () => {
      this.#cancelView = undefined;
      this.#ports.publish(this.view());
    });
  }
}
