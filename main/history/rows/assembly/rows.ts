import { decimal, twoPrices } from './decimals';
import { columnBytes, columnsAt, textAt } from './layout';
import { readStamp, time, zoneless } from './stamp';

export { columnRows, columnsAt, textAt, textBytes } from './layout';

/** After `parse`: where it stopped, and what it saw on its way. */
export let at: i32 = 0;
export let outOfOrder: i32 = 0;
export let crlfRows: i32 = 0;
export let zonelessRows: i32 = 0;

const newline: u32 = 0x0a;
const carriageReturn: u32 = 0x0d;

/**
 * Parses whole rows from byte `from` of the text on, up to byte `end`, which is behind a newline, and stops before the
 * first row that is not of the plain form. Answers how many rows the columns now hold. `before` is the time of the row
 * above the first one.
 */
export function parse(from: i32, end: i32, before: f64): i32 {
  const last = textAt + <usize>end;
  let row = textAt + <usize>from;
  let column = columnsAt;
  let previous = before;
  outOfOrder = 0;
  crlfRows = 0;
  zonelessRows = 0;
  while (row < last) {
    const stamp = readStamp(row);
    if (stamp == 0) break;
    const open = row + stamp;

    // Where the five numbers end: the four commas and the newline within the next 64 bytes.
    let ends = fieldEnds(open);
    if (popcnt(ends) < 5) break;
    const openEnd = open + <usize>ctz(ends);
    ends &= ends - 1;
    const highEnd = open + <usize>ctz(ends);
    ends &= ends - 1;
    const lowEnd = open + <usize>ctz(ends);
    ends &= ends - 1;
    const closeEnd = open + <usize>ctz(ends);
    ends &= ends - 1;
    const rowEnd = open + <usize>ctz(ends);
    if (<u32>load<u8>(rowEnd) != newline || !fourCommas(openEnd, highEnd, lowEnd, closeEnd)) break;
    const crlf = <usize>(<u32>load<u8>(rowEnd - 1) == carriageReturn);
    const volumeEnd = rowEnd - crlf;

    const openLength = openEnd - open;
    const highLength = highEnd - openEnd - 1;
    const lowLength = lowEnd - highEnd - 1;
    const closeLength = closeEnd - lowEnd - 1;
    const volumeLength = volumeEnd - closeEnd - 1;
    let openHigh: v128;
    let lowClose: v128;
    if ((openLength | highLength | lowLength | closeLength) < 8) {
      openHigh = twoPrices(openEnd, openLength, highEnd, highLength);
      lowClose = twoPrices(lowEnd, lowLength, closeEnd, closeLength);
    } else {
      openHigh = pair(decimal(open, openEnd), decimal(openEnd + 1, highEnd));
      lowClose = pair(decimal(highEnd + 1, lowEnd), decimal(lowEnd + 1, closeEnd));
    }
    const volume =
      volumeLength < 8
        ? f64x2.extract_lane(twoPrices(volumeEnd, volumeLength, volumeEnd, volumeLength), 0)
        : decimal(closeEnd + 1, volumeEnd);
    const openPrice = f64x2.extract_lane(openHigh, 0);
    const high = f64x2.extract_lane(openHigh, 1);
    const low = f64x2.extract_lane(lowClose, 0);
    const close = f64x2.extract_lane(lowClose, 1);
    // What is no plain number is NaN by now.
    if (!(high >= low) || isNaN(openPrice + close + volume)) break;

    store<f64>(column, time);
    store<f64>(column + columnBytes, openPrice);
    store<f64>(column + 2 * columnBytes, high);
    store<f64>(column + 3 * columnBytes, low);
    store<f64>(column + 4 * columnBytes, close);
    store<f64>(column + 5 * columnBytes, volume);
    outOfOrder += <i32>(time <= previous);
    crlfRows += <i32>crlf;
    zonelessRows += zoneless;
    previous = time;
    column += 8;
    row = rowEnd + 1;
  }
  at = <i32>(row - textAt);
  return <i32>((column - columnsAt) >> 3);
}

// @ts-ignore: decorator
@inline
function pair(a: f64, b: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(a), 1, b);
}

const commas = memory.data<u8>([44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44], 16);
const newlines = memory.data<u8>([10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10], 16);

/** Of commas and newlines, which all four are, only four commas have this sum. */
// @ts-ignore: decorator
@inline
function fourCommas(a: usize, b: usize, c: usize, d: usize): bool {
  return <u32>load<u8>(a) + load<u8>(b) + load<u8>(c) + load<u8>(d) == 4 * 44;
}

/** A bit for each of the 64 bytes from `p` on that is a comma or a newline. */
// @ts-ignore: decorator
@inline
function fieldEnds(p: usize): u64 {
  return endsIn(p) | (endsIn(p + 16) << 16) | (endsIn(p + 32) << 32) | (endsIn(p + 48) << 48);
}

// @ts-ignore: decorator
@inline
function endsIn(p: usize): u64 {
  const text = v128.load(p);
  const found = v128.or(i8x16.eq(text, v128.load(commas)), i8x16.eq(text, v128.load(newlines)));
  return <u64>(<u32>i8x16.bitmask(found));
}
