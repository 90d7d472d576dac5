import { slabBytes } from './layout.ts';
import type { Sum64 } from './rows.ts';

/** What the writer knows of one series; the entry in the segment says the same to readers. */
export interface Series {
  readonly symbol: string;
  readonly barSeconds: number;
  index: number;
  epoch: number;
  lastUpdateMs: number;
  dataOff: number;
  capacity: number;
  count: number;
  readonly sum: Sum64;
  rewriteEpoch: number;
  flags: number;
  /** Time of the last bar; minus infinity while there is none. */
  lastT: number;
}

export function newSeries(symbol: string, barSeconds: number): Series {
  return {
    symbol,
    barSeconds,
    index: -1,
    epoch: 0,
    lastUpdateMs: 0,
    dataOff: 0,
    capacity: 0,
    count: 0,
    sum: { low: 0, high: 0 },
    rewriteEpoch: 0,
    flags: 0,
    lastT: Number.NEGATIVE_INFINITY,
  };
}

/** Forgets bars that a damaged segment no longer holds. */
export function emptySeries(series: Series): void {
  series.dataOff = 0;
  series.capacity = 0;
  series.count = 0;
  series.sum.low = 0;
  series.sum.high = 0;
  series.lastT = Number.NEGATIVE_INFINITY;
}

/** Rooms come in eights, so that every column of a slab stays aligned to a cache line. */
export function capacityFor(count: number, before: number): number {
  const wanted = before === 0 ? count + Math.max(8, count >> 3) : Math.max(count, before * 2);
  return Math.ceil(wanted / 8) * 8;
}

/** Bytes that so many new series with so many rows in all will take at most. */
export function roomFor(series: number, rows: number): number {
  return slabBytes(rows + (rows >> 3)) + series * slabBytes(16);
}
