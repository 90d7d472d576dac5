import { shortestCopy } from './ascii-copy.ts';

const quote = 0x22;

/** What stands behind the ticker in an answer. */
const afterTicker = { fresh: '","stale":false}}\n'.length, stale: '","stale":true}}\n'.length };

/** Answers lie in blocks that begin at multiples of this; block 0 is none. */
const blockBytes = 64;

/** A block begins with these: when the quote turns stale, the answer's length, and its room. */
const headBytes = 16;
const lengthAt = 2;
const roomAt = 3;

/** A slot holds the number of a block and, above it, part of the hash. */
const blockMask = 0x3f_ffff;
const hashMask = 0x7fff_ffff & ~blockMask;

/** A longer price fits in the same place. */
const roomToGrow = 16;

/**
 * The rendered answers, found by the bytes of a ticker's name, without making a string of them.
 *
 * With many tickers nothing of this is in the processor's nearest caches, and each step to another
 * place is a wait for memory. So there are only two: a slot of four bytes, of which thousands fit in a
 * near cache, and a block that holds all the rest, answer included. The name is compared with the
 * one inside the answer.
 */
export class AnswerTable {
  readonly #mostBlocks: number;
  #memory = new Memory(64 * 1024);
  /** The first block that nobody uses. */
  #free = 1;
  #slots = new Int32Array(256);
  #mask = 255;
  /** By the number of a name: its hash, its slot, and its block, which is 0 where it has none. */
  readonly #hashes: number[] = [];
  readonly #slotOf: number[] = [];
  readonly #blockOf: number[] = [];
  /** Where the answer that was found or written last lies in `texts`. */
  from = 0;
  to = 0;

  /** Beyond `mostBytes` of memory all answers are dropped, to be written again when asked for. */
  constructor(mostBytes = blockMask * blockBytes) {
    this.#mostBlocks = Math.min(mostBytes / blockBytes, blockMask);
  }

  /** Where the answers lie; good until the next one is written. */
  get texts(): DataView {
    return this.#memory.view;
  }

  /** Makes a name known. Numbers are small, dense, and never change. */
  add(name: Uint8Array): number {
    const number = this.#hashes.length;
    this.#hashes.push(hashOf(name, 0, name.length));
    this.#slotOf.push(0);
    this.#blockOf.push(0);
    if (this.#hashes.length * 2 > this.#slots.length) this.#widen();
    return number;
  }

  /** Finds the answer for the plain ASCII name that stands in `buffer`, where it holds at `now`. */
  find(buffer: Uint8Array, start: number, end: number, now: number): boolean {
    const hash = hashOf(buffer, start, end);
    const slots = this.#slots;
    const mask = this.#mask;
    const { bytes, numbers, turns } = this.#memory;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number;
      if (entry === 0) return false;
      if (((entry ^ hash) & hashMask) !== 0) continue;
      const block = (entry & blockMask) * blockBytes;
      const length = numbers[(block >> 2) + lengthAt] as number;
      if (length === 0) continue;
      const turn = turns[block >> 3] as number;
      const isStale = turn < 0;
      if (isStale !== now > Math.abs(turn)) continue;
      const from = block + headBytes;
      const to = from + length;
      const name = to - (isStale ? afterTicker.stale : afterTicker.fresh) - (end - start);
      if (bytes[name - 1] !== quote) continue;
      let at = start;
      while (at < end && bytes[name + at - start] === buffer[at]) at++;
      if (at < end) continue;
      this.from = from;
      this.to = to;
      return true;
    }
  }

  /** `turn` is when the quote turns stale, negative where the answer says that it has. */
  write(number: number, text: string, turn: number): void {
    const length = Math.max(text.length, shortestCopy);
    if (this.#roomOf(number) < length) this.#makeRoom(number, length);
    const block = (this.#blockOf[number] as number) * blockBytes;
    const { bytes, numbers, turns } = this.#memory;
    bytes.write(text, block + headBytes, 'latin1');
    numbers[(block >> 2) + lengthAt] = text.length;
    turns[block >> 3] = turn;
    this.from = block + headBytes;
    this.to = this.from + text.length;
  }

  /** From now on there is no answer for this name. */
  forget(number: number): void {
    const block = this.#blockOf[number] as number;
    this.#memory.numbers[((block * blockBytes) >> 2) + lengthAt] = 0;
  }

  #roomOf(number: number): number {
    const block = this.#blockOf[number] as number;
    return this.#memory.numbers[((block * blockBytes) >> 2) + roomAt] as number;
  }

  /** Places an answer at the end. What it leaves behind is small: prices seldom gain a digit. */
  #makeRoom(number: number, length: number): void {
    const blocks = Math.ceil((headBytes + length + roomToGrow) / blockBytes);
    if (this.#free + blocks > this.#mostBlocks) this.#dropAll();
    const block = this.#free;
    this.#free += blocks;
    this.#memory.reach(this.#free * blockBytes);
    this.#memory.numbers[((block * blockBytes) >> 2) + roomAt] = blocks * blockBytes - headBytes;
    const isNew = this.#blockOf[number] === 0;
    this.#blockOf[number] = block;
    if (isNew) this.#insert(number);
    else this.#point(number);
  }

  #dropAll(): void {
    this.#free = 1;
    this.#slots.fill(0);
    this.#blockOf.fill(0);
  }

  #widen(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#mask = this.#slots.length - 1;
    for (let number = 0; number < this.#blockOf.length; number++) {
      if (this.#blockOf[number] !== 0) this.#insert(number);
    }
  }

  #insert(number: number): void {
    let slot = (this.#hashes[number] as number) & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slotOf[number] = slot;
    this.#point(number);
  }

  #point(number: number): void {
    const slot = this.#slotOf[number] as number;
    const hash = this.#hashes[number] as number;
    this.#slots[slot] = (hash & hashMask) | (this.#blockOf[number] as number);
  }
}

/** One piece of memory, seen in four ways. Block 0 is all zeros, for those who have none. */
class Memory {
  bytes: Buffer;
  numbers: Int32Array;
  turns: Float64Array;
  view: DataView;

  constructor(bytes: number) {
    const memory = new ArrayBuffer(bytes);
    this.bytes = Buffer.from(memory);
    this.numbers = new Int32Array(memory);
    this.turns = new Float64Array(memory);
    this.view = new DataView(memory);
  }

  /** Grows until it has so many bytes. */
  reach(bytes: number): void {
    if (bytes <= this.bytes.length) return;
    const wider = new Memory(2 * bytes);
    wider.bytes.set(this.bytes);
    Object.assign(this, wider);
  }
}

function hashOf(buffer: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (buffer[i] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x7fffffff;
}
