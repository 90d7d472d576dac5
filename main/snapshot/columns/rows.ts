import type { Bar } from '../../../shared/bar.ts';
import type { BarColumns } from '../../kit/bar-columns.ts';
import type { SegmentOs } from '../os/segment-os.ts';
import { columnCount } from './layout.ts';

/** Rows pass through a buffer of this many, so that a long series needs no buffer of its length. */
export const chunkRows = 4096;
const two32 = 4_294_967_296;

/** The sum of 64-bit words modulo 2^64, in two halves: BigInt would allocate for every word. */
export interface Sum64 {
  low: number;
  high: number;
}

/**
 * A stretch of rows as it lies in the segment: six columns of 64-bit words. Its memory never moves,
 * so its address may be handed to a native copy.
 */
export class RowBuffer {
  readonly address: number;
  readonly #values = new Float64Array(columnCount * chunkRows);
  readonly #words = new Uint32Array(this.#values.buffer);

  constructor(os: Pick<SegmentOs, 'addressOf'>) {
    this.address = os.addressOf(new Uint8Array(this.#values.buffer));
  }

  /** Where a column begins, in bytes. */
  columnAt(column: number): number {
    return column * chunkRows * 8;
  }

  set(row: number, bar: Bar): void {
    const high = Math.floor(bar.t / two32);
    this.#words[2 * row] = bar.t - high * two32;
    this.#words[2 * row + 1] = high;
    const values = this.#values;
    values[chunkRows + row] = bar.open;
    values[2 * chunkRows + row] = bar.high;
    values[3 * chunkRows + row] = bar.low;
    values[4 * chunkRows + row] = bar.close;
    values[5 * chunkRows + row] = bar.volume;
  }

  /** Takes rows from `from` on as its first ones. */
  setRows(columns: BarColumns, from: number, rows: number): void {
    const { t, open, high, low, close, volume } = columns;
    const words = this.#words;
    for (let row = 0; row < rows; row++) {
      const time = t[from + row] as number;
      const upper = Math.floor(time / two32);
      words[2 * row] = time - upper * two32;
      words[2 * row + 1] = upper;
    }
    for (const [nth, column] of [open, high, low, close, volume].entries()) {
      this.#values.set(column.subarray(from, from + rows), (nth + 1) * chunkRows);
    }
  }

  /** Its first rows as rows `at` and following of the columns. */
  copyTo(columns: BarColumns, at: number, rows: number): void {
    const { t, open, high, low, close, volume } = columns;
    for (let row = 0; row < rows; row++) t[at + row] = this.timeOf(row);
    for (const [nth, column] of [open, high, low, close, volume].entries()) {
      const from = (nth + 1) * chunkRows;
      column.set(this.#values.subarray(from, from + rows), at);
    }
  }

  timeOf(row: number): number {
    const high = (this.#words[2 * row + 1] as number) | 0;
    return high * two32 + (this.#words[2 * row] as number);
  }

  /** How many of its first rows are as those of the columns from `from` on, before one is not. */
  sameRows(columns: BarColumns, from: number, rows: number): number {
    const { t, open, high, low, close, volume } = columns;
    const values = this.#values;
    for (let row = 0; row < rows; row++) {
      const at = from + row;
      if (
        this.timeOf(row) !== t[at] ||
        values[chunkRows + row] !== open[at] ||
        values[2 * chunkRows + row] !== high[at] ||
        values[3 * chunkRows + row] !== low[at] ||
        values[4 * chunkRows + row] !== close[at] ||
        values[5 * chunkRows + row] !== volume[at]
      ) {
        return row;
      }
    }
    return rows;
  }

  /** Adds the first rows to a sum, or takes them away from it. */
  addTo(sum: Sum64, rows: number, sign: 1 | -1): void {
    const words = this.#words;
    let low = 0;
    let high = 0;
    for (let column = 0; column < columnCount; column++) {
      const from = column * chunkRows * 2;
      for (let at = from; at < from + rows * 2; at += 2) {
        low += words[at] as number;
        high += words[at + 1] as number;
      }
    }
    const carried = sum.low + sign * low;
    const overflow = Math.floor(carried / two32);
    sum.low = carried - overflow * two32;
    const upper = sum.high + sign * high + overflow;
    sum.high = upper - Math.floor(upper / two32) * two32;
  }
}
