/** After `readStamp`: the time in milliseconds, and 1 where no zone was named. */
export let time: f64 = 0;
export let zoneless: i32 = 0;

/** No six bytes are this, moved up by two. */
const unknownHour: u64 = u64.MAX_VALUE;

// Rows follow each other closely: nearly always all but the minutes are as in the row before.
let knownMonth: u64 = u64.MAX_VALUE;
let monthMs: f64 = 0;
let lastDay: u32 = 0;
let knownHour: u64 = unknownHour;
let hourMs: f64 = 0;

const dayMs: f64 = 86400000;
/** `:00+00:0` and `0,` as little-endian numbers: the rest of a stamp at a whole minute. */
const wholeMinute: u64 = 0x303a30302b30303a;
const stampEnd: u64 = 0x2c30;
/** `+00:00,`, the lowest byte free. */
const utc: u64 = 0x2c30303a30302b00;
const comma: u32 = 0x2c;

/** The length of a stamp with its comma. */
export const usualStamp: usize = 26;

/** The time of the stamp `2025-05-28 14:37:00+00:00,` at `p` if it is of the hour known, at a whole minute; else NaN. */
// @ts-ignore: decorator
@inline
export function sameHour(p: usize): f64 {
  const rest = load<u64>(p, 8);
  const minute = <u32>(rest >> 48) - 0x3030;
  const odd =
    (load<u64>(p) ^ knownMonth) |
    ((rest << 16) ^ knownHour) |
    (load<u64>(p, 16) ^ wholeMinute) |
    (<u64>load<u16>(p, 24) ^ stampEnd) |
    // Tens up to five in the lower byte, ones up to nine in the upper.
    <u64>((minute | (minute + 0x767a)) & 0x8080);
  if (odd != 0) return NaN;
  return hourMs + <f64>(((minute & 0xff) * 10 + (minute >> 8)) * 60000);
}

/** Reads `2025-05-28 14:00:00+00:00,`, or the same without a zone. Answers its length, 0 for anything else. */
export function readStamp(p: usize): usize {
  zoneless = 0;
  if (!readHour(p)) return 0;
  const minute = twoDigits(p + 14);
  const second = twoDigits(p + 17);
  if (minute > 59 || second > 59 || load<u8>(p, 16) != 0x3a) return 0;
  time = hourMs + <f64>(minute * 60000 + second * 1000);
  if ((load<u64>(p, 18) & ~0xff) == utc) return usualStamp;
  if (<u32>load<u8>(p, 19) != comma) return 0;
  zoneless = 1;
  return 20;
}

/** `2025-05-28 14:`. */
function readHour(p: usize): bool {
  if (load<u64>(p) != knownMonth && !readMonth(p)) return false;
  const day = twoDigits(p + 8);
  const hour = twoDigits(p + 11);
  if (day - 1 >= lastDay || hour > 23) return false;
  if (load<u8>(p, 10) != 0x20 || load<u8>(p, 13) != 0x3a) return false;
  hourMs = monthMs + <f64>(day - 1) * dayMs + <f64>(hour * 3600000);
  knownHour = load<u64>(p, 8) << 16;
  return true;
}

/** `2025-05-`. */
function readMonth(p: usize): bool {
  const year = twoDigits(p) * 100 + twoDigits(p + 2);
  const month = twoDigits(p + 5);
  if (year - 1900 >= 8100 || month - 1 >= 12) return false;
  if (load<u8>(p, 4) != 0x2d || load<u8>(p, 7) != 0x2d) return false;
  const first = daysBefore(year, month);
  lastDay = (month == 12 ? daysBefore(year + 1, 1) : daysBefore(year, month + 1)) - first;
  monthMs = (<f64>first - 719468) * dayMs;
  knownMonth = load<u64>(p);
  knownHour = unknownHour;
  return true;
}

/** More than any day, hour or year where one of them is no digit. */
function twoDigits(p: usize): u32 {
  const tens = <u32>load<u8>(p) - 48;
  const ones = <u32>load<u8>(p, 1) - 48;
  return tens > 9 || ones > 9 ? 100000 : tens * 10 + ones;
}

/** Days from 1 March of year 0 to the first of a month; years begin in March, so that the leap day is their last. */
function daysBefore(year: u32, month: u32): u32 {
  const y = month < 3 ? year - 1 : year;
  const m = month < 3 ? month + 9 : month - 3;
  return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5;
}
