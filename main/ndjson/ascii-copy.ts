/** Shorter text than this cannot be copied by `copyAscii`. */
export const shortestCopy = 16;

/**
 * Copies ASCII text from `from` to `to` of one piece of memory to `at` of another; answers where the
 * copy ends.
 *
 * It goes by eight bytes at a time, as if they were floating-point numbers: for an answer this takes
 * half of what a call of `Buffer.copy` costs. It is exact because no eight bytes of ASCII spell a
 * not-a-number, the only values whose bits may change on the way. The last sixteen bytes overlap
 * those before them, so that nothing outside the text is touched.
 */
export function copyAscii(
  target: DataView,
  at: number,
  source: DataView,
  from: number,
  to: number,
): number {
  const away = at - from;
  const last = to - shortestCopy;
  for (let next = from; next < last; next += 16) {
    target.setFloat64(next + away, source.getFloat64(next, true), true);
    target.setFloat64(next + away + 8, source.getFloat64(next + 8, true), true);
  }
  target.setFloat64(last + away, source.getFloat64(last, true), true);
  target.setFloat64(last + away + 8, source.getFloat64(last + 8, true), true);
  return to + away;
}
