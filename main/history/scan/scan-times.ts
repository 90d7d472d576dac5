import { pieceParser } from '../rows/piece-parser.ts';
import { dateOf, type TimeRules } from '../store/time-rules.ts';

/** A growing column of times, kept between files so that scanning allocates nothing. */
export interface TimesBuffer {
  t: Float64Array;
  length: number;
}

export function timesBuffer(): TimesBuffer {
  return { t: new Float64Array(16_384), length: 0 };
}

/**
 * The times of plain rows from `start` on. Returns false at the first row that is not plain, not a bar, not in order or not
 * of a time that can be: then the patient way must be taken.
 */
export function scanTimes(
  bytes: Uint8Array,
  start: number,
  end: number,
  rules: TimeRules,
  into: TimesBuffer,
): boolean {
  const parser = pieceParser();
  const most = parser.text.length;
  const first = into.length;
  for (let at = start; at < end; ) {
    const length = bytes.lastIndexOf(10, Math.min(end, at + most) - 1) + 1 - at;
    if (length <= 0) return false;
    parser.text.set(bytes.subarray(at, at + length));
    const before = into.length > 0 ? (into.t[into.length - 1] as number) : Number.NEGATIVE_INFINITY;
    const {
      at: to,
      outOfOrder,
      crlfRows,
      zonelessRows,
    } = parser.parse(length, before, rules.latest);
    if (to < length || outOfOrder + crlfRows + zonelessRows > 0) return false;
    append(into, parser.times());
    at += length;
  }
  return !rules.daily || into.t.subarray(first, into.length).every((t) => t === dateOf(t));
}

function append(into: TimesBuffer, times: Float64Array): void {
  const length = into.length + times.length;
  if (length > into.t.length) {
    const bigger = new Float64Array(2 * length);
    bigger.set(into.t.subarray(0, into.length));
    into.t = bigger;
  }
  into.t.set(times, into.length);
  into.length = length;
}
