import type { Bar } from '../../../shared/bar.ts';
import type { BarColumns } from '../../kit/bar-columns.ts';
import type { RowBuffer } from './rows.ts';

/** Makes so many rows of a source, from its row `at` on, the first ones of the buffer. */
export type Fill = (buffer: RowBuffer, at: number, rows: number) => void;

/** Bars from the one at `start` on. */
export function barsFrom(bars: readonly Bar[], start: number): Fill {
  return (buffer, at, rows) => {
    for (let i = 0; i < rows; i++) buffer.set(i, bars[start + at + i] as Bar);
  };
}

export function rowsFrom(columns: BarColumns, start: number): Fill {
  return (buffer, at, rows) => buffer.setRows(columns, start + at, rows);
}

/** Both sorted; where two have one time, the fresh one is taken. */
export function mergeByTime(old: readonly Bar[], fresh: readonly Bar[]): Bar[] {
  const merged: Bar[] = [];
  let i = 0;
  for (const bar of fresh) {
    while (i < old.length && (old[i] as Bar).t < bar.t) merged.push(old[i++] as Bar);
    if (i < old.length && (old[i] as Bar).t === bar.t) i++;
    merged.push(bar);
  }
  while (i < old.length) merged.push(old[i++] as Bar);
  return merged;
}
