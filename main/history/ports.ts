import type { Bar, Timeframe } from '../../shared/bar.ts';
import type { HistoryView } from '../../shared/history.ts';
import type { IbkrSchedule } from '../calendar/ibkr-schedule.ts';
import type { BarColumns } from '../kit/bar-columns.ts';

export interface BarRequest {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Epoch milliseconds; the answer reaches back from here. */
  readonly end: number;
  /** In IBKR's words: `1800 S`, `5 D` (sessions), `2 Y`. */
  readonly duration: string;
  readonly useRth: boolean;
  readonly priority: 'person' | 'background';
  readonly signal: AbortSignal;
  /** Counts from when it is sent. */
  readonly deadlineMs: number;
}

export type SourceFailure =
  | 'no-data'
  | 'pacing'
  | 'cancelled'
  | 'timeout'
  | 'not-connected'
  | 'no-permission'
  | 'unknown-symbol'
  | 'error';

export interface Failed {
  readonly ok: false;
  readonly reason: SourceFailure;
  readonly code?: number;
  readonly message: string;
}

export type BarAnswer = { readonly ok: true; readonly bars: readonly Bar[] } | Failed;

export type ScheduleAnswer = (IbkrSchedule & { readonly ok: true }) | Failed;

/** The hours in a contract's details. */
export type HoursAnswer =
  | {
      readonly ok: true;
      readonly tradingHours: string;
      readonly liquidHours: string;
      readonly timeZoneId: string;
    }
  | Failed;

/** The broker's session, as far as history needs it. */
export interface HistorySource {
  available(): boolean;
  request(request: BarRequest): Promise<BarAnswer>;
  /** A year of sessions up to now. */
  schedule(symbol: string, useRth: boolean): Promise<ScheduleAnswer>;
  contractHours(symbol: string): Promise<HoursAnswer>;
  /** What may be sent at once; nothing is left while the broker makes everybody wait. */
  pacing(): { readonly left: number; readonly total: number };
}

/** One ticker of a batch for the dictionary segment: daily bars, oldest first. */
export interface TickerHistory {
  readonly ticker: string;
  /** `YYYY-MM-DD` of the first day asked for. */
  readonly startDate: string;
  /** ISO 8601. */
  readonly curDate: string;
  readonly endDate: string;
  readonly bars: readonly Bar[];
}

export interface SnapshotPort {
  /** One batch, one step of the snapshot epoch. */
  write(batch: readonly TickerHistory[]): void;
  /**
   * Lays bars over those that are there already, by time. With `until` the last of them is being made of ticks, in a
   * session that closes then.
   */
  writeBars(
    ticker: string,
    timeframe: Timeframe,
    bars: readonly Bar[],
    until?: number | null,
  ): void;
  /** The same for the many bars of a file. */
  writeRows(ticker: string, timeframe: Timeframe, rows: BarColumns): void;
  /** So many new series of so many bars in all are about to be written. */
  makeRoom(series: number, bars: number): void;
  /** Makes them exactly these bars. */
  replaceRows(ticker: string, timeframe: Timeframe, rows: BarColumns, until?: number | null): void;
}

export interface LeasePort {
  reserved(): boolean;
}

export interface HistoryPorts {
  readonly source: HistorySource;
  readonly snapshot: SnapshotPort;
  readonly lease: LeasePort;
  publish(view: HistoryView): void;
}
