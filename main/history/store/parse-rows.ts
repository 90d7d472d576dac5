/**
 * Parses whole rows `2025-05-28 14:00:00+00:00,1.5,2,1,1.75,300` straight into columns, from `state[0]` on and up to
 * `end`, which is behind a newline, and stops before the first row that is not of this plain form: the caller decides
 * about that one.
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
  // Where each day begins: beyond the 25th that is no small integer any more.
  const days = Float64Array.from({ length: 32 }, (_, day) => (day - 1) * 86400000);
  // `+00:` and `:00,` as the little-endian numbers four bytes make.
  const zoneStart = 0x3a30302b;
  const zoneEnd = 0x2c30303a;
  const wholeMinute = 0x2b30303a;
  // Of `187.25,` the end is `.25,`, in which only the cents may differ; the beginning is filled up to `0187`.
  const endMask = 0xff0000ff | 0;
  const centsEnd = 0x2c00002e;
  const allZeros = 0x30303030;
  const highMask = 0xf0f0f0f0 | 0;
  const sixes = 0x06060606;
  const zeros = [0, 0x00303030, 0x00003030, 0x00000030, 0];
  // How many digits the last price had before its point; 0 for more than four.
  let usual = 0;
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
  let hour4 = 0;
  let hourMs = 0;
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
      dayMs = monthMs + (days[d] as number);
      day4 = day;
    }
    // ` 14:` and `:00+` as well; of the rest only the minutes have to be looked at.
    const hour = view.getInt32(p + 10, true);
    if (hour !== hour4) {
      const h1 = (bytes[p + 11] as number) - 48;
      const h2 = (bytes[p + 12] as number) - 48;
      if (h1 >>> 0 > 2 || h2 >>> 0 > 9 || h1 * 10 + h2 > 23 || bytes[p + 13] !== 58) break;
      hourMs = (h1 * 10 + h2) * 3600000;
      hour4 = hour;
    }
    const i1 = (bytes[p + 14] as number) - 48;
    const i2 = (bytes[p + 15] as number) - 48;
    if (i1 >>> 0 > 5 || i2 >>> 0 > 9) break;
    let t = dayMs + hourMs + (i1 * 10 + i2) * 60000;
    let zoneless = 0;
    const zone =
      view.getInt32(p + 19, true) === zoneStart && view.getInt32(p + 22, true) === zoneEnd;
    if (zone && view.getInt32(p + 16, true) === wholeMinute) {
      p += 26;
    } else {
      const s1 = (bytes[p + 17] as number) - 48;
      const s2 = (bytes[p + 18] as number) - 48;
      if (bytes[p + 16] !== 58 || s1 >>> 0 > 5 || s2 >>> 0 > 9) break;
      t += (s1 * 10 + s2) * 1000;
      if (zone) p += 26;
      else if (bytes[p + 19] === 44) {
        p += 20;
        zoneless = 1;
      } else break;
    }
    let c = 0;
    for (let field = 1; field < 6; field++) {
      const from = p;
      // A price like the one before, with as many digits and two decimals: read as two words, not byte by byte.
      if (usual > 0 && field < 5 && p + 8 < end) {
        const tail = view.getInt32(p + usual, true);
        const cents = (tail >>> 8) & 0xffff;
        const filled = (view.getInt32(p, true) << (32 - 8 * usual)) | (zeros[usual] as number);
        if (
          (tail & endMask) === centsEnd &&
          (cents & 0xf0f0) === 0x3030 &&
          ((cents + 0x0606) & 0xf0f0) === 0x3030 &&
          (filled & highMask) === allZeros &&
          ((filled + sixes) & highMask) === allZeros
        ) {
          const pairs = (Math.imul(filled & 0x0f0f0f0f, 2561) >>> 8) & 0x00ff00ff;
          const whole = Math.imul(pairs, 6553601) >>> 16;
          const hundredths = whole * 100 + (cents & 15) * 10 + (cents >>> 8) - 48;
          (columns[field] as Float64Array)[row] = hundredths / 100;
          p += usual + 4;
          continue;
        }
      }
      let number = 0;
      c = bytes[p] as number;
      while (c >= 48 && c <= 57) {
        number = (Math.imul(number, 10) + c - 48) | 0;
        c = bytes[++p] as number;
      }
      let digits = p - from;
      if (field < 5) usual = digits < 5 ? digits : 0;
      let decimals = 0;
      if (c === 46) {
        const point = p;
        c = bytes[++p] as number;
        while (c >= 48 && c <= 57) {
          number = (Math.imul(number, 10) + c - 48) | 0;
          c = bytes[++p] as number;
        }
        decimals = p - point - 1;
        digits += decimals;
      }
      // Nine digits fit a small integer, which is quicker than a floating-point number; more are rare.
      if (digits > 9 && digits <= 15) {
        number = 0;
        for (let i = from; i < p; i++) {
          if (bytes[i] !== 46) number = number * 10 + (bytes[i] as number) - 48;
        }
      }
      // Up to fifteen digits and ten to the fifteenth are exact, so one division rounds correctly.
      if (digits === 0 || digits > 15 || (field < 5 ? c !== 44 : c !== 10 && c !== 13)) {
        p = start;
        break rows;
      }
      (columns[field] as Float64Array)[row] =
        decimals === 0 ? number : number / (powers[decimals] as number);
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
