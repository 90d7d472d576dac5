const slabBytes = 64 * 1024;

/** A piece of text that lies ready in memory of somebody else's. */
export interface Prepared {
  readonly texts: Buffer;
  readonly from: number;
  readonly to: number;
}

/**
 * Collects the answers of one chunk of input into one piece of memory, so that they leave in one
 * write. Memory handed out by `take` is never written again: the socket may still be sending it.
 */
export class AnswerBuffer {
  #slab: Buffer = Buffer.allocUnsafeSlow(slabBytes);
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

  /** A short beginning, a piece of the request, and the prepared rest, in one go. */
  answer(head: Uint8Array, request: Uint8Array, from: number, to: number, rest: Prepared): void {
    const { texts, from: restFrom, to: restTo } = rest;
    this.#reserve(head.length + to - from + restTo - restFrom);
    const slab = this.#slab;
    let at = this.#at;
    // For a few bytes a loop is faster than a call of `set`.
    for (let i = 0; i < head.length; i++) slab[at++] = head[i] as number;
    for (let i = from; i < to; i++) slab[at++] = request[i] as number;
    texts.copy(slab, at, restFrom, restTo);
    this.#at = at + restTo - restFrom;
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
    this.#start = 0;
    this.#lastTaken = 0;
    this.#at = collected;
  }
}
