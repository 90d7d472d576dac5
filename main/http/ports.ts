import type { AccountValue } from '../../shared/account.ts';
import type { Timeframe } from '../../shared/bar.ts';
import type { LogLine } from '../../shared/log-line.ts';
import type { Quote } from '../../shared/quote.ts';
import type { Result } from '../../shared/result.ts';
import type { PatchBatch, Snapshot } from '../../shared/state.ts';
import type { Counters } from './metrics.ts';

export interface ScanStats {
  readonly gaps_detected: number;
  readonly gaps_filled: number;
  readonly gaps_failed: number;
  readonly last_scan_time: string | null;
  readonly symbols_processed: readonly string[];
  readonly errors: readonly object[];
  readonly running: boolean;
  readonly check_interval: number;
  readonly supported_timeframes: readonly string[];
}

export interface HistoryPort {
  /** The two parts of the gap filler's status. */
  status(): {
    readonly gap_filler: {
      readonly running: boolean;
      readonly check_interval: number;
      readonly supported_timeframes: readonly string[];
      readonly last_scan_time: string | null;
    };
    readonly statistics: {
      readonly gaps_filled: number;
      readonly symbols_processed: readonly string[];
    };
  };
  forceScan(): Promise<
    | { readonly ok: true; readonly stats: ScanStats; readonly waiting: number }
    | { readonly ok: false; readonly reason: string; readonly message: string }
  >;
  bars(query: {
    readonly ticker: string;
    readonly timeframe: Timeframe;
    readonly from: number | null;
    readonly to: number | null;
    readonly limit: number;
  }): Promise<object | undefined>;
}

/** What the HTTP server needs of the rest of the program. */
export interface HttpPorts {
  snapshot(): Snapshot;
  subscribe(listener: (batch: PatchBatch) => void): () => void;
  dispatch(name: string, input: unknown, caller: 'window' | 'http'): Promise<Result<unknown>>;
  /** The log's lines after a number. */
  logs(since: number, limit: number): readonly LogLine[];
  accountSummary(): Promise<Result<readonly AccountValue[]>>;
  counters(): Counters;
  /** Facts for somebody who helps from afar, nothing secret among them. */
  diagnostics(): object;
  /** Null where there is no gateway. */
  readonly history: HistoryPort | null;
  /** Whether the session stands. */
  connected(): boolean;
  readonly quotes: { list(): readonly string[]; get(ticker: string): Quote | undefined };
}
