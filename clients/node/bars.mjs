import { addsUp, COLUMNS, History, settledSum, u64, View } from './history.mjs';
import { attach } from './shm-attach.mjs';
import { SharedMemoryError } from './shm-errors.mjs';

/** @type {Readonly<Record<string, number>>} */
export const timeframes = {
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '30m': 1800,
  '1h': 3600,
  '4h': 14_400,
  '1d': 86_400,
};

const MAGIC = 'GHBARS01';
const LAYOUT = 1;
const HEADER_BYTES = 4096;
const ENTRY_BYTES = 128;
const META_BYTES = 64;
const LIVE = 1;
const CLOSED = 2;
const LOST = 1;
const PROVISIONAL = 2;
const DEAD_AFTER_MS = 5000;
const SPINS = 50;
const PATIENCE_MS = 1500;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps without the event loop: these reads are synchronous, as a copy from memory should be. */
function pause(ms) {
  Atomics.wait(sleeper, 0, 0, ms);
}

/** Reads the columnar segment: bars of every ticker and timeframe, without parsing. */
export class Bars {
  #name;
  #options;
  #budgetMs;
  #verify;
  #attachment;
  /** Where an entry lies, by bar length and symbol. */
  #index = new Map();
  #list = [];
  #scanned = 0;
  #small = new Uint32Array(META_BYTES / 4);
  #smallBytes = new Uint8Array(this.#small.buffer);
  #again = new Uint32Array(2);
  #size = 0;
  #generation = 0;
  #identity = '';
  #dirOff = 0;
  #dirCapacity = 0;
  #slabOff = 0;
  /** How often a copy had to be taken again. */
  retries = 0;

  constructor(name = 'shm0-bars', options = {}) {
    this.#name = name;
    this.#options = options;
    this.#budgetMs = options.budgetMs ?? 250;
    this.#verify = options.verify ?? true;
    this.#attachPatiently();
  }

