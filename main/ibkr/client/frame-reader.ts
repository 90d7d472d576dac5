/** The longest message IBKR's own clients accept. */
export const longestFrame = 0xff_ffff;

export interface FrameSink {
  /** One whole frame: `buffer` from `start` up to `end`. Must not be kept after the call. */
  frame(buffer: Buffer, start: number, end: number): void;
  /** The length makes no sense: nothing behind it can be read. */
  broken(detail: string): void;
}

/**
 * Cuts the stream into frames without copying them. One reader belongs to one socket: what is left
 * of a broken frame must never meet the next connection.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  #tail: Buffer | null = null;
  /** How many bytes the frame being waited for needs in all, so that a long one is joined once. */
  #needed = 0;
  #parts: Buffer[] = [];
  #partsLength = 0;
  #stopped = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    if (this.#stopped) return;
    let buffer = chunk;
    if (this.#parts.length > 0) {
      this.#parts.push(Buffer.from(chunk));
      this.#partsLength += chunk.length;
      if (this.#partsLength < this.#needed) return;
      buffer = Buffer.concat(this.#parts, this.#partsLength);
      this.#parts = [];
      this.#partsLength = 0;
    } else if (this.#tail) {
      buffer = Buffer.concat([this.#tail, chunk]);
      this.#tail = null;
    }
    this.#cut(buffer);
  }

  /** Nothing more is read, whatever comes. */
  stop(): void {
    this.#stopped = true;
    this.#parts = [];
    this.#tail = null;
  }

  #cut(buffer: Buffer): void {
    let at = 0;
    const size = buffer.length;
    while (size - at >= 4) {
      const length =
        ((buffer[at] as number) << 24) |
        ((buffer[at + 1] as number) << 16) |
        ((buffer[at + 2] as number) << 8) |
        (buffer[at + 3] as number);
      if (length <= 0 || length > longestFrame) {
        this.stop();
        this.#sink.broken(`a message of ${length} bytes`);
        return;
      }
      const end = at + 4 + length;
      if (end > size) {
        this.#needed = 4 + length;
        this.#parts = [Buffer.from(buffer.subarray(at))];
        this.#partsLength = size - at;
        return;
      }
      this.#sink.frame(buffer, at + 4, end);
      if (this.#stopped) return;
      at = end;
    }
    // The chunk's memory belongs to the socket, so what stays is copied.
    if (at < size) this.#tail = Buffer.from(buffer.subarray(at));
  }
}
