const points = memory.data<u8>([46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46], 16);

/** A bit for each of the 48 bytes from `p` on that comes before the point, as commas and newlines do, or is beyond ASCII. */
// @ts-ignore: decorator
@inline
export function possibleEnds(p: usize): u64 {
  return endsIn(p) | (endsIn(p + 16) << 16) | (endsIn(p + 32) << 32);
}

/** The same of 64 bytes. */
// @ts-ignore: decorator
@inline
export function allPossibleEnds(p: usize): u64 {
  return possibleEnds(p) | (endsIn(p + 48) << 48);
}

// @ts-ignore: decorator
@inline
function endsIn(p: usize): u64 {
  return <u64>(<u32>i8x16.bitmask(i8x16.lt_s(v128.load(p), v128.load(points))));
}