  /** All series, in the order they were first written. */
  list() {
    this.#current();
    this.#scan();
    return [...this.#list];
  }

  listTickers() {
    return [...new Set(this.list().map(({ symbol }) => symbol))];
  }

  /** All bars of a series, copied out and verified. `reuse` gives a History's memory back. */
  history(symbol, timeframe = '1d', { reuse } = {}) {
    return this.#stable(symbol, timeframe, undefined, reuse);
  }

  /** The daily bars in the shape the dictionary segment shows them. */
  getStock(symbol) {
    return this.history(symbol, '1d')
      .rows()
      .map((row) => ({
        Date: new Date(row.t).toISOString().slice(0, 10),
        Open: row.open,
        High: row.high,
        Low: row.low,
        Close: row.close,
        Volume: row.volume,
      }));
  }

  /**
   * What came or changed since an earlier History or tail. Keep the bars before `start` and append
   * these; the last bar of a series may change at any time, so it is always part of its tail.
   */
  tail(before) {
    return this.#stable(before.symbol, before.barSeconds, before, undefined);
  }

  /** Columns without a copy. Use them, then ask `holds()`; or let `compute` do both. */
  view(symbol, timeframe = '1d') {
    const turn = { spins: 0, deadline: 0 };
    for (;;) {
      const entry = this.#entry(symbol, timeframe);
      const attachment = this.#attachment;
      const memory = attachment.view();
      if (!memory) {
        throw new SharedMemoryError(
          'SHM_UNSUPPORTED',
          'views need koffi, Linux and plain Node: use history() instead',
        );
      }
      attachment.read(this.#smallBytes, entry.at, META_BYTES);
      if (this.#small[0] % 2 === 0) return this.#viewOf(attachment, memory, entry);
      this.#awaitWriter(turn, symbol);
    }
  }

  /** Calls `use(view)` until it ran over bars that did not change meanwhile. */
  compute(symbol, timeframe, use) {
    const turn = { spins: 0, deadline: 0 };
    for (;;) {
      const view = this.view(symbol, timeframe);
      const result = use(view);
      if (view.holds()) return result;
      this.#awaitWriter(turn, symbol);
    }
  }

  #viewOf(attachment, memory, entry) {
    const meta = this.#small;
    const dataOff = u64(meta, 6);
    const capacity = meta[8];
    const count = meta[9];
    const flags = meta[15];
    const fault = this.#faultOf(dataOff, capacity, count, flags);
    if (fault) throw new SharedMemoryError('SHM_DAMAGED', fault);
    const at = (column) => (count > 0 ? dataOff + column * capacity * 8 : 0);
    const columns = [new BigInt64Array(memory, at(0), count)];
    for (let i = 1; i < COLUMNS; i++) columns.push(new Float64Array(memory, at(i), count));
    const [low, high] = meta;
    const again = new Uint32Array(2);
    const holds = () => {
      attachment.fence();
      attachment.read(again, entry.at, 8);
      return again[0] === low && again[1] === high;
    };
    attachment.fence();
    const view = new View(entry, u64(meta, 0), count, columns, holds);
    view.provisional = (flags & PROVISIONAL) !== 0;
    return view;
  }

  /** The snapshot's global epoch; odd while a batch is being written. */
  get epoch() {
    this.#current();
    return this.#u64At(64);
  }

  get lastUpdateMs() {
    this.#current();
    return this.#u64At(72);
  }

  get generation() {
    return this.#generation;
  }

  writer() {
    this.#current();
    this.#attachment.read(this.#smallBytes, 64, META_BYTES);
    const words = this.#small;
    const state = ['live', 'closed', 'superseded'][words[5] - 1] ?? '?';
    return {
      pid: words[4],
      state,
      startedMs: u64(words, 6),
      heartbeatMs: u64(words, 8),
      alive: state === 'live' && this.#writerLives(),
    };
  }

  /** Resolves with the global epoch of the next batch after `since` (by default: after now). */
  async wait(since = this.epoch, { timeoutMs = Number.POSITIVE_INFINITY, intervalMs = 2 } = {}) {
    const identity = this.#identity;
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const now = this.epoch;
      if (now % 2 === 0 && (now > since || identity !== this.#identity)) return now;
      if (!this.#writerLives()) {
        throw new SharedMemoryError(
          'WRITER_DEAD',
          `the writer of ${this.#name} died; nothing will change`,
        );
      }
      if (performance.now() >= deadline) {
        throw new SharedMemoryError('WAIT_TIMEOUT', `no batch within ${timeoutMs} ms`);
      }
      await new Promise((done) => setTimeout(done, intervalMs));
    }
  }

  close() {
    this.#attachment?.close();
    this.#attachment = undefined;
  }

  /** A name that was removed is back within a second: that long is worth waiting. */
  #attachPatiently() {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        this.#attach();
        return;
      } catch (error) {
        if (error.code !== 'SHM_MISSING' || performance.now() >= deadline) throw error;
        pause(20);
      }
    }
  }

  #attach() {
    const attachment = attach(this.#name, this.#options);
    try {
      this.#adopt(attachment);
    } catch (error) {
      attachment.close();
      throw error;
    }
    this.#attachment?.close();
    this.#attachment = attachment;
  }

