import { allocateColumns, type BarColumns } from '../../kit/bar-columns.ts';
import type { ColumnSegment } from './column-segment.ts';
import { chunkRows, type RowBuffer, type Sum64 } from './rows.ts';
import type { Series } from './series.ts';

/** Reads the rows of a series back from a segment, through the writer's buffer. */
export class StoredRows {
  readonly #buffer: RowBuffer;

  constructor(buffer: RowBuffer) {
    this.#buffer = buffer;
  }

  rows(segment: ColumnSegment, series: Series, from: number): BarColumns {
    const columns = allocateColumns(Math.max(0, series.count - from));
    for (let row = from; row < series.count; row += chunkRows) {
      this.#buffer.copyTo(columns, row - from, this.#take(segment, series, row, series.count));
    }
    return columns;
  }

  timeAt(segment: ColumnSegment, series: Series, row: number): number {
    this.#take(segment, series, row, row + 1);
    return this.#buffer.timeOf(0);
  }

  /** The first row whose time is not before `t`. */
  indexOf(segment: ColumnSegment, series: Series, t: number): number {
    let low = 0;
    let high = series.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeAt(segment, series, middle) < t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many rows from `from` on are as these, before one is not. */
  sameRows(segment: ColumnSegment, series: Series, from: number, columns: BarColumns): number {
    const common = Math.min(series.count - from, columns.length);
    for (let row = 0; row < common; row += chunkRows) {
      const rows = this.#take(segment, series, from + row, from + common);
      const same = this.#buffer.sameRows(columns, row, rows);
      if (same < rows) return row + same;
    }
    return common;
  }

  /** Adds rows to a sum, or takes them away from it. */
  addTo(
    sum: Sum64,
    segment: ColumnSegment,
    series: Series,
    from: number,
    to: number,
    sign: 1 | -1,
  ): void {
    for (let row = from; row < to; row += chunkRows) {
      this.#buffer.addTo(sum, this.#take(segment, series, row, to), sign);
    }
  }

  intact(segment: ColumnSegment, series: Series): boolean {
    const sum: Sum64 = { low: 0, high: 0 };
    this.addTo(sum, segment, series, 0, series.count, 1);
    return sum.low === series.sum.low && sum.high === series.sum.high;
  }

  /** As many of the rows from `row` up to `to` as the buffer holds. */
  #take(segment: ColumnSegment, series: Series, row: number, to: number): number {
    const rows = Math.min(chunkRows, to - row);
    segment.readRows(series.dataOff, series.capacity, row, this.#buffer, rows);
    return rows;
  }
}
