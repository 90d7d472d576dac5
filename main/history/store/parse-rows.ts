/**
 * Parses whole rows `2025-05-28 14:00:00+00:00,1.5,2,1,1.75,300` straight into columns, from `offset` on and up to
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
  const times = columns[0] as Float64Array;
  const highs = columns[2] as Float64Array;
  const lows = columns[3] as Float64Array;
  const powers = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ];
  let p = state[0] as number;
  let row = state[1] as number;
  let disorder = state[2] as number;
  let crlf = state[3] as number;
  let naive = state[4] as number;
  let previous = row > 0 ? (times[row - 1] as number) : Number.NEGATIVE_INFINITY;
  let cachedDate = -1;
  let dayMs = 0;
  rows: while (p + 30 <= end && row < capacity) {
    const start = p;
    if (bytes[p + 4] !== 45 || bytes[p + 7] !== 45 || bytes[p + 10] !== 32) break;
    if (bytes[p + 13] !== 58 || bytes[p + 16] !== 58) break;
    // Below '0' the union turns negative, above '9' adding six reaches sixteen: two tests do for fourteen characters.
    const y1 = (bytes[p] as number) - 48;
    const y2 = (bytes[p + 1] as number) - 48;
    const y3 = (bytes[p + 2] as number) - 48;
    const y4 = (bytes[p + 3] as number) - 48;
    const m1 = (bytes[p + 5] as number) - 48;
    const m2 = (bytes[p + 6] as number) - 48;
    const d1 = (bytes[p + 8] as number) - 48;
    const d2 = (bytes[p + 9] as number) - 48;
    const h1 = (bytes[p + 11] as number) - 48;
    const h2 = (bytes[p + 12] as number) - 48;
    const i1 = (bytes[p + 14] as number) - 48;
    const i2 = (bytes[p + 15] as number) - 48;
    const s1 = (bytes[p + 17] as number) - 48;
    const s2 = (bytes[p + 18] as number) - 48;
    if ((y1 | y2 | y3 | y4 | m1 | m2 | d1 | d2 | h1 | h2 | i1 | i2 | s1 | s2) >>> 0 > 15) break;
    if (
      ((y1 + 6) | (y2 + 6) | (y3 + 6) | (y4 + 6) | (m1 + 6) | (m2 + 6) | (d1 + 6)) & 16 ||
      ((d2 + 6) | (h1 + 6) | (h2 + 6) | (i1 + 6) | (i2 + 6) | (s1 + 6) | (s2 + 6)) & 16
    ) {
      break;
    }
    const date =
      (((y1 * 10 + y2) * 10 + y3) * 10 + y4) * 10000 + (m1 * 10 + m2) * 100 + d1 * 10 + d2;
    if (date !== cachedDate) {
      const y = (date / 10000) | 0;
      const m = ((date / 100) | 0) % 100;
      const d = date % 100;
      dayMs = Date.UTC(y, m - 1, d);
      const back = new Date(dayMs);
      if (y < 1900 || back.getUTCMonth() !== m - 1 || back.getUTCDate() !== d) break;
      cachedDate = date;
    }
    const hour = h1 * 10 + h2;
    const minute = i1 * 10 + i2;
    const second = s1 * 10 + s2;
    if (hour > 23 || minute > 59 || second > 59) break;
    const t = dayMs + hour * 3600000 + minute * 60000 + second * 1000;
    let zoneless = 0;
    if (bytes[p + 19] === 44) {
      p += 20;
      zoneless = 1;
    } else if (
      bytes[p + 19] === 43 &&
      bytes[p + 20] === 48 &&
      bytes[p + 21] === 48 &&
      bytes[p + 22] === 58 &&
      bytes[p + 23] === 48 &&
      bytes[p + 24] === 48 &&
      bytes[p + 25] === 44
    ) {
      p += 26;
    } else break;
    let c = 0;
    for (let field = 1; field < 6; field++) {
      let mantissa = 0;
      let digits = 0;
      const first = p;
      let point = -1;
      for (; p < end; p++) {
        c = bytes[p] as number;
        const digit = c - 48;
        if (digit >= 0 && digit <= 9) {
          mantissa = mantissa * 10 + digit;
          digits++;
        } else if (c === 46 && point < 0) point = p;
        else break;
      }
      // Up to fifteen digits and ten to the fifteenth are exact, so one division rounds correctly.
      if (digits === 0 || digits > 15 || p === end || p === first) {
        p = start;
        break rows;
      }
      if (field < 5 ? c !== 44 : c !== 10 && c !== 13) {
        p = start;
        break rows;
      }
      (columns[field] as Float64Array)[row] =
        point < 0 ? mantissa : mantissa / (powers[p - point - 1] as number);
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
