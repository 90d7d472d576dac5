import { noughts } from './digits';

/**
 * Two prices at once, each in eight bytes: a field of up to seven characters and the comma that ends it, last. Points and
 * digits are taken apart without a branch, as a price has now two decimals, now one.
 */

const pointBit = memory.data<u8>([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2], 16);
const pointsLessNought = memory.data<u8>(
  [30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
  16,
);
const butTheEnd = memory.data<u64>([0x00ffffffffffffff, 0x00ffffffffffffff], 16);
const ones = memory.data<u64>([1, 1], 16);

/** Of eight bytes those of a field of 0 to 7 characters and its end. */
const fieldBytes = memory.data<u64>([
  0xff00000000000000, 0xffff000000000000, 0xffffff0000000000, 0xffffffff00000000,
  0xffffffffff000000, 0xffffffffffff0000, 0xffffffffffffff00, 0xffffffffffffffff,
]);
/** A divisor for each bit position at which the point (or the end, at bit 56) may stand in eight bytes. */
const divisors = memory.data<f64>([1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1]);

/** Fields whose last seven characters and end begin at `a` and `b`; digits become their values, what is beside a field 0. */
// @ts-ignore: decorator
@inline
export function twoFields(a: usize, lengthA: usize, b: usize, lengthB: usize): v128 {
  const text = v128.load64_lane(b, v128.load64_zero(a), 1);
  const bytes = v128.load64_lane(lengthB << 3, v128.load64_zero(lengthA << 3, fieldBytes), 1, fieldBytes);
  return v128.and(v128.xor(text, v128.load(noughts)), bytes);
}

/** All bits of the bytes that are a point or a comma. */
// @ts-ignore: decorator
@inline
export function pointsAndCommas(fields: v128): v128 {
  return i8x16.eq(v128.or(fields, v128.load(pointBit)), v128.load(pointsLessNought));
}

/** The lowest bit of the first of them. */
// @ts-ignore: decorator
@inline
export function firstOf(found: v128): v128 {
  return v128.and(found, i64x2.neg(found));
}

/** The digits before the point moved up by one, over the point: ten times the number, or itself where there is no point. */
// @ts-ignore: decorator
@inline
export function withoutPoint(fields: v128, point: v128): v128 {
  const digits = v128.and(fields, v128.load(butTheEnd));
  const upToPoint = i64x2.sub(i64x2.shl(point, 8), v128.load(ones));
  return v128.bitselect(i64x2.shl(digits, 8), digits, upToPoint);
}

/** Two numbers that `withoutPoint` and `wholeNumbers` made, as prices. */
// @ts-ignore: decorator
@inline
export function divided(numbers: v128, point: v128): v128 {
  const divisor = v128.load64_lane(
    <usize>ctz(i64x2.extract_lane(point, 1)),
    v128.load64_zero(<usize>ctz(i64x2.extract_lane(point, 0)), divisors),
    1,
    divisors,
  );
  return f64x2.div(f64x2.convert_low_i32x4_s(numbers), divisor);
}
