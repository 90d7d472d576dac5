import { firstAtOrAfter } from '../../kit/bar-columns.ts';

/** A run of expected bars that are missing, with nothing present between them. */
export interface Hole {
  /** Start of the first missing bar. */
  readonly from: number;
  /** Start of the last missing bar. */
  readonly to: number;
  readonly count: number;
}

export interface HolesFound {
  readonly holes: Hole[];
  /** Bars at times when the calendar has none: told, never deleted. */
  readonly outside: number;
}

/**
 * Which of the `expected` bars (sorted starts) are not among the bars present (sorted times). A bar counts for the
 * expected one in whose span it begins, so that bars that do not stand on the round minute are no holes.
 */
export function findHoles(
  t: Float64Array,
  rows: number,
  expected: Float64Array,
  barMs: number,
): HolesFound {
  const holes: Hole[] = [];
  let outside = 0;
  let row = 0;
  let from = -1;
  let count = 0;
  for (let nth = 0; nth < expected.length; nth++) {
    const start = expected[nth] as number;
    while (row < rows && (t[row] as number) < start) {
      outside++;
      row++;
    }
    const next = expected[nth + 1];
    const end = next === undefined || next > start + barMs ? start + barMs : next;
    if (row < rows && (t[row] as number) < end) {
      row++;
      while (row < rows && (t[row] as number) < end) row++;
      if (count > 0) {
        holes.push({ from, to: expected[nth - 1] as number, count });
        count = 0;
      }
    } else if (count++ === 0) from = start;
  }
  if (count > 0) holes.push({ from, to: expected[expected.length - 1] as number, count });
  return { holes, outside: outside + rows - row };
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What of a span none of the others covers, ends included. The others are sorted by their beginnings. */
export function uncovered(span: Span, others: readonly Span[]): readonly Span[] {
  const left: Span[] = [];
  let { from } = span;
  for (const other of others) {
    if (other.from > span.to) break;
    if (other.from > from) left.push({ from, to: other.from - 1 });
    from = Math.max(from, other.to + 1);
  }
  if (from <= span.to) left.push({ from, to: span.to });
  return left;
}

/** The part of the sorted `expected` in [from, to). */
export function expectedWithin(expected: Float64Array, from: number, to: number): Float64Array {
  return expected.subarray(
    firstAtOrAfter(expected, expected.length, from),
    firstAtOrAfter(expected, expected.length, to),
  );
}
