import { beyondDigits, noughts, wholeNumbers } from './digits';

const pointsLessNought = memory.data<u8>(
  [30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
  16,
);
/** Of the sixteen bytes from n on all but the last n have their bits set, of those from 16 + n on the last n. */
const sliding = memory.data<u64>([u64.MAX_VALUE, u64.MAX_VALUE, 0, 0, u64.MAX_VALUE, u64.MAX_VALUE], 16);
const powers = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
]);

/**
 * The up to sixteen characters before `end` as a number, NaN for what is no plain decimal. Fifteen digits and ten to the
 * fifteenth are exact, so that one division rounds correctly; sixteen leave no place for a point.
 */
export function decimal(end: usize, length: usize): f64 {
  if (length - 1 > 15) return NaN;
  const field = v128.load(sliding + 16 + length);
  const text = v128.and(v128.xor(v128.load(end - 16), v128.load(noughts)), field);
  const points = i8x16.bitmask(i8x16.eq(text, v128.load(pointsLessNought)));
  let digits = text;
  let decimals: usize = 0;
  if (points != 0) {
    if (length == 1) return NaN;
    decimals = 15 - <usize>ctz(points);
    // Those before the point move up by one, over it.
    const moved = i8x16.shuffle(i8x16.splat(0), text, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    digits = v128.bitselect(moved, text, v128.load(sliding + decimals));
  }
  if (v128.any_true(beyondDigits(digits))) return NaN;
  const halves = wholeNumbers(digits);
  const number = <u64>i64x2.extract_lane(halves, 0);
  const whole = (number & 0xffffffff) * 100000000 + (number >> 32);
  return <f64>whole / load<f64>(powers + (decimals << 3));
}
