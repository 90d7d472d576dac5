import { type Bar, barSeconds, type Timeframe } from '../../shared/bar.ts';
import { type BarColumns, columnsOf as barColumns } from '../kit/bar-columns.ts';
import { type Cancel, type Clock, every } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { Columns } from './columns/columns.ts';
import { timeframeOf } from './columns/layout.ts';
import type { Series } from './columns/series.ts';
import type { DailyHistory } from './daily-bars.ts';
import { Dictionary } from './dictionary/dictionary.ts';
import { SegmentError } from './errors.ts';
import { emptyLeftover, retireLeftover, takeLock } from './leftovers.ts';
import type { Lock } from './os/lock.ts';
import type { Segment, SegmentOs } from './os/segment-os.ts';
import type { LostSeries, SegmentNames, SegmentStore, SnapshotStatus } from './ports.ts';

export interface SegmentsOptions {
  readonly os: () => SegmentOs;
  readonly clock: Clock;
  readonly log: Log;
  readonly pid: number;
  readonly name: string;
  readonly mirrorBars: number;
  readonly dictionaryBytes: number;
  readonly columnsBytes: number;
  readonly columnsSeries: number;
}

const daySeconds = barSeconds('1d');
/** Well inside the second within which a removed name must be back. */
const watchMs = 250;
const heartbeatMs = 1000;
const askAgainMs = 30_000;
const fastestBatchMs = 100;
/**
 * A program that parses the dictionary twice needs some tens of milliseconds for each MiB of it, and
 * must find its entry unchanged: a large dictionary changes less often.
 */
const dictionaryMsPerMib = 100;
const verifyRows = 16_384;
const repairBytes = 4 << 20;

interface Live {
  readonly os: SegmentOs;
  readonly lock: Lock;
  readonly dictionary: Dictionary;
  readonly columns: Columns;
}

/** Both segments from start to stop: makes them, feeds them, watches over them. */
export class Segments implements SegmentStore {
  readonly #options: SegmentsOptions;
  readonly #statusListeners = new Set<(status: SnapshotStatus) => void>();
  readonly #lostListeners = new Set<(lost: readonly LostSeries[]) => void>();
  /** What could not be written, by column series and dictionary entry. */
  readonly #behind = new Map<string, LostSeries>();
  /** Every series ever written, for segments that are made anew to be filled again. */
  readonly #known = new Map<string, LostSeries>();
  #live: Live | undefined;
  #status: SnapshotStatus = { phase: 'stopped' };
  #askAgainAt = 0;
  #restored = false;
  #ended = { epoch: 0, now: 0 };
  #timers: readonly Cancel[] = [];

  constructor(options: SegmentsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (this.#live) return;
    try {
      this.#live = this.#open();
    } catch (error) {
      this.#degrade(asSegmentError(error));
      throw error;
    }
    const { clock, name } = this.#options;
    this.#timers = [
      every(clock, watchMs, () => this.#watch()),
      every(clock, heartbeatMs, () => this.#beat()),
      this.#live.os.watch([name, columnsOf(name)], () =>
        this.#guard((live) => this.#checkNames(live)),
      ),
    ];
    this.#behind.clear();
    this.#setStatus({ phase: 'live' });
    this.#askFor([...this.#known.values()]);
  }

  async stop(): Promise<void> {
    for (const cancel of this.#timers) cancel();
    this.#timers = [];
    const live = this.#live;
    this.#live = undefined;
    if (live) {
      live.columns.close();
      live.dictionary.close();
      live.lock.release();
    }
    this.#setStatus({ phase: 'stopped' });
  }

  begin(epoch: number): void {
    this.#guard((live) => {
      // A store beyond the end of a shrunk segment would kill the process.
      this.#checkSize(live);
      live.columns.begin(epoch);
    });
  }

