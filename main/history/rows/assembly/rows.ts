import { crlf, readFields } from './fields';
import { quickFields } from './quick-fields';
import { readStamp, sameHour, time as stampTime, usualStamp, zoneless } from './stamp';

export { countLines } from './lines';

/** After `parse`: where it stopped, and what it saw on its way. */
export let at: usize = 0;
export let lastTime: f64 = 0;
export let outOfOrder: i32 = 0;
export let crlfRows: i32 = 0;
export let zonelessRows: i32 = 0;

/**
 * Parses whole rows of the text from `from` up to `end`, which is behind a newline, and stops before the first row that
 * is not of the plain form, or after `most` rows. Answers how many it put into the columns, of which the first begins at
 * `to` and each other one `stride` bytes behind the one before. `before` is the time of the row above the first one; a row
 * later than `latest` is not plain.
 *
 * It reads up to 64 bytes beyond `end`, whatever they are.
 */
export function parse(
  from: usize,
  end: usize,
  before: f64,
  latest: f64,
  to: usize,
  stride: usize,
  most: i32,
): i32 {
  const full = to + ((<usize>most) << 3);
  let row = from;
  let column = to;
  let unordered = 0;
  let previous = before;
  crlfRows = 0;
  zonelessRows = 0;
  while (row < end) {
    if (column >= full) break;
    let stamp = usualStamp;
    let time = sameHour(row);
    if (isNaN(time)) {
      stamp = readStamp(row);
      if (stamp == 0) break;
      time = stampTime;
      zonelessRows += zoneless;
    }
    if (time > latest) break;
    let next = quickFields(row + stamp, column + stride, stride);
    if (next == 0) {
      next = readFields(row + stamp, column + stride, stride);
      if (next == 0) break;
      crlfRows += crlf;
    }
    store<f64>(column, time);
    unordered += <i32>(time <= previous);
    previous = time;
    column += 8;
    row = next;
  }
  at = row;
  lastTime = previous;
  outOfOrder = unordered;
  return <i32>((column - to) >> 3);
}
