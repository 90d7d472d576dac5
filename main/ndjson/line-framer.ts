const newline = 0x0a;

export type Framed = 'line' | 'too-long' | 'flood' | 'nothing';

/** How many times the limit an unfinished line may be dropped before the peer is given up. */
const floodFactor = 16;

/**
 * Cuts a stream of chunks into lines without copying those that arrive whole. After `next` says
 * `line`, the line is `buffer` from `start` to `end`, without its newline, until the next call.
 */
export class LineFramer {
  buffer: Buffer = nothing;
  start = 0;
  end = 0;

  readonly #maxLineBytes: number;
  readonly #floodBytes: number;
  #chunk: Buffer = nothing;
  #at = 0;
  #held: Buffer = nothing;
  #heldLength = 0;
  /** Bytes of a too long line seen so far, or 0 where none is being dropped. */
  #dropped = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
    this.#floodBytes = floodFactor * maxLineBytes;
  }

  /** True while part of a line waits for its end. */
  get partial(): boolean {
    return this.#heldLength > 0 || this.#dropped > 0;
  }

  /** True while bytes wait to be looked at. */
  get pending(): boolean {
    return this.#at < this.#chunk.length;
  }

  push(chunk: Buffer): void {
    this.#chunk = this.pending ? Buffer.concat([this.#chunk.subarray(this.#at), chunk]) : chunk;
    this.#at = 0;
  }

  /** Copies what has not been looked at, for the memory it came in is about to be used again. */
  keep(): void {
    if (!this.pending) return;
    this.#chunk = Buffer.from(this.#chunk.subarray(this.#at));
    this.#at = 0;
  }

  next(): Framed {
    if (this.#dropped > this.#floodBytes) return 'flood';
    if (!this.pending) {
      this.#chunk = nothing;
      this.#at = 0;
      return 'nothing';
    }
    const chunk = this.#chunk;
    const from = this.#at;
    const found = chunk.indexOf(newline, from);
    const upTo = found === -1 ? chunk.length : found;
    this.#at = found === -1 ? chunk.length : found + 1;

    if (this.#dropped > 0) return this.#drop(upTo - from, found !== -1);
    // The newline counts, so a line that reaches the limit without one is already too long.
    const length = this.#heldLength + upTo - from;
    if (length >= this.#maxLineBytes) {
      this.#dropped = found === -1 || length > this.#floodBytes ? length : 0;
      this.#forget();
      return 'too-long';
    }
    if (found === -1) {
      this.#hold(chunk, from, upTo);
      return this.next();
    }
    if (this.#heldLength === 0) {
      this.buffer = chunk;
      this.start = from;
      this.end = upTo;
      return 'line';
    }
    this.#hold(chunk, from, upTo);
    this.#giveHeld();
    return 'line';
  }

  /** At the end of input: a last line without its newline is a line all the same. */
  finish(): Framed {
    if (this.#heldLength === 0) return 'nothing';
    this.#giveHeld();
    return 'line';
  }

  #drop(bytes: number, ended: boolean): Framed {
    this.#dropped += bytes;
    if (ended && this.#dropped <= this.#floodBytes) this.#dropped = 0;
    return this.next();
  }

  #hold(chunk: Buffer, from: number, to: number): void {
    const length = this.#heldLength + to - from;
    if (length > this.#held.length) {
      const wider = Buffer.allocUnsafeSlow(Math.min(Math.max(256, length * 2), this.#maxLineBytes));
      this.#held.copy(wider, 0, 0, this.#heldLength);
      this.#held = wider;
    }
    chunk.copy(this.#held, this.#heldLength, from, to);
    this.#heldLength = length;
  }

  #giveHeld(): void {
    this.buffer = this.#held;
    this.start = 0;
    this.end = this.#heldLength;
    this.#forget();
  }

  #forget(): void {
    this.#held = nothing;
    this.#heldLength = 0;
  }
}

const nothing: Buffer = Buffer.alloc(0);
