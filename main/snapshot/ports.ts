import type { Bar, Timeframe } from '../../shared/bar.ts';
import type { BarColumns } from '../kit/bar-columns.ts';
import type { DailyHistory } from './daily-bars.ts';
import type { SegmentErrorCode } from './errors.ts';

/** The names a program needs to attach, and what it will find there. */
export interface SegmentNames {
  readonly dictionary: string;
  readonly columnar: string;
  readonly generation: number;
  readonly layout: string;
}

export type SnapshotStatus =
  | { readonly phase: 'off' | 'stopped' | 'live' }
  | {
      readonly phase: 'degraded';
      readonly code: SegmentErrorCode;
      readonly message: string;
      readonly advice: string;
    };

/** A series whose bars were lost with a damaged segment and should be written again. */
export interface LostSeries {
  readonly ticker: string;
  readonly timeframe: Timeframe;
}

/** The segments as the snapshot drives them. Between begin and end the global epoch is odd. */
export interface SegmentStore {
  start(): Promise<void>;
  stop(): Promise<void>;
  begin(epoch: number): void;
  /** Here and below, `provisional` says that the last of these bars is being made of ticks. */
  putDaily(history: DailyHistory, now: number, provisional: boolean): void;
  /** One daily bar is new or has changed. */
  putDailyBar(ticker: string, bar: Bar, now: number, provisional: boolean): void;
  /** Bars of any timeframe are laid over those already there; the newer row wins. */
  mergeRows(
    ticker: string,
    timeframe: Timeframe,
    rows: BarColumns,
    now: number,
    provisional: boolean,
  ): void;
  /** So many new series of so many bars in all are about to come. */
  makeRoom(series: number, bars: number): void;
  /** The series becomes exactly these bars. */
  replaceRows(
    ticker: string,
    timeframe: Timeframe,
    rows: BarColumns,
    now: number,
    provisional: boolean,
  ): void;
  /** The last bar of the series is provisional no longer. */
  settle(ticker: string, timeframe: Timeframe, now: number): void;
  end(epoch: number, now: number): void;
  /** How far apart batches of ticks should be. */
  batchMs(): number;
  names(): SegmentNames | null;
  status(): SnapshotStatus;
  onStatus(listener: (status: SnapshotStatus) => void): () => void;
  onLost(listener: (lost: readonly LostSeries[]) => void): () => void;
}
