import { beyondDigits, wholeNumbers } from './digits';
import { possibleEnds } from './ends';
import { divided, firstOf, pointsAndCommas, twoFields, withoutPoint } from './two-fields';
import { noNumber, wholeNumber } from './whole-number';

const newline: u32 = 0x0a;
/** `.0` as a little-endian number. */
const pointNought: u32 = 0x302e;

/**
 * The same as `readFields`, of rows as nearly all are: prices above nothing of up to seven characters, a whole volume
 * of up to eight digits, perhaps with a `.0`, no carriage return. Answers 0 for all others.
 */
// @ts-ignore: decorator
@inline
export function quickFields(p: usize, to: usize, stride: usize): usize {
  let ends = possibleEnds(p);
  const openEnd = <usize>ctz(ends);
  ends &= ends - 1;
  const highEnd = <usize>ctz(ends);
  ends &= ends - 1;
  const lowEnd = <usize>ctz(ends);
  ends &= ends - 1;
  const closeEnd = <usize>ctz(ends);
  ends &= ends - 1;
  const volumeEnd = <usize>ctz(ends);

  const highLength = highEnd - openEnd - 1;
  const lowLength = lowEnd - highEnd - 1;
  const closeLength = closeEnd - lowEnd - 1;
  const fraction: usize = <u32>load<u16>(p + volumeEnd - 2) == pointNought ? 2 : 0;
  const volumeLength = volumeEnd - closeEnd - 1 - fraction;
  if ((openEnd | highLength | lowLength | closeLength) > 7 || volumeLength - 1 > 7) return 0;
  if (<u32>load<u8>(p + volumeEnd) != newline) return 0;

  const seven = p - 7;
  const openHigh = twoFields(seven + openEnd, openEnd, seven + highEnd, highLength);
  const lowClose = twoFields(seven + lowEnd, lowLength, seven + closeEnd, closeLength);
  const openHighEnds = pointsAndCommas(openHigh);
  const lowCloseEnds = pointsAndCommas(lowClose);
  if (i64x2.bitmask(v128.and(openHighEnds, lowCloseEnds)) != 3) return 0;
  const openHighPoint = firstOf(openHighEnds);
  const lowClosePoint = firstOf(lowCloseEnds);
  const openHighDigits = withoutPoint(openHigh, openHighPoint);
  const lowCloseDigits = withoutPoint(lowClose, lowClosePoint);
  const openHighNumbers = wholeNumbers(openHighDigits);
  const lowCloseNumbers = wholeNumbers(lowCloseDigits);
  const volume = wholeNumber(p + closeEnd + 1, volumeLength);
  const odd = v128.or(beyondDigits(openHighDigits), beyondDigits(lowCloseDigits));
  const least = i32x4.min_u(openHighNumbers, lowCloseNumbers);
  if (v128.any_true(odd) || !i32x4.all_true(least) || volume == noNumber) return 0;

  const openAndHigh = divided(openHighNumbers, openHighPoint);
  const lowAndClose = divided(lowCloseNumbers, lowClosePoint);
  const high = f64x2.extract_lane(openAndHigh, 1);
  const low = f64x2.extract_lane(lowAndClose, 0);
  if (high < low) return 0;
  store<f64>(to, f64x2.extract_lane(openAndHigh, 0));
  store<f64>(to + stride, high);
  store<f64>(to + 2 * stride, low);
  store<f64>(to + 3 * stride, f64x2.extract_lane(lowAndClose, 1));
  store<f64>(to + 4 * stride, <f64>volume);
  return p + volumeEnd + 1;
}
