import { copyAscii } from './ascii-copy.ts';

const slabBytes = 64 * 1024;

const head = Buffer.from('{"v":1,"id":');
const headLength = 12;

/** The rest of an answer: ASCII text that lies in three pieces in memory of somebody else's. */
export interface Prepared {
  readonly texts: DataView;
  readonly beforeFrom: number;
  readonly beforeTo: number;
  readonly from: number;
  readonly to: number;
  readonly afterFrom: number;
  readonly afterTo: number;
}

/**
 * Collects the answers of one chunk of input into one piece of memory, so that they leave in one
 * write. Memory handed out by `take` is never written again: the socket may still be sending it.
 */
export class AnswerBuffer {
  #slab: Buffer = Buffer.allocUnsafeSlow(slabBytes);
  #view = viewOf(this.#slab);
  #start = 0;
  #lastTaken = 0;
  #at = 0;

  /** Bytes collected since the last `take`. */
  get length(): number {
    return this.#at - this.#start;
  }

  bytes(source: Uint8Array): void {
    this.#reserve(source.length);
    this.#slab.set(source, this.#at);
    this.#at += source.length;
  }

  /** The answer to the request whose id stands there in `request`; the rest lies prepared. */
  answer(request: Uint8Array, idStart: number, idEnd: number, rest: Prepared): void {
    const { texts, beforeFrom, beforeTo, from, to, afterFrom, afterTo } = rest;
    const prepared = beforeTo - beforeFrom + to - from + afterTo - afterFrom;
    this.#reserve(headLength + idEnd - idStart + prepared);
    const slab = this.#slab;
    let at = this.#at;
    // For a few bytes a loop is faster than any call.
    for (let i = 0; i < headLength; i++) slab[at++] = head[i] as number;
    for (let i = idStart; i < idEnd; i++) slab[at++] = request[i] as number;
    const view = this.#view;
    at = copyAscii(view, at, texts, beforeFrom, beforeTo);
    at = copyAscii(view, at, texts, from, to);
    this.#at = copyAscii(view, at, texts, afterFrom, afterTo);
  }

  ascii(text: string): void {
    this.#reserve(text.length);
    this.#at += this.#slab.write(text, this.#at, 'latin1');
  }

  /** What has been collected from `offset` on, for the log. */
  textFrom(offset: number): string {
    return this.#slab.toString('latin1', this.#start + offset, this.#at);
  }

  take(): Buffer {
    const taken = this.#slab.subarray(this.#start, this.#at);
    this.#lastTaken = this.#start;
    this.#start = this.#at;
    return taken;
  }

  /** What was taken last has been sent for good: its memory, and only its, may be written again. */
  giveBack(): void {
    if (this.#at !== this.#start) return;
    this.#start = this.#lastTaken;
    this.#at = this.#lastTaken;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#slab.length) return;
    const collected = this.length;
    const wider = Buffer.allocUnsafeSlow(Math.max(slabBytes, 2 * (collected + bytes)));
    this.#slab.copy(wider, 0, this.#start, this.#at);
    this.#slab = wider;
    this.#view = viewOf(wider);
    this.#start = 0;
    this.#lastTaken = 0;
    this.#at = collected;
  }
}

function viewOf(memory: Buffer): DataView {
  return new DataView(memory.buffer, memory.byteOffset, memory.length);
}
