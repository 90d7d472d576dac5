import type { Prepared } from './answer-buffer.ts';
import { shortestCopy } from './ascii-copy.ts';

const quote = 0x22;

/**
 * What all answers have in common, 16 characters or more each. The part of their own ends with the
 * ticker.
 */
export interface Frame {
  readonly before: string;
  readonly afterFresh: string;
  readonly afterStale: string;
}

/**
 * A block ends with the length of its text, and the last moment at which its quote is fresh. The text
 * stands right before, so that the name at its end is in the same line of the processor's cache.
 */
const tailBytes = 12;

/** Room for the usual quote. Where one is longer, all blocks grow. */
const usualBlock = 128;
const fewestSlots = 256;

/**
 * The rendered answers, found by the bytes of a ticker's name, without making a string of them.
 *
 * With many tickers none of this is in the processor's nearest caches, and every step to another
 * place is a wait for memory. So there is one such step: a slot is a single byte, so that thousands
 * of them stay near, and the block of the same number holds the rest of an answer, but for what all
 * have in common. The name is compared with the one inside the answer.
 */
export class AnswerTable implements Prepared {
  /** Where the answers lie; good until the next one is written. */
  texts: DataView;
  readonly beforeFrom = 0;
  readonly beforeTo: number;
  /** The answer that was found or written last. */
  from = 0;
  to = 0;
  afterFrom = 0;
  afterTo = 0;

  readonly #frame: Buffer;
  readonly #freshTo: number;
  /** Part of the hash of a name, or 0 where there is none. */
  #slots = new Uint8Array(fewestSlots);
  #blockBytes = usualBlock;
  #blocks: Blocks;
  /** By the number of a name. */
  readonly #hashOf: number[] = [];
  readonly #slotOf: number[] = [];

  constructor({ before, afterFresh, afterStale }: Frame) {
    for (const text of [before, afterFresh, afterStale]) refuseShort(text);
    this.#frame = Buffer.from(before + afterFresh + afterStale, 'latin1');
    this.beforeTo = before.length;
    this.#freshTo = before.length + afterFresh.length;
    this.#blocks = new Blocks(this.#frame, this.#slots.length * this.#blockBytes);
    this.texts = this.#blocks.view;
  }

  /** Makes a name known. Numbers are small, dense, and never change. */
  add(name: Uint8Array): number {
    const number = this.#hashOf.length;
    this.#hashOf.push(hashOf(name, 0, name.length));
    this.#slotOf.push(0);
    if (this.#hashOf.length * 4 > this.#slots.length * 3) this.#widen();
    else this.#insert(number);
    return number;
  }

  /** Finds the answer for the plain ASCII name that stands in `buffer`, as it is at `now`. */
  find(buffer: Uint8Array, start: number, end: number, now: number): boolean {
    const hash = hashOf(buffer, start, end);
    const wanted = tagOf(hash);
    const slots = this.#slots;
    const mask = slots.length - 1;
    const { bytes, numbers, moments, first } = this.#blocks;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const tag = slots[slot] as number;
      if (tag === 0) return false;
      if (tag !== wanted) continue;
      const to = first + (slot + 1) * this.#blockBytes - tailBytes;
      const length = numbers[to >> 2] as number;
      if (length === 0) continue;
      const name = to - 1 - (end - start);
      if (bytes[name - 1] !== quote) continue;
      let at = start;
      while (at < end && bytes[name + at - start] === buffer[at]) at++;
      if (at < end) continue;
      this.#point(to - length, to, now > (moments[(to + 4) >> 3] as number));
      return true;
    }
  }

  /** The part of its own of an answer, 16 characters at least, that is fresh up to `lastFresh`. */
  write(number: number, text: string, lastFresh: number, now: number): void {
    refuseShort(text);
    if (text.length + tailBytes > this.#blockBytes) this.#lengthen(text.length + tailBytes);
    const { bytes, numbers, moments } = this.#blocks;
    const to = this.#tailOf(number);
    const from = to - text.length;
    bytes.write(text, from, 'latin1');
    numbers[to >> 2] = text.length;
    moments[(to + 4) >> 3] = lastFresh;
    this.#point(from, to, now > lastFresh);
  }

  /** From now on there is no answer for this name. */
  forget(number: number): void {
    this.#blocks.numbers[this.#tailOf(number) >> 2] = 0;
  }

  #point(from: number, to: number, isStale: boolean): void {
    this.from = from;
    this.to = to;
    this.afterFrom = isStale ? this.#freshTo : this.beforeTo;
    this.afterTo = isStale ? this.#frame.length : this.#freshTo;
  }

  #tailOf(number: number): number {
    const block = this.#blocks.first + (this.#slotOf[number] as number) * this.#blockBytes;
    return block + this.#blockBytes - tailBytes;
  }

  #insert(number: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const hash = this.#hashOf[number] as number;
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = tagOf(hash);
    this.#slotOf[number] = slot;
  }

  #widen(): void {
    this.#slots = new Uint8Array(2 * this.#slots.length);
    for (let number = 0; number < this.#hashOf.length; number++) this.#insert(number);
    this.#empty();
  }

  #lengthen(needed: number): void {
    while (this.#blockBytes < needed) this.#blockBytes *= 2;
    this.#empty();
  }

  /** Drops all answers: each is written again when it is next asked for. */
  #empty(): void {
    this.#blocks = new Blocks(this.#frame, this.#slots.length * this.#blockBytes);
    this.texts = this.#blocks.view;
  }
}

/** One piece of memory, seen in four ways: the frame, and behind it the blocks. */
class Blocks {
  readonly first: number;
  readonly bytes: Buffer;
  readonly numbers: Int32Array;
  readonly moments: Float64Array;
  readonly view: DataView;

  constructor(frame: Buffer, length: number) {
    this.first = Math.ceil(frame.length / usualBlock) * usualBlock;
    const memory = new ArrayBuffer(this.first + length);
    this.bytes = Buffer.from(memory);
    this.numbers = new Int32Array(memory);
    this.moments = new Float64Array(memory);
    this.view = new DataView(memory);
    this.bytes.set(frame);
  }
}

function refuseShort(text: string): void {
  if (text.length < shortestCopy) throw new RangeError(`Too short to be copied: ${text}`);
}

function hashOf(buffer: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (buffer[i] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x7fffffff;
}

function tagOf(hash: number): number {
  return 0x80 | (hash >>> 24);
}
