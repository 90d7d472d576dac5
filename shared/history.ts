import type { Timeframe } from './bar.ts';

/** Everything the window shows of history. Plain data; times are epoch milliseconds. */
export interface HistoryView {
  readonly running: boolean;
  readonly paused: boolean;
  /** True exactly while a batch of the download runs; the session cannot be lent meanwhile. */
  readonly downloading: boolean;
  readonly activity: HistoryActivity;
  readonly download: DownloadProgress | null;
  readonly fill: FillProgress | null;
  readonly queue: QueueView;
  readonly coverage: readonly SeriesCoverage[];
  readonly lastScan: ScanSummary | null;
  readonly nextScanAt: number | null;
  readonly counts: HistoryCounts;
  /** Newest first. */
  readonly recentErrors: readonly HistoryError[];
  readonly notices: readonly HistoryNotice[];
  readonly pacing: { readonly left: number; readonly total: number } | null;
  readonly watchlist: readonly string[];
}

export type HistoryActivity =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'loading'; readonly filesDone: number; readonly filesTotal: number }
  | { readonly kind: 'idle' }
  | { readonly kind: 'scanning' }
  | { readonly kind: 'downloading' }
  | { readonly kind: 'filling' }
  | { readonly kind: 'paused' }
  /** There is work, but not now. */
  | { readonly kind: 'waiting'; readonly for: WaitedFor };

/**
 * A session, the return of a lent one, the broker's pacing limit, its historical data service, or the end of the pause
 * between two batches of the download, in which the session may be lent.
 */
export type WaitedFor = 'session' | 'reservation' | 'pacing' | 'service' | 'rest';

export interface DownloadProgress {
  readonly startedAt: number;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly current: string | null;
  readonly msLeft: number | null;
}

export interface FillProgress {
  readonly startedAt: number;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly current: string | null;
  readonly msLeft: number | null;
}

export interface QueueView {
  readonly length: number;
  readonly people: number;
  /** The first of them, in the order in which they will be asked. */
  readonly next: readonly {
    readonly symbol: string;
    readonly timeframe: Timeframe;
    readonly from: number;
    readonly to: number;
    readonly wanted: 'person' | 'filler';
    readonly attempts: number;
  }[];
}

export type CoverageState =
  | 'whole'
  /** Holes that will be filled. */
  | 'gaps'
  /** Holes that ended too long ago to be filled without being asked. */
  | 'old-gaps'
  | 'no-calendar'
  | 'unstable'
  | 'unusable';

export interface SeriesCoverage {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly state: CoverageState;
  readonly first: number | null;
  readonly last: number | null;
  readonly rows: number;
  readonly missing: number;
  readonly holes: number;
  readonly oldHoles: number;
  /** Bars at times when the exchange was shut, as far as we know. */
  readonly outside: number;
  readonly calendar: string | null;
  readonly notes: readonly string[];
}

export interface ScanSummary {
  readonly at: number;
  readonly tookMs: number;
  readonly files: number;
  readonly read: number;
  readonly ignored: readonly { readonly name: string; readonly reason: string }[];
}

export interface HistoryCounts {
  readonly files: number;
  readonly rows: number;
  readonly missing: number;
  readonly gapsDetected: number;
  readonly gapsFilled: number;
  readonly gapsFailed: number;
  readonly barsFetched: number;
  readonly requests: number;
  readonly confirmedEmpty: number;
}

export interface HistoryError {
  readonly at: number;
  readonly series: string | null;
  readonly message: string;
}

export interface HistoryNotice {
  readonly id: string;
  readonly at: number;
  readonly kind:
    | 'split'
    | 'no-calendar'
    | 'calendar-ends'
    | 'hours'
    | 'disk'
    | 'file'
    | 'old-gaps'
    | 'download';
  readonly message: string;
  readonly advice: string | null;
}