  putDaily(history: DailyHistory, now: number, provisional: boolean): void {
    const { ticker, bars } = history;
    this.#know(ticker, '1d');
    this.#guard((live) => {
      const from = bars
        ? this.#writeColumns(ticker, '1d', () =>
            live.columns.replaceRows(ticker, daySeconds, barColumns(bars), now, provisional),
          )
        : 0;
      this.#writeEntry(ticker, from, (start) => live.dictionary.put(history, start, now));
    });
  }

  putDailyBar(ticker: string, bar: Bar, now: number, provisional: boolean): void {
    this.#guard((live) => {
      const from = this.#writeColumns(ticker, '1d', () => {
        live.columns.put(ticker, daySeconds, bar, now, provisional);
        return live.columns.count(ticker, daySeconds) - 1;
      });
      this.#writeEntry(ticker, from, () => live.dictionary.putBar(ticker, bar, now));
    });
  }

  mergeRows(
    ticker: string,
    timeframe: Timeframe,
    rows: BarColumns,
    now: number,
    provisional: boolean,
  ): void {
    this.#changeBars(ticker, timeframe, now, ({ columns }, seconds) =>
      columns.mergeRows(ticker, seconds, rows, now, provisional),
    );
  }

  makeRoom(series: number, bars: number): void {
    try {
      this.#live?.columns.makeRoom(series, bars);
    } catch (error) {
      // As many as there is room for will be written, and it is told which are not.
      this.#options.log.debug({ error, bars }, 'there is no room for all bars at once');
    }
  }

  replaceRows(
    ticker: string,
    timeframe: Timeframe,
    rows: BarColumns,
    now: number,
    provisional: boolean,
  ): void {
    this.#changeBars(ticker, timeframe, now, ({ columns }, seconds) =>
      columns.replaceRows(ticker, seconds, rows, now, provisional),
    );
  }

  settle(ticker: string, timeframe: Timeframe, now: number): void {
    this.#guard((live) => live.columns.settle(ticker, barSeconds(timeframe), now));
  }

  /** Daily bars stand in the dictionary as well, all of them. */
  #changeBars(
    ticker: string,
    timeframe: Timeframe,
    now: number,
    change: (live: Live, seconds: number) => number,
  ): void {
    this.#know(ticker, timeframe);
    this.#guard((live) => {
      const seconds = barSeconds(timeframe);
      const from = this.#writeColumns(ticker, timeframe, () => change(live, seconds));
      if (timeframe !== '1d') return;
      const all = live.columns.read(ticker, seconds, 0);
      const dates = live.dictionary.historyOf(ticker) ?? datesOf(all);
      const history: DailyHistory = { ...dates, ticker, bars: all };
      this.#writeEntry(ticker, from, (start) => live.dictionary.put(history, start, now));
    });
  }

  end(epoch: number, now: number): void {
    this.#ended = { epoch, now };
    this.#guard((live) => {
      live.columns.end(epoch, now);
      if (this.#behind.size === 0) this.#setStatus({ phase: 'live' });
    });
  }

  batchMs(): number {
    const size = this.#live?.dictionary.segment.size ?? 0;
    return Math.max(fastestBatchMs, (size / (1 << 20)) * dictionaryMsPerMib);
  }

  names(): SegmentNames | null {
    const live = this.#live;
    if (!live) return null;
    return {
      dictionary: live.dictionary.name,
      columnar: live.columns.name,
      generation: live.columns.generation,
      layout: 'GHBARS01',
    };
  }

  status(): SnapshotStatus {
    return this.#status;
  }

  onStatus(listener: (status: SnapshotStatus) => void): () => void {
    this.#statusListeners.add(listener);
    return () => void this.#statusListeners.delete(listener);
  }

  onLost(listener: (lost: readonly LostSeries[]) => void): () => void {
    this.#lostListeners.add(listener);
    return () => void this.#lostListeners.delete(listener);
  }

  #open(): Live {
    const { clock, pid, name, mirrorBars } = this.#options;
    const os = this.#options.os();
    const bars = columnsOf(name);
    const lock = takeLock(os, name);
    try {
      const generation = retireLeftover(os, bars, this.#options.log) + 1;
      emptyLeftover(os, name);
      os.sweep(name);
      os.sweep(bars);
      const dictionary = new Dictionary({
        os,
        name,
        pid,
        mirrorBars: Math.max(1, mirrorBars),
        initialBytes: this.#options.dictionaryBytes,
      });
      try {
        const columns = new Columns({
          os,
          name: bars,
          pid,
          startMs: clock.now(),
          generation,
          initialBytes: this.#options.columnsBytes,
          initialSeries: this.#options.columnsSeries,
        });
        // Started again within one life of the program, the epoch goes on from where it was.
        columns.end(this.#ended.epoch, this.#ended.now);
        return { os, lock, dictionary, columns };
      } catch (error) {
        dictionary.close();
        throw error;
      }
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  #watch(): void {
    this.#guard((live) => {
      const now = this.#options.clock.now();
      this.#checkNames(live);
      if (!live.columns.segment.repair()) {
        this.#options.log.warn({}, 'the directory of the columns was overwritten and is put right');
      }
      if (!live.dictionary.repair(repairBytes)) {
        this.#options.log.warn({}, 'the dictionary was overwritten and is put right');
      }
      live.dictionary.retire(now);
      this.#askAgain(now);
      this.#report(live.columns.verifySome(verifyRows, now));
    });
  }

  #beat(): void {
    this.#guard((live) => {
      this.#checkSize(live);
      live.columns.heartbeat(this.#options.clock.now());
    });
  }

  #checkSize(live: Live): void {
    const now = this.#options.clock.now();
    const { segment: dictionary } = live.dictionary;
    if (dictionary.safeBytes() < dictionary.size)
      this.#rebuild('shrunk', dictionary, () => live.dictionary.rebuild(now));
    const columns = live.columns.segment.segment;
    if (columns.safeBytes() < columns.size) {
      this.#rebuild('shrunk', columns, () => this.#report(live.columns.rebuild()));
    }
  }

  #checkNames(live: Live): void {
    const now = this.#options.clock.now();
    this.#checkName(live.dictionary.segment, () => live.dictionary.rebuild(now));
    this.#checkName(live.columns.segment.segment, () => this.#report(live.columns.rebuild()));
  }

  #checkName(segment: Segment, rebuild: () => void): void {
    const condition = segment.condition();
    switch (condition) {
      case 'present':
        return;
      case 'missing':
      case 'replaced':
        if (segment.restore()) {
          this.#noteRestored(segment.name, condition);
          return;
        }
        break;
      case 'shrunk':
        break;
    }
    this.#rebuild(condition, segment, rebuild);
  }

  /** Programs with Python's resource tracker do this all day long: said aloud once is enough. */
  #noteRestored(name: string, condition: string): void {
    const { log } = this.#options;
    const message = 'another program removed the name of a segment; it is put back';
    if (this.#restored) log.debug({ name, condition }, message);
    else log.info({ name, condition }, message);
    this.#restored = true;
  }

  #rebuild(condition: string, segment: Segment, rebuild: () => void): void {
    this.#options.log.warn({ name: segment.name, condition }, 'a segment is made anew');
    rebuild();
  }

  #report(lost: readonly Series[]): void {
    if (lost.length === 0) return;
    const series = lost.flatMap(({ symbol, barSeconds: seconds }) => {
      const timeframe = timeframeOf(seconds);
      return timeframe ? [{ ticker: symbol, timeframe }] : [];
    });
    this.#options.log.error(
      { series },
      'bars were damaged by another program and must be loaded again',
    );
    this.#askFor(series);
  }

  /** A failure of the segments must not reach those who only write quotes and bars. */
  #guard(action: (live: Live) => void): void {
    const live = this.#live;
    if (!live) return;
    try {
      action(live);
    } catch (error) {
      this.#degrade(asSegmentError(error));
    }
  }

  /** Answers the index of the first bar that changed, or undefined when nothing could be written. */
  #writeColumns(ticker: string, timeframe: Timeframe, write: () => number): number | undefined {
    const key = `${timeframe}:${ticker}`;
    const wasBehind = this.#behind.size > 0 && this.#behind.delete(key);
    try {
      const from = write();
      return wasBehind ? undefined : from;
    } catch (error) {
      this.#fallBehind(key, { ticker, timeframe }, asSegmentError(error));
      return undefined;
    }
  }

  #writeEntry(ticker: string, from: number | undefined, write: (start: number) => void): void {
    const key = `entry:${ticker}`;
    const wasBehind = this.#behind.size > 0 && this.#behind.delete(key);
    try {
      write(wasBehind ? 0 : (from ?? 0));
    } catch (error) {
      this.#fallBehind(key, { ticker, timeframe: '1d' }, asSegmentError(error));
    }
  }

  #fallBehind(key: string, series: LostSeries, error: SegmentError): void {
    if (error.code === 'SHM_NAME') {
      this.#options.log.warn({ ...series, advice: error.advice }, error.message);
      return;
    }
    this.#behind.set(key, series);
    this.#degrade(error);
  }

  /** Series that found no room are asked for again, for there may be room by now. */
  #askAgain(now: number): void {
    if (this.#behind.size === 0 || now < this.#askAgainAt) return;
    this.#askAgainAt = now + askAgainMs;
    this.#askFor([...this.#behind.values()]);
  }

  #askFor(series: readonly LostSeries[]): void {
    if (series.length === 0) return;
    for (const listener of this.#lostListeners) listener(series);
  }

  #know(ticker: string, timeframe: Timeframe): void {
    this.#known.set(`${timeframe}:${ticker}`, { ticker, timeframe });
  }

  #degrade(error: SegmentError): void {
    const { code, message, advice } = error;
    const known = this.#status.phase === 'degraded' && this.#status.message === message;
    if (!known) this.#options.log.error({ code, advice }, message);
    this.#setStatus({ phase: 'degraded', code, message, advice });
  }

  #setStatus(status: SnapshotStatus): void {
    const same =
      this.#status.phase === status.phase &&
      (status.phase !== 'degraded' ||
        (this.#status.phase === 'degraded' && this.#status.message === status.message));
    this.#status = status;
    if (!same) for (const listener of this.#statusListeners) listener(status);
  }
}

function columnsOf(name: string): string {
  return `${name}-bars`;
}

function asSegmentError(error: unknown): SegmentError {
  if (error instanceof SegmentError) return error;
  return new SegmentError(
    'SHM_SYSTEM',
    `shared memory failed: ${(error as Error).message}`,
    'Quotes are served all the same. Restart to make the segments anew.',
  );
}

function datesOf(bars: readonly Bar[]): Omit<DailyHistory, 'bars' | 'ticker'> {
  const date = (bar: Bar | undefined): string => new Date(bar?.t ?? 0).toISOString().slice(0, 10);
  return { startDate: date(bars[0]), curDate: date(bars.at(-1)), endDate: date(bars.at(-1)) };
}
