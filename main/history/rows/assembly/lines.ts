const newlines = memory.data<u8>([10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10], 16);
const newline: u32 = 0x0a;

/** How many lines of the text end from `from` up to `end`. */
export function countLines(from: usize, end: usize): i32 {
  let lines = 0;
  let p = from;
  for (; p + 16 <= end; p += 16) {
    lines += popcnt(i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(newlines))));
  }
  for (; p < end; p++) lines += <i32>(<u32>load<u8>(p) == newline);
  return lines;
}
