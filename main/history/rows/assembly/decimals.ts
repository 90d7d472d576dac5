/** A divisor for each bit position at which the point (or the end, at bit 56) may stand in eight bytes. */
const divisors = memory.data<f64>([1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1]);
/** Of eight bytes, of which the last is the field's end, those of a field of 0 to 7 characters. */
const fieldBytes = memory.data<u64>([
  0, 0x00ff000000000000, 0x00ffff0000000000, 0x00ffffff00000000, 0x00ffffffff000000,
  0x00ffffffffff0000, 0x00ffffffffffff00, 0x00ffffffffffffff,
]);
const powers = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
]);

// Read from memory each time, which costs less than making them anew in each round of the loop.
const points = memory.data<u8>([46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46], 16);
const noughts = memory.data<u8>([48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48], 16);
const nines = memory.data<u8>([9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9], 16);
const fieldEnd = memory.data<u64>([0xff00000000000000, 0xff00000000000000], 16);
const ones = memory.data<u64>([1, 1], 16);
const lowBytes = memory.data<u16>([255, 255, 255, 255, 255, 255, 255, 255], 16);
const tens = memory.data<u16>([10, 10, 10, 10, 10, 10, 10, 10], 16);
const hundredAndOne = memory.data<u16>([100, 1, 100, 1, 100, 1, 100, 1], 16);
const tenThousands = memory.data<u32>([10000, 10000, 10000, 10000], 16);

/**
 * Two fields of up to seven characters each, which end before `endA` and `endB`, as numbers: NaN for what is no plain
 * decimal.
 *
 * Each field lies at the end of eight bytes, its end (a comma, say) last. The digits before the point move up by one, over
 * the point; so the number is ten times too large, as is its divisor. Without a point the end stands for it.
 */
// @ts-ignore: decorator
@inline
export function twoPrices(endA: usize, lengthA: usize, endB: usize, lengthB: usize): v128 {
  const text = v128.load64_lane(endB - 7, v128.load64_zero(endA - 7), 1);
  const field = v128.load64_lane(
    fieldBytes + (lengthB << 3),
    v128.load64_zero(fieldBytes + (lengthA << 3)),
    1,
  );
  const digits = v128.and(i8x16.sub(text, v128.load(noughts)), field);
  const pointsOrEnd = v128.or(
    v128.and(i8x16.eq(text, v128.load(points)), field),
    v128.load(fieldEnd),
  );
  // The lowest bit of the first of them, all bits below it, and all bits above its byte.
  const point = v128.and(pointsOrEnd, i64x2.neg(pointsOrEnd));
  const below = i64x2.sub(point, v128.load(ones));
  const above = i64x2.shl(i64x2.neg(point), 8);
  const beside = v128.or(below, above);
  const odd = v128.and(i8x16.gt_u(digits, v128.load(nines)), beside);
  const none = i64x2.eq(v128.and(field, beside), i64x2.splat(0));

  const eight = v128.or(i64x2.shl(v128.and(digits, below), 8), v128.and(digits, above));
  const pairs = i16x8.add(
    i16x8.mul(v128.and(eight, v128.load(lowBytes)), v128.load(tens)),
    i16x8.shr_u(eight, 8),
  );
  const fours = i32x4.dot_i16x8_s(pairs, v128.load(hundredAndOne));
  const numbers = i32x4.add(
    i32x4.mul(v128.shuffle<i32>(fours, fours, 0, 2, 0, 2), v128.load(tenThousands)),
    v128.shuffle<i32>(fours, fours, 1, 3, 1, 3),
  );
  const divisor = v128.load64_lane(
    divisors + <usize>ctz(i64x2.extract_lane(point, 1)),
    v128.load64_zero(divisors + <usize>ctz(i64x2.extract_lane(point, 0))),
    1,
  );
  // All bits set are a NaN.
  const wrong = v128.or(i64x2.ne(odd, i64x2.splat(0)), none);
  return v128.or(f64x2.div(f64x2.convert_low_i32x4_s(numbers), divisor), wrong);
}

/**
 * The characters from `from` to `end` as a number, NaN for what is no plain decimal. Up to fifteen digits and ten to the
 * fifteenth are exact, so that one division rounds correctly.
 */
export function decimal(from: usize, end: usize): f64 {
  let number: u64 = 0;
  let digits: usize = 0;
  let decimals: usize = 0;
  let point = false;
  for (let p = from; p < end; p++) {
    const character = <u32>load<u8>(p);
    if (character == 46 && !point) {
      point = true;
      decimals = end - p - 1;
      continue;
    }
    if (character - 48 > 9) return NaN;
    number = number * 10 + <u64>(character - 48);
    digits++;
  }
  if (digits - 1 > 14) return NaN;
  return <f64>number / load<f64>(powers + (decimals << 3));
}
