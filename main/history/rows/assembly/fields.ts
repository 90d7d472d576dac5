import { decimal } from './decimal';
import { allPossibleEnds } from './ends';

/** After `readFields`: 1 where a carriage return came before the newline. */
export let crlf: i32 = 0;

const comma: u32 = 0x2c;
const newline: u32 = 0x0a;
const carriageReturn: u32 = 0x0d;

/**
 * The five numbers of any plain row, from `p` up to its newline, put into five columns, the first at `to`. Answers where
 * the next row begins, 0 where something is no plain number or the row is very long.
 */
export function readFields(p: usize, to: usize, stride: usize): usize {
  let ends = allPossibleEnds(p);
  let from = p;
  for (let nth: usize = 0; nth < 4; nth++) {
    const end = p + <usize>ctz(ends);
    if (<u32>load<u8>(end) != comma) return 0;
    store<f64>(to + nth * stride, decimal(end, end - from));
    ends &= ends - 1;
    from = end + 1;
  }
  const end = p + <usize>ctz(ends);
  store<f64>(to + 4 * stride, decimal(end, end - from));
  crlf = <i32>(<u32>load<u8>(end) == carriageReturn);
  const last = end + crlf;
  if (<u32>load<u8>(last) != newline) return 0;

  const high = load<f64>(to + stride);
  const low = load<f64>(to + 2 * stride);
  const others = load<f64>(to) + load<f64>(to + 3 * stride) + load<f64>(to + 4 * stride);
  return high >= low && !isNaN(others) ? last + 1 : 0;
}
