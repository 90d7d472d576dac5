/**
 * Parses whole rows `2025-05-28 14:00:00+00:00,1.5,2,1,1.75,300` straight into columns, from `state[0]` on and up to
 * `end`, and stops before the first row that is not of this plain form: the caller decides about that one.
 * Also plain: no zone (taken as UTC), CRLF. `state` is in and out: [next byte, next row, rows out of order, CRLF rows,
 * zone-less rows]. `columns` are time, open, high, low, close, volume.
 *
 * It must not use anything outside itself nor hold an inner function: its text is handed to worker threads, which
 * know no modules of ours whether the program runs from source, from a bundle or from an archive.
 */
export function parseRows(
  bytes: Uint8Array,
  end: number,
  columns: readonly Float64Array[],
  capacity: number,
  state: Float64Array,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const times = columns[0] as Float64Array;
  const highs = columns[2] as Float64Array;
  const lows = columns[3] as Float64Array;
  const powers = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ];
  // `+00:` and `:00,` as the little-endian numbers four bytes make.
  const zoneStart = 0x3a30302b;
  const zoneEnd = 0x2c30303a;
  let p = state[0] as number;
  let row = state[1] as number;
  let disorder = state[2] as number;
  let crlf = state[3] as number;
  let naive = state[4] as number;
  let previous = row > 0 ? (times[row - 1] as number) : Number.NEGATIVE_INFINITY;
  let year4 = 0;
  let month4 = 0;
  let day4 = 0;
  let monthMs = 0;
  let lastDay = 0;
  let dayMs = 0;
  rows: while (p + 30 <= end && row < capacity) {
    const start = p;
    // `2025`, `-05-` and `-28 `: the same as in the row before nearly always.
    const year = view.getInt32(p, true);
    const month = view.getInt32(p + 4, true);
    const day = view.getInt32(p + 7, true);
    if (year !== year4 || month !== month4) {
      let number = 0;
      for (let i = 0; i < 7; i++) {
        const digit = (bytes[p + i] as number) - 48;
        if (i !== 4 && digit >>> 0 > 9) break rows;
        if (i !== 4) number = number * 10 + digit;
      }
      const y = Math.floor(number / 100);
      const m = number % 100;
      if (bytes[p + 4] !== 45 || bytes[p + 7] !== 45 || y < 1900 || m < 1 || m > 12) break;
      monthMs = Date.UTC(y, m - 1, 1);
      lastDay = new Date(Date.UTC(y, m, 0)).getUTCDate();
      year4 = year;
      month4 = month;
      day4 = 0;
    }
    if (day !== day4) {
      const d1 = (bytes[p + 8] as number) - 48;
      const d2 = (bytes[p + 9] as number) - 48;
      const d = d1 * 10 + d2;
      if (d1 >>> 0 > 9 || d2 >>> 0 > 9 || d < 1 || d > lastDay || bytes[p + 10] !== 32) break;
      dayMs = monthMs + (d - 1) * 86400000;
      day4 = day;
    }
    if (bytes[p + 13] !== 58 || bytes[p + 16] !== 58) break;
    const h1 = (bytes[p + 11] as number) - 48;
    const h2 = (bytes[p + 12] as number) - 48;
    const i1 = (bytes[p + 14] as number) - 48;
    const i2 = (bytes[p + 15] as number) - 48;
    const s1 = (bytes[p + 17] as number) - 48;
    const s2 = (bytes[p + 18] as number) - 48;
    if (h1 >>> 0 > 2 || i1 >>> 0 > 5 || s1 >>> 0 > 5) break;
    if (h2 >>> 0 > 9 || i2 >>> 0 > 9 || s2 >>> 0 > 9) break;
    const hour = h1 * 10 + h2;
    if (hour > 23) break;
    const t = dayMs + (hour * 3600 + (i1 * 10 + i2) * 60 + s1 * 10 + s2) * 1000;
    let zoneless = 0;
    if (view.getInt32(p + 19, true) === zoneStart && view.getInt32(p + 22, true) === zoneEnd) {
      p += 26;
    } else if (bytes[p + 19] === 44) {
      p += 20;
      zoneless = 1;
    } else break;
    let c = 0;
    for (let field = 1; field < 6; field++) {
      // Nine digits fit a small integer, which is quicker than a floating-point number; more are rare.
      let whole = 0;
      let mantissa = 0;
      let digits = 0;
      let point = -1;
      for (; p < end; p++) {
        c = bytes[p] as number;
        const digit = c - 48;
        if (digit >>> 0 <= 9) {
          if (digits < 9) whole = (Math.imul(whole, 10) + digit) | 0;
          else mantissa = (digits === 9 ? whole : mantissa) * 10 + digit;
          digits++;
        } else if (c === 46 && point < 0) point = p;
        else break;
      }
      // Up to fifteen digits and ten to the fifteenth are exact, so one division rounds correctly.
      if (digits === 0 || digits > 15 || p === end) {
        p = start;
        break rows;
      }
      if (field < 5 ? c !== 44 : c !== 10 && c !== 13) {
        p = start;
        break rows;
      }
      const value = digits > 9 ? mantissa : whole;
      (columns[field] as Float64Array)[row] =
        point < 0 ? value : value / (powers[p - point - 1] as number);
      p++;
    }
    if (c === 13) {
      if (p >= end || bytes[p] !== 10) {
        p = start;
        break;
      }
      p++;
      crlf++;
    }
    if ((highs[row] as number) < (lows[row] as number)) {
      p = start;
      break;
    }
    naive += zoneless;
    if (t <= previous) disorder++;
    previous = t;
    times[row++] = t;
  }
  state[0] = p;
  state[1] = row;
  state[2] = disorder;
  state[3] = crlf;
  state[4] = naive;
}
