const framePrefix = 4;
const decimals = 1_000_000;

/** Collects frames in one growing buffer; what is written stands as the wire carries it. */
export class Sink {
  #buffer: Buffer;
  #at = 0;
  #frame = 0;
  readonly #smallest: number;

  constructor(bytes = 16_384) {
    this.#smallest = bytes;
    this.#buffer = Buffer.allocUnsafe(bytes);
  }

  get length(): number {
    return this.#at;
  }

  begin(): void {
    this.#frame = this.#at;
    this.#room(framePrefix);
    this.#at += framePrefix;
  }

  end(): void {
    this.#buffer.writeUInt32BE(this.#at - this.#frame - framePrefix, this.#frame);
  }

  /** Forgets the frame that was begun last. */
  abandon(): void {
    this.#at = this.#frame;
  }

  text(value: string): void {
    const length = value.length;
    this.#room(length * 3 + 1);
    const buffer = this.#buffer;
    let at = this.#at;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code === 0 || code > 127) {
        // A zero byte would end the field, and what is not ASCII needs the slower encoder.
        at = this.#at + buffer.write(value.replaceAll('\0', ' '), this.#at, 'utf8');
        break;
      }
      buffer[at++] = code;
    }
    buffer[at++] = 0;
    this.#at = at;
  }

  /** Bytes that already are whole fields, each with its end. */
  bytes(value: Uint8Array): void {
    const length = value.length;
    this.#room(length);
    const buffer = this.#buffer;
    let at = this.#at;
    if (length > 48) buffer.set(value, at);
    else for (let i = 0; i < length; i++) buffer[at + i] = value[i] as number;
    at += length;
    this.#at = at;
  }

  int(value: number): void {
    if (!(value >= 0 && value < 1e15)) {
      this.text(String(value));
      return;
    }
    this.#room(20);
    this.#at = digits(this.#buffer, this.#at, value);
    this.#buffer[this.#at++] = 0;
  }

  /** The same characters `String(value)` gives, several times faster for whole numbers and up to six decimals. */
  double(value: number): void {
    if (Number.isInteger(value)) {
      this.int(value);
      return;
    }
    const scaled = Math.round(value * decimals);
    if (!(scaled > 0 && scaled < 1e15) || scaled / decimals !== value || scaled < 10) {
      this.text(String(value));
      return;
    }
    this.#room(24);
    const buffer = this.#buffer;
    const whole = Math.floor(scaled / decimals);
    let at = digits(buffer, this.#at, whole);
    let rest = scaled - whole * decimals;
    buffer[at++] = 46;
    for (let unit = decimals / 10; rest > 0; unit /= 10) {
      const digit = Math.floor(rest / unit);
      buffer[at++] = 48 + digit;
      rest -= digit * unit;
    }
    buffer[at++] = 0;
    this.#at = at;
  }

  /** Hands over what was collected and starts anew. */
  take(): Buffer {
    const used = this.#at;
    this.#at = 0;
    this.#frame = 0;
    if (used * 2 < this.#buffer.length) return Buffer.from(this.#buffer.subarray(0, used));
    const full = this.#buffer.subarray(0, used);
    this.#buffer = Buffer.allocUnsafe(this.#smallest);
    return full;
  }

  #room(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}

function digits(buffer: Buffer, start: number, value: number): number {
  let length = 1;
  for (let power = 10; value >= power; power *= 10) length++;
  let left = value;
  for (let i = start + length - 1; i >= start; i--) {
    const next = Math.floor(left / 10);
    buffer[i] = 48 + (left - next * 10);
    left = next;
  }
  return start + length;
}
