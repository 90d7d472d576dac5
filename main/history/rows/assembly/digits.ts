/** Digits in bytes as their values, sixteen at once, the first digit of a number in its lowest byte. */

// Tables are read from memory each time, which costs less than making them anew in each round of a loop.
export const noughts = memory.data<u8>(
  [48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48],
  16,
);
const nines = memory.data<u8>([9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9], 16);
const tenAndOne = memory.data<u16>([2561, 2561, 2561, 2561, 2561, 2561, 2561, 2561], 16);
const hundredAndOne = memory.data<u16>([100, 1, 100, 1, 100, 1, 100, 1], 16);
const tenThousandAndOne = memory.data<u16>([10000, 1, 10000, 1, 10000, 1, 10000, 1], 16);

/** Bits in whatever is no digit. */
// @ts-ignore: decorator
@inline
export function beyondDigits(digits: v128): v128 {
  return i8x16.sub_sat_u(digits, v128.load(nines));
}

/** Two times eight digits as two numbers, in the lower half and once more in the upper. */
// @ts-ignore: decorator
@inline
export function wholeNumbers(digits: v128): v128 {
  const pairs = i16x8.shr_u(i16x8.mul(digits, v128.load(tenAndOne)), 8);
  const fours = i32x4.dot_i16x8_s(pairs, v128.load(hundredAndOne));
  return i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), v128.load(tenThousandAndOne));
}
