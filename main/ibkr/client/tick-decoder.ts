import { firstOwnId, type TickSink } from './client-port.ts';

const zero = 48;
const nine = 57;
const one = 49;
const two = 50;
const dot = 46;
const minus = 45;

/** Powers of ten that a double holds exactly: dividing by one of them rounds once, as parseFloat does. */
const powers = Array.from({ length: 16 }, (_, i) => 10 ** i);

/** The size a price message carries has a field of its own. */
function sizeFieldOf(priceField: number): number {
  switch (priceField) {
    case 1:
      return 0;
    case 2:
      return 3;
    case 4:
      return 5;
    case 66:
      return 69;
    case 67:
      return 70;
    case 68:
      return 71;
    default:
      return -1;
  }
}

/**
 * Reads tick prices and sizes of own requests straight from the bytes. Anything out of the ordinary
 * (another message, an exponent, an empty field, too many digits) is left to the library's decoder,
 * so both give the same calls for every message.
 */
export class TickDecoder {
  readonly #sink: TickSink;
  #at = 0;
  #ok = true;

  constructor(sink: TickSink) {
    this.#sink = sink;
  }

  /** True when the frame was a tick and has been handed on. */
  take(buffer: Buffer, start: number, end: number): boolean {
    if (buffer[start + 1] !== 0) return this.#takeText(buffer, start, end);
    const kind = buffer[start];
    if (kind !== one && kind !== two) return false;
    this.#at = start + 2;
    this.#ok = true;
    const version = this.#integer(buffer, end);
    const id = this.#integer(buffer, end);
    const field = this.#integer(buffer, end);
    if (!this.#ok || id < firstOwnId) return false;
    if (kind === two) {
      const size = this.#decimal(buffer, end);
      if (!this.#ok || this.#at !== end) return false;
      this.#sink.size(id, field, size);
      return true;
    }
    if (version < 3) return false;
    const price = this.#decimal(buffer, end);
    const size = this.#decimal(buffer, end);
    this.#integer(buffer, end);
    if (!this.#ok || this.#at !== end) return false;
    const sizeField = sizeFieldOf(field);
    this.#sink.price(id, field, price);
    if (sizeField > 0) this.#sink.size(id, sizeField, size);
    return true;
  }

  /** Message 46, tick string: `46 version id field text`. */
  #takeText(buffer: Buffer, start: number, end: number): boolean {
    if (buffer[start] !== 52 || buffer[start + 1] !== 54 || buffer[start + 2] !== 0) return false;
    this.#at = start + 3;
    this.#ok = true;
    this.#integer(buffer, end);
    const id = this.#integer(buffer, end);
    const field = this.#integer(buffer, end);
    if (!this.#ok || id < firstOwnId) return false;
    const stop = buffer.indexOf(0, this.#at);
    if (stop !== end - 1) return false;
    this.#sink.text(id, field, buffer.toString('utf8', this.#at, stop));
    return true;
  }

  #integer(buffer: Buffer, end: number): number {
    let at = this.#at;
    let value = 0;
    let digits = 0;
    while (at < end) {
      const byte = buffer[at++] as number;
      if (byte === 0) {
        this.#at = at;
        if (digits === 0 || digits > 10) this.#ok = false;
        return value;
      }
      if (byte < zero || byte > nine) break;
      value = value * 10 + (byte - zero);
      digits++;
    }
    this.#ok = false;
    return 0;
  }

  #decimal(buffer: Buffer, end: number): number {
    let at = this.#at;
    let negative = false;
    if (buffer[at] === minus) {
      negative = true;
      at++;
    }
    let value = 0;
    let digits = 0;
    let fraction = -1;
    while (at < end) {
      const byte = buffer[at++] as number;
      if (byte >= zero && byte <= nine) {
        value = value * 10 + (byte - zero);
        digits++;
        if (fraction >= 0) fraction++;
      } else if (byte === 0) {
        this.#at = at;
        if (digits === 0 || digits > 15 || fraction === 0) {
          this.#ok = false;
          return 0;
        }
        if (fraction > 0) value /= powers[fraction] as number;
        return negative ? -value : value;
      } else if (byte === dot && fraction < 0 && digits > 0) {
        fraction = 0;
      } else {
        break;
      }
    }
    this.#ok = false;
    return 0;
  }
}
