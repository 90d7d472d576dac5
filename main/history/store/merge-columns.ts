import type { Bar } from '../../../shared/bar.ts';
import {
  type BarColumns,
  barAt,
  columnNames,
  columnsOf,
  firstAtOrAfter,
  mergedByTime,
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
  const merged = mergedByTime(columns, columnsOf(fetched));
  const lastT = columns.length > 0 ? (columns.t[columns.length - 1] as number) : -Infinity;
  const added = merged.length - columns.length;
  const changed = fetched.filter((bar) => {
    const row = firstAtOrAfter(columns.t, columns.length, bar.t);
    const same = row < columns.length && columns.t[row] === bar.t;
    return same && !equalBars(barAt(columns, row), bar);
  }).length;
  const newer = fetched.filter((bar) => bar.t > lastT);
  return {
    columns: merged,
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
