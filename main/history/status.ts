import { timeframes } from '../../shared/bar.ts';
import type { Desk } from './desk.ts';
import type { Filler } from './filler.ts';

/** The body of gap-filler-status, key by key as programs expect it. */
export interface GapFillerStatus {
  readonly gap_filler: {
    readonly running: boolean;
    readonly check_interval: number;
    readonly supported_timeframes: readonly string[];
    readonly last_scan_time: string | null;
  };
  readonly statistics: {
    readonly gaps_detected: number;
    readonly gaps_filled: number;
    readonly gaps_failed: number;
    readonly symbols_processed: readonly string[];
    readonly recent_errors: readonly { readonly time: string; readonly error: string }[];
  };
}

/** The `stats` of a forced scan's result. */
export interface ScanStats {
  readonly gaps_detected: number;
  readonly gaps_filled: number;
  readonly gaps_failed: number;
  readonly last_scan_time: string | null;
  readonly symbols_processed: readonly string[];
  readonly errors: readonly { readonly time: string; readonly error: string }[];
  readonly running: boolean;
  readonly check_interval: number;
  readonly supported_timeframes: readonly string[];
}

export function gapFillerStatus(desk: Desk, filler: Filler): GapFillerStatus {
  const { running, check_interval, supported_timeframes } = statsOf(desk, filler);
  const { gaps_detected, gaps_filled, gaps_failed, symbols_processed, errors } = statsOf(
    desk,
    filler,
  );
  const scan = filler.lastScan;
  return {
    gap_filler: {
      running,
      check_interval,
      supported_timeframes,
      last_scan_time: scan ? withOffset(scan.at) : null,
    },
    statistics: {
      gaps_detected,
      gaps_filled,
      gaps_failed,
      symbols_processed,
      recent_errors: errors,
    },
  };
}

export function statsOf(desk: Desk, filler: Filler): ScanStats {
  const { gapsDetected, gapsFilled, gapsFailed } = desk.counts;
  return {
    gaps_detected: gapsDetected,
    gaps_filled: gapsFilled,
    gaps_failed: gapsFailed,
    last_scan_time: filler.lastScan ? new Date(filler.lastScan.at).toISOString() : null,
    symbols_processed: [...desk.processed],
    errors: desk.errors.map(({ at, message }) => ({ time: withOffset(at), error: message })),
    running: filler.running,
    check_interval: filler.intervalMs / 1000,
    supported_timeframes: timeframes,
  };
}

function withOffset(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+00:00');
}