  #adopt(attachment) {
    const name = this.#name;
    const size = Math.min(attachment.size(), attachment.mapped);
    if (size === 0) {
      throw new SharedMemoryError('SHM_MISSING', `${name} is empty: it is being made`);
    }
    if (size < HEADER_BYTES) {
      throw new SharedMemoryError('SHM_FOREIGN', `${name} is too short to be a columnar segment`);
    }
    const head = Buffer.alloc(128);
    attachment.read(head, 0, head.length);
    const u32 = (at) => head.readUInt32LE(at);
    const big = (at) => Number(head.readBigUInt64LE(at));
    const magic = head.toString('latin1', 0, 8);
    if (magic === '\0'.repeat(8)) {
      throw new SharedMemoryError('SHM_MISSING', `${name} is still being made`);
    }
    if (magic !== MAGIC) {
      throw new SharedMemoryError('SHM_FOREIGN', `${name} does not begin with ${MAGIC}`);
    }
    const known =
      u32(8) === LAYOUT &&
      u32(12) === HEADER_BYTES &&
      u32(36) === ENTRY_BYTES &&
      u32(56) === COLUMNS;
    if (!known) {
      throw new SharedMemoryError(
        'SHM_VERSION',
        `${name} has layout ${u32(8)}; this reader knows ${LAYOUT}`,
      );
    }
    const segmentSize = big(16);
    if (segmentSize > size) {
      throw new SharedMemoryError(
        'SHM_SHRUNK',
        `${name} says ${segmentSize} bytes and has ${size}`,
      );
    }
    const dirOff = big(40);
    const slabOff = big(48);
    const dirEnd = dirOff + u32(32) * ENTRY_BYTES;
    if (dirOff < HEADER_BYTES || dirOff % 8 || dirEnd > slabOff || slabOff > segmentSize) {
      throw new SharedMemoryError('SHM_DAMAGED', `the directory of ${name} does not fit into it`);
    }
    this.#size = segmentSize;
    this.#generation = big(24);
    // Generations count within one life of the segment; a writer's start tells the lives apart.
    this.#identity = `${big(24)}@${big(88)}`;
    this.#dirOff = dirOff;
    this.#dirCapacity = u32(32);
    this.#slabOff = slabOff;
    this.#index = new Map();
    this.#list = [];
    this.#scanned = 0;
  }

  /** Makes sure of the segment before each use: its length, and that it has no successor. */
  #current() {
    if (!this.#attachment) throw new Error('the reader is closed');
    if (this.#attachment.size() < this.#size) this.#attachAfterCut();
    const state = this.#u32At(84);
    if (state !== LIVE) this.#follow(state);
  }

  #attachAfterCut() {
    try {
      this.#attach();
    } catch (error) {
      if (error.code !== 'SHM_MISSING') throw error;
      throw new SharedMemoryError('SHM_SHRUNK', `${this.#name} was cut`);
    }
  }

  #follow(state) {
    const closed = new SharedMemoryError('SHM_CLOSED', `the writer of ${this.#name} has stopped`);
    try {
      this.#attachPatiently();
    } catch (error) {
      throw error.code === 'SHM_MISSING' && state === CLOSED ? closed : error;
    }
    if (this.#u32At(84) === CLOSED) throw closed;
  }

  #scan() {
    const count = this.#u32At(104);
    if (count > this.#dirCapacity) {
      throw new SharedMemoryError(
        'SHM_DAMAGED',
        `${this.#name} counts more entries than it has room for`,
      );
    }
    const entry = Buffer.alloc(ENTRY_BYTES);
    for (let i = this.#scanned; i < count; i++) {
      const at = this.#dirOff + i * ENTRY_BYTES;
      this.#attachment.read(entry, at, ENTRY_BYTES);
      const end = entry.indexOf(0, 64);
      const symbol = entry.toString('utf8', 64, end >= 64 && end < 96 ? end : 96);
      const barSeconds = entry.readUInt32LE(56);
      const bySymbol = this.#index.get(barSeconds) ?? new Map();
      this.#index.set(barSeconds, bySymbol.set(symbol, { symbol, barSeconds, at }));
      this.#list.push({ symbol, barSeconds });
    }
    this.#scanned = Math.max(this.#scanned, count);
  }

  #entry(symbol, timeframe) {
    this.#current();
    const seconds = timeframes[timeframe] ?? timeframe;
    let entry = this.#index.get(seconds)?.get(symbol);
    if (!entry) {
      this.#scan();
      entry = this.#index.get(seconds)?.get(symbol);
    }
    if (entry) return entry;
    throw new SharedMemoryError(
      'UNKNOWN_SERIES',
      `${this.#name} has no bars of ${timeframe} for ${symbol}`,
    );
  }

  #stable(symbol, timeframe, before, reuse) {
    const turn = { spins: 0, deadline: 0 };
    let wrong = 0;
    for (;;) {
      const entry = this.#entry(symbol, timeframe);
      const attachment = this.#attachment;
      const words = this.#small;
      attachment.read(this.#smallBytes, entry.at, META_BYTES);
      if (words[0] % 2 === 0) {
        attachment.fence();
        const low = words[0];
        const high = words[1];
        const outcome = this.#take(entry, before, reuse);
        attachment.fence();
        attachment.read(this.#again, entry.at, 8);
        if (this.#again[0] === low && this.#again[1] === high) {
          if (!(outcome instanceof SharedMemoryError)) return outcome;
          // The writer did not touch the entry, so it is not the writer who made it wrong.
          wrong += 1;
          if (wrong >= 4) throw outcome;
        }
        this.retries += 1;
      }
      this.#awaitWriter(turn, symbol);
    }
  }

  #take(entry, before, reuse) {
    const meta = this.#small;
    const dataOff = u64(meta, 6);
    const capacity = meta[8];
    const count = meta[9];
    const fault = this.#faultOf(dataOff, capacity, count, meta[15]);
    if (fault) return new SharedMemoryError('SHM_DAMAGED', fault);
    const rewriteEpoch = u64(meta, 12);
    const kept = before ? this.#keptRows(before, rewriteEpoch, count) : undefined;
    const start = kept ?? 0;
    const rows = count - start;
    const copy = this.#copy(dataOff, capacity, start, rows, reuse);
    const settled = kept === undefined ? undefined : settledSum(before);
    if (this.#verify && !addsUp(copy, rows, settled, meta)) {
      return new SharedMemoryError('SHM_CHECKSUM', 'the bars do not add up to their checksum');
    }
    const taken = new History(entry, meta, copy, rows, this.#generation, this.#identity);
    taken.provisional = (meta[15] & PROVISIONAL) !== 0;
    if (before) {
      taken.start = start;
      taken.rewritten = kept === undefined;
    }
    return taken;
  }

  #faultOf(dataOff, capacity, count, flags) {
    if (count > capacity) return 'an entry counts more bars than it has room for';
    const outside = dataOff < this.#slabOff || dataOff + capacity * COLUMNS * 8 > this.#size;
    if (count > 0 && (dataOff % 8 !== 0 || outside)) {
      return 'the bars of an entry lie outside the segment';
    }
    if (count === 0 && flags & LOST) {
      return 'the bars of this entry were damaged and are being loaded again';
    }
    return undefined;
  }

  /** How many rows of an earlier copy are still good, the last of them excepted. */
  #keptRows(before, rewriteEpoch, count) {
    const whole = (before.start ?? 0) + before.count;
    const good =
      before.identity === this.#identity && rewriteEpoch <= before.epoch && count >= whole;
    return good ? Math.max(0, whole - 1) : undefined;
  }

  /** Whole series in one stretch, spare room between the columns included; tails by column. */
  #copy(dataOff, capacity, start, rows, reuse) {
    const stride = start === 0 ? capacity : rows;
    const bytes = rows === 0 ? 0 : start === 0 ? (5 * capacity + rows) * 8 : COLUMNS * rows * 8;
    const words =
      reuse && reuse.words.byteLength >= bytes ? reuse.words : Buffer.allocUnsafeSlow(bytes);
    if (start === 0) {
      if (bytes > 0) this.#attachment.read(words, dataOff, bytes);
    } else {
      for (let column = 0; column < COLUMNS; column++) {
        const target = words.subarray(column * rows * 8, (column + 1) * rows * 8);
        this.#attachment.read(target, dataOff + (column * capacity + start) * 8, rows * 8);
      }
    }
    return { words, stride: rows === 0 ? 0 : stride };
  }

  #awaitWriter(turn, symbol) {
    turn.spins += 1;
    if (turn.spins <= SPINS) return;
    const now = performance.now();
    if (turn.deadline === 0) turn.deadline = now + this.#budgetMs;
    if (!this.#writerLives()) {
      throw new SharedMemoryError('WRITER_DEAD', `the writer died while it was changing ${symbol}`);
    }
    if (now >= turn.deadline) {
      throw new SharedMemoryError(
        'WRITER_BUSY',
        `no stable copy of ${symbol} within ${this.#budgetMs} ms`,
      );
    }
    pause(turn.spins < 200 ? 0.05 : 1);
  }

  #writerLives() {
    if (this.#u64At(96) + DEAD_AFTER_MS < Date.now()) return false;
    if (this.#options.checkPid === false) return true;
    try {
      process.kill(this.#u32At(80), 0);
    } catch (error) {
      return error.code !== 'ESRCH';
    }
    return true;
  }

  #u32At(at) {
    this.#attachment.read(this.#again, at, 4);
    return this.#again[0];
  }

  #u64At(at) {
    this.#attachment.read(this.#again, at, 8);
    return u64(this.#again, 0);
  }
}
