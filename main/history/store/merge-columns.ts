import type { Bar } from '../../../shared/bar.ts';
import {
  allocateColumns,
  type BarColumns,
  barAt,
  columnNames,
  setBar,
} from '../../kit/bar-columns.ts';

export interface Merged {
  readonly columns: BarColumns;
  readonly added: number;
  readonly changed: number;
  /** Something before the former last row changed, so adding at the end is not enough. */
  readonly inside: boolean;
  /** The bars that are newer than the former last row. */
  readonly newer: readonly Bar[];
  /** From the first to the last of the bars that were laid in. */
  readonly span: { readonly from: number; readonly to: number };
}

/** By time; where both have a bar, the fetched one wins. `bars` may be in any order. */
export function mergeColumns(columns: BarColumns, bars: readonly Bar[]): Merged {
  const fetched = tidy(bars);
  const merged = allocateColumns(columns.length + fetched.length);
  const lastT = columns.length > 0 ? (columns.t[columns.length - 1] as number) : -Infinity;
  let row = 0;
  let mine = 0;
  let added = 0;
  let changed = 0;
  for (const bar of fetched) {
    const upTo = rowsBefore(columns, mine, bar.t);
    row = copyRows(columns, mine, upTo, merged, row);
    mine = upTo;
    if (mine < columns.length && columns.t[mine] === bar.t) {
      if (!equalBars(barAt(columns, mine), bar)) changed++;
      mine++;
    } else added++;
    setBar(merged, row++, bar);
  }
  row = copyRows(columns, mine, columns.length, merged, row);
  const newer = fetched.filter((bar) => bar.t > lastT);
  return {
    columns: { ...merged, length: row },
    added,
    changed,
    inside: changed > 0 || added > newer.length,
    newer,
    span: { from: fetched[0]?.t ?? 0, to: fetched.at(-1)?.t ?? -1 },
  };
}

/** Sorted, one bar a time (the last given wins), nothing that is no bar. */
export function tidy(bars: readonly Bar[]): readonly Bar[] {
  const byTime = new Map<number, Bar>();
  for (const bar of bars) if (isBar(bar)) byTime.set(bar.t, bar);
  return [...byTime.values()].sort((a, b) => a.t - b.t);
}

function isBar(bar: Bar): boolean {
  return (
    columnNames.every((name) => Number.isFinite(bar[name])) &&
    Math.min(bar.open, bar.high, bar.low, bar.close, bar.volume) >= 0 &&
    bar.high >= bar.low
  );
}

export function equalBars(a: Bar, b: Bar): boolean {
  return columnNames.every((name) => a[name] === b[name]);
}

function rowsBefore(columns: BarColumns, from: number, t: number): number {
  let row = from;
  while (row < columns.length && (columns.t[row] as number) < t) row++;
  return row;
}

function copyRows(
  source: BarColumns,
  from: number,
  to: number,
  target: BarColumns,
  row: number,
): number {
  if (to > from)
    for (const name of columnNames) target[name].set(source[name].subarray(from, to), row);
  return row + to - from;
}
