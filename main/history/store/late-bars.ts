import type { Bar } from '../../../shared/bar.ts';
import { type BarColumns, barAt, columnNames, noBars } from '../../kit/bar-columns.ts';
import { parseFile } from './parse-file.ts';

/** An old file as it was when a new one was made from it, and as it is now. */
export interface LateRows {
  readonly before: BarColumns;
  readonly after: BarColumns;
  /** Some of the lines that were added are no rows. */
  readonly odd: boolean;
}

export function readLate(bytes: Buffer, taken: number): LateRows {
  const before = parseFile(bytes.subarray(0, taken));
  const after = parseFile(bytes);
  if (!after.ok) return { before: noBars, after: noBars, odd: true };
  const faults = before.ok ? countFaults(before.report) : 0;
  return {
    before: before.ok ? before.columns : noBars,
    after: after.columns,
    odd: countFaults(after.report) > faults,
  };
}

function countFaults({ faults }: { readonly faults: readonly { readonly count: number }[] }) {
  return faults.reduce((sum, { count }) => sum + count, 0);
}

/**
 * The bars that were added or changed in the old file, where the new file still says what the old one said before.
 * Where it says something else, a fetched bar or one carried over already stands there, and that one wins: so it
 * does no harm to carry the same rows over twice.
 */
export function lateBars({ before, after }: LateRows, current: BarColumns): readonly Bar[] {
  const late: Bar[] = [];
  let was = 0;
  let is = 0;
  for (let row = 0; row < after.length; row++) {
    const t = after.t[row] as number;
    while (was < before.length && (before.t[was] as number) < t) was++;
    if (same(before, was, after, row)) continue;
    while (is < current.length && (current.t[is] as number) < t) is++;
    const known = before.t[was] === t && was < before.length;
    const there = current.t[is] === t && is < current.length;
    if (known ? same(before, was, current, is) : !there) late.push(barAt(after, row));
  }
  return late;
}

function same(a: BarColumns, i: number, b: BarColumns, j: number): boolean {
  return i < a.length && j < b.length && columnNames.every((name) => a[name][i] === b[name][j]);
}
