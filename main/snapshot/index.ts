import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { noSegments } from './no-segments.ts';
import { systemSegments } from './os/index.ts';
import type { SegmentOs } from './os/segment-os.ts';
import type { SegmentStore } from './ports.ts';
import { Segments } from './segments.ts';
import { Snapshot } from './snapshot.ts';
import { knownOrElse, type TradingDays, tradingDayIn } from './trading-day.ts';

export { nameRefused } from './check.ts';
export type { DailyHistory } from './daily-bars.ts';
export { SegmentError, type SegmentErrorCode } from './errors.ts';
export {
  describeSegments,
  type InspectOptions,
  inspectSegments,
  type SegmentsReport,
} from './inspect.ts';
export { acquireLock, type Lock, type LockHolder, type LockRefused } from './os/lock.ts';
export type { LostSeries, SegmentNames, SnapshotStatus } from './ports.ts';
export type { Quotes } from './quote-cache.ts';
export type { BatchEvent, Snapshot } from './snapshot.ts';
export type { TradingDay, TradingDays } from './trading-day.ts';

export interface SharedMemoryOptions {
  /** Of the dictionary; the columns are `<name>-bars`. */
  readonly name: string;
  /** How many of a ticker's newest daily bars the dictionary shows. */
  readonly mirrorBars: number;
  /** How large the segments are at first; both grow. */
  readonly dictionaryBytes?: number;
  readonly columnsBytes?: number;
  readonly columnsSeries?: number;
  /** The bindings to use; those of the running system when nothing is given. */
  readonly os?: () => SegmentOs;
}

export interface SnapshotOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly pid: number;
  /** Null switches shared memory off; quotes and the epoch still work. */
  readonly shm: SharedMemoryOptions | null;
  /** The day a tick belongs to; without it, and where it does not know, New York's date is taken. */
  readonly tradingDay?: TradingDays;
}

export function createSnapshot(options: SnapshotOptions): Snapshot {
  const { clock, log, pid, shm, tradingDay } = options;
  const segments: SegmentStore = shm
    ? new Segments({
        os: shm.os ?? systemSegments,
        clock,
        log,
        pid,
        name: shm.name,
        mirrorBars: shm.mirrorBars,
        dictionaryBytes: shm.dictionaryBytes ?? 1 << 20,
        columnsBytes: shm.columnsBytes ?? 4 << 20,
        columnsSeries: shm.columnsSeries ?? 1024,
      })
    : noSegments;
  return new Snapshot({
    clock,
    log,
    tradingDay: knownOrElse(tradingDay, tradingDayIn('America/New_York')),
    segments,
  });
}
