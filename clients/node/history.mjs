export const COLUMNS = 6;
const TWO32 = 4_294_967_296;

/**
 * A verified private copy of one series. Columns are made when they are first asked for: six views
 * cost as much as a quarter of the copy.
 */
export class History {
  #columns = new Array(COLUMNS);

  constructor(entry, meta, copy, count, generation, identity) {
    this.symbol = entry.symbol;
    this.barSeconds = entry.barSeconds;
    this.count = count;
    this.epoch = u64(meta, 0);
    this.rewriteEpoch = u64(meta, 12);
    this.lastUpdateMs = u64(meta, 2);
    /** The last bar of the series is being made of ticks, in a session that has not closed. */
    this.provisional = false;
    this.generation = generation;
    this.identity = identity;
    /** Of the whole series, this copy's part and what came before it. */
    this.sumLow = meta[10];
    this.sumHigh = meta[11];
    /** The memory behind the columns, for `reuse`. */
    this.words = copy.words;
    this.stride = copy.stride;
  }

  get t() {
    this.#columns[0] ??= new BigInt64Array(this.words.buffer, this.words.byteOffset, this.count);
    return this.#columns[0];
  }

  get open() {
    return this.#column(1);
  }

  get high() {
    return this.#column(2);
  }

  get low() {
    return this.#column(3);
  }

  get close() {
    return this.#column(4);
  }

  get volume() {
    return this.#column(5);
  }

  #column(index) {
    const { buffer, byteOffset } = this.words;
    const at = byteOffset + index * this.stride * 8;
    this.#columns[index] ??= new Float64Array(buffer, at, this.count);
    return this.#columns[index];
  }

  rows() {
    const { t, open, high, low, close, volume } = this;
    const rows = new Array(this.count);
    for (let i = 0; i < this.count; i++) {
      rows[i] = {
        t: Number(t[i]),
        open: open[i],
        high: high[i],
        low: low[i],
        close: close[i],
        volume: volume[i],
      };
    }
    return rows;
  }
}

/** Columns in the segment itself, good only as long as `holds()` says so. */
export class View {
  constructor(entry, epoch, count, columns, holds) {
    this.symbol = entry.symbol;
    this.barSeconds = entry.barSeconds;
    this.epoch = epoch;
    this.count = count;
    /** As a History's. */
    this.provisional = false;
    [this.t, this.open, this.high, this.low, this.close, this.volume] = columns;
    /** False once the writer has touched the series: what was computed is void. */
    this.holds = holds;
  }
}

export function u64(words, index) {
  return words[index + 1] * TWO32 + words[index];
}

/** The sum of all words modulo 2^64, in four chains: one chain waits for every addition. */
function sumOf(words, from, count) {
  let low0 = 0;
  let low1 = 0;
  let high0 = 0;
  let high1 = 0;
  const end = from + count * 2;
  let at = from;
  for (; at + 3 < end; at += 4) {
    low0 += words[at];
    high0 += words[at + 1];
    low1 += words[at + 2];
    high1 += words[at + 3];
  }
  if (at < end) {
    low0 += words[at];
    high0 += words[at + 1];
  }
  return { low: low0 + low1, high: high0 + high1 };
}

export function addsUp(copy, rows, settled, meta) {
  const words = new Uint32Array(copy.words.buffer, copy.words.byteOffset);
  let low = settled?.low ?? 0;
  let high = settled?.high ?? 0;
  for (let column = 0; column < COLUMNS; column++) {
    const part = sumOf(words, column * copy.stride * 2, rows);
    low += part.low;
    high += part.high;
  }
  high += Math.floor(low / TWO32);
  return low % TWO32 === meta[10] && high % TWO32 === meta[11];
}

/** The sum of all bars but the last, which may have changed since: what a tail is added to. */
export function settledSum(before) {
  const words = new Uint32Array(before.words.buffer, before.words.byteOffset);
  let low = before.sumLow;
  let high = before.sumHigh;
  for (let column = 0; column < COLUMNS && before.count > 0; column++) {
    const at = (column * before.stride + before.count - 1) * 2;
    low -= words[at];
    high -= words[at + 1];
  }
  const borrow = Math.floor(low / TWO32);
  high += borrow;
  return { low: low - borrow * TWO32, high: high - Math.floor(high / TWO32) * TWO32 };
}
