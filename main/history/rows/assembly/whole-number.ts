/** What `wholeNumber` answers for anything but digits. */
export const noNumber: u64 = u64.MAX_VALUE;

const noughts: u64 = 0x3030303030303030;

/** The field of 1 to 8 characters from `p` on. */
// @ts-ignore: decorator
@inline
export function wholeNumber(p: usize, length: usize): u64 {
  // The first digit is the lowest byte; noughts come before it.
  const digits = (load<u64>(p) ^ noughts) << (64 - (<u64>length << 3));
  if (((digits + 0x7676767676767676) | digits) & 0x8080808080808080) return noNumber;
  const pairs = (digits * 2561) >> 8;
  const fours = ((pairs & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((fours & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}
