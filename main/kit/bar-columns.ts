import type { Bar } from '../../shared/bar.ts';

/** Bars as six parallel columns, oldest first; only the first `length` places count. */
export interface BarColumns {
  readonly length: number;
  /** Starts in epoch milliseconds. */
  readonly t: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export const noBars: BarColumns = columnsOver(new ArrayBuffer(0), 0, 0, 0);

export const bytesPerRow = 6 * Float64Array.BYTES_PER_ELEMENT;

/** Columns of `capacity` rows that lie side by side in `buffer` from `byteOffset` on. */
export function columnsOver(
  buffer: ArrayBufferLike,
  byteOffset: number,
  capacity: number,
  length: number,
): BarColumns {
  const column = (nth: number) =>
    new Float64Array(buffer, byteOffset + nth * capacity * 8, capacity);
  return {
    length,
    t: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}

export function allocateColumns(capacity: number): BarColumns {
  return columnsOver(new ArrayBuffer(capacity * bytesPerRow), 0, capacity, capacity);
}

/** The rows [from, to), sharing memory with `columns`. */
export function viewOf(columns: BarColumns, from: number, to: number): BarColumns {
  return {
    length: to - from,
    t: columns.t.subarray(from, to),
    open: columns.open.subarray(from, to),
    high: columns.high.subarray(from, to),
    low: columns.low.subarray(from, to),
    close: columns.close.subarray(from, to),
    volume: columns.volume.subarray(from, to),
  };
}

/** A copy with more bars behind. */
export function withBars(columns: BarColumns, bars: readonly Bar[]): BarColumns {
  const { length } = columns;
  const copy = allocateColumns(length + bars.length);
  for (const name of columnNames) copy[name].set(columns[name].subarray(0, length));
  for (const [nth, bar] of bars.entries()) setBar(copy, length + nth, bar);
  return copy;
}

export const columnNames = ['t', 'open', 'high', 'low', 'close', 'volume'] as const;

export function barAt(columns: BarColumns, row: number): Bar {
  return {
    t: columns.t[row] as number,
    open: columns.open[row] as number,
    high: columns.high[row] as number,
    low: columns.low[row] as number,
    close: columns.close[row] as number,
    volume: columns.volume[row] as number,
  };
}

export function setBar(columns: BarColumns, row: number, bar: Bar): void {
  columns.t[row] = bar.t;
  columns.open[row] = bar.open;
  columns.high[row] = bar.high;
  columns.low[row] = bar.low;
  columns.close[row] = bar.close;
  columns.volume[row] = bar.volume;
}

export function barsOf(columns: BarColumns, from = 0, to = columns.length): Bar[] {
  const bars: Bar[] = [];
  for (let row = from; row < to; row++) bars.push(barAt(columns, row));
  return bars;
}

export function columnsOf(bars: readonly Bar[]): BarColumns {
  const columns = allocateColumns(bars.length);
  bars.forEach((bar, row) => {
    setBar(columns, row, bar);
  });
  return columns;
}

/** Both sorted; where two have one time, the fresh row is taken. */
export function mergedByTime(old: BarColumns, fresh: BarColumns): BarColumns {
  const merged = allocateColumns(old.length + fresh.length);
  let length = 0;
  const take = (from: BarColumns, begin: number, end: number): void => {
    for (const name of columnNames) merged[name].set(from[name].subarray(begin, end), length);
    length += end - begin;
  };
  let mine = 0;
  for (let row = 0; row < fresh.length; ) {
    const time = fresh.t[row] as number;
    const before = firstAtOrAfter(old.t, old.length, time);
    if (before > mine) take(old, mine, before);
    mine = old.t[before] === time && before < old.length ? before + 1 : before;
    // As many fresh rows as come before the next old one, or stand for it.
    const next = mine < old.length ? (old.t[mine] as number) : Number.POSITIVE_INFINITY;
    const end = Math.max(row + 1, firstAtOrAfter(fresh.t, fresh.length, next));
    take(fresh, row, end);
    row = end;
  }
  if (mine < old.length) take(old, mine, old.length);
  return { ...merged, length };
}

/** The first row of the sorted column `t` that starts at or after `time`. */
export function firstAtOrAfter(t: Float64Array, length: number, time: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((t[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
