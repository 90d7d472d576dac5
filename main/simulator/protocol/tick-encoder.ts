import type { Sink } from './sink.ts';

/** Tick types of a live line and of a delayed one. */
export const tickTypes = {
  live: {
    bid: 1,
    ask: 2,
    last: 4,
    high: 6,
    low: 7,
    close: 9,
    open: 14,
    bidSize: 0,
    askSize: 3,
    lastSize: 5,
    volume: 8,
    lastTimestamp: 45,
  },
  delayed: {
    bid: 66,
    ask: 67,
    last: 68,
    high: 72,
    low: 73,
    close: 75,
    open: 76,
    bidSize: 69,
    askSize: 70,
    lastSize: 71,
    volume: 74,
    lastTimestamp: 88,
  },
} as const;

export type TickKind = keyof typeof tickTypes.live;
export const rtVolumeType = 48;

/**
 * Writes the ticks of one line. What never changes on a line is made into bytes once, because ticks are nearly all
 * of the traffic; the frames are those the table of answers makes.
 */
export class TickEncoder {
  readonly #reqId: number;
  readonly #types: (typeof tickTypes)['live' | 'delayed'];
  readonly #prefixes = new Map<number, Buffer>();

  constructor(reqId: number, kind: 'live' | 'delayed') {
    this.#reqId = reqId;
    this.#types = tickTypes[kind];
  }

  price(sink: Sink, kind: TickKind, price: number, size: number, attributes = 0): void {
    sink.begin();
    sink.bytes(this.#prefix(1, this.#types[kind]));
    sink.double(price);
    sink.double(size);
    sink.int(attributes);
    sink.end();
  }

  size(sink: Sink, kind: TickKind, size: number): void {
    sink.begin();
    sink.bytes(this.#prefix(2, this.#types[kind]));
    sink.double(size);
    sink.end();
  }

  text(sink: Sink, kind: TickKind | 'rtVolume', value: string): void {
    sink.begin();
    sink.bytes(this.#prefix(46, kind === 'rtVolume' ? rtVolumeType : this.#types[kind]));
    sink.text(value);
    sink.end();
  }

  #prefix(message: number, type: number): Buffer {
    const key = message * 256 + type;
    let prefix = this.#prefixes.get(key);
    if (!prefix) {
      prefix = Buffer.from(`${message}\x006\x00${this.#reqId}\x00${type}\x00`, 'latin1');
      this.#prefixes.set(key, prefix);
    }
    return prefix;
  }
}
