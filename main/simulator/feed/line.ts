import type { Instrument, MarketQuote, MarketTick } from '../ports.ts';
import { TickEncoder } from '../protocol/tick-encoder.ts';
import type { Session } from '../session.ts';

/** One request for market data, and what it was told last. */
export class Line {
  readonly session: Session;
  readonly reqId: number;
  readonly instrument: Instrument;
  readonly delayed: boolean;
  /** A lost link came back, but this line's data never did. */
  dead = false;
  readonly #encode: TickEncoder;
  readonly #rtVolume: boolean;
  #quoted = false;
  #bid = Number.NaN;
  #ask = Number.NaN;
  #last = Number.NaN;
  #bidSize = Number.NaN;
  #askSize = Number.NaN;
  #high = Number.NaN;
  #low = Number.NaN;
  #volume = 0;
  /** The picture told figures of the day before; the day's own begin with this trade. */
  #figuresFrom = Number.NEGATIVE_INFINITY;
  #figuresTo = Number.POSITIVE_INFINITY;
  #early = false;
  #second = 0;
  #traded = 0;

  constructor(
    session: Session,
    reqId: number,
    instrument: Instrument,
    options: { readonly delayed: boolean; readonly rtVolume: boolean },
  ) {
    this.session = session;
    this.reqId = reqId;
    this.instrument = instrument;
    this.delayed = options.delayed;
    this.#rtVolume = options.rtVolume;
    this.#encode = new TickEncoder(reqId, options.delayed ? 'delayed' : 'live');
  }

  /** The whole picture, as a client gets it first. */
  quote(quote: MarketQuote): void {
    const { sink } = this.session.outbox;
    const encode = this.#encode;
    const trades = this.instrument.secType !== 'CASH';
    this.#figuresFrom = quote.figuresFrom;
    this.#figuresTo = quote.figuresTo;
    this.#early = quote.t < quote.figuresFrom;
    this.#high = Number.NaN;
    this.#low = Number.NaN;
    this.tick(quote, trades);
    if (trades) {
      encode.price(sink, 'open', quote.open, 0);
      encode.size(sink, 'volume', quote.volume);
    }
    encode.price(sink, 'high', quote.high, 0);
    encode.price(sink, 'low', quote.low, 0);
    encode.price(sink, 'close', quote.previousClose, 0);
    this.#quoted = true;
    this.#high = quote.high;
    this.#low = quote.low;
    this.#volume = quote.volume;
    this.#traded = quote.volume * quote.price;
    this.session.outbox.written();
  }

  /**
   * Whether the whole picture is due: at first, when a session begins, whose first tick has less volume, and when the
   * day's own figures begin.
   */
  begins(tick: MarketTick): boolean {
    const figured = this.#early && tick.t >= this.#figuresFrom;
    return !this.#quoted || figured || tick.volume < this.#volume;
  }

  /** What changed since the tick before, in the order TWS sends it. The caller tells the outbox. */
  tick(tick: MarketTick, trades = this.instrument.secType !== 'CASH'): void {
    const { sink } = this.session.outbox;
    const encode = this.#encode;
    if (tick.bid !== this.#bid) {
      this.#bid = tick.bid;
      this.#bidSize = tick.bidSize;
      encode.price(sink, 'bid', tick.bid, tick.bidSize, 1);
    } else if (tick.bidSize !== this.#bidSize) {
      this.#bidSize = tick.bidSize;
      encode.size(sink, 'bidSize', tick.bidSize);
    }
    if (tick.ask !== this.#ask) {
      this.#ask = tick.ask;
      this.#askSize = tick.askSize;
      encode.price(sink, 'ask', tick.ask, tick.askSize, 1);
    } else if (tick.askSize !== this.#askSize) {
      this.#askSize = tick.askSize;
      encode.size(sink, 'askSize', tick.askSize);
    }
    if (!trades) return;
    const second = Math.floor(tick.t / 1000);
    if (second !== this.#second) {
      this.#second = second;
      encode.text(sink, 'lastTimestamp', String(second));
    }
    if (tick.price !== this.#last) {
      this.#last = tick.price;
      encode.price(sink, 'last', tick.price, tick.size);
    } else {
      encode.size(sink, 'lastSize', tick.size);
    }
    if (tick.volume !== this.#volume) encode.size(sink, 'volume', tick.volume);
    this.#volume = tick.volume;
    const counts = tick.t >= this.#figuresFrom && tick.t < this.#figuresTo;
    if (counts && tick.price > this.#high) {
      this.#high = tick.price;
      encode.price(sink, 'high', tick.price, 0);
    }
    if (counts && tick.price < this.#low) {
      this.#low = tick.price;
      encode.price(sink, 'low', tick.price, 0);
    }
    this.#traded += tick.price * tick.size;
    if (this.#rtVolume) {
      const average = tick.volume > 0 ? this.#traded / tick.volume : tick.price;
      encode.text(
        sink,
        'rtVolume',
        `${tick.price};${tick.size};${tick.t};${tick.volume};${average.toFixed(8)};true`,
      );
    }
  }
}
