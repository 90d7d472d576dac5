import type { MarketDataKind, TickerFeed } from '../../../shared/connection.ts';
import type { Instrument } from '../../../shared/instrument.ts';
import type { QuoteSink } from '../ports.ts';

/** The newest of everything known about one ticker, null where nothing valid has come. */
export interface TickerData {
  readonly last: number | null;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly close: number | null;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly volume: number | null;
  readonly bidSize: number | null;
  readonly askSize: number | null;
  /** When the newest tick came. */
  readonly time: number | null;
}

/** Every price or size as it comes, for series and live feeds. */
export interface TickListener {
  price?(field: number, price: number, at: number): void;
  size?(field: number, size: number, at: number): void;
  /** IBKR ended the request; it is made again later, but waiting for an answer is useless. */
  problem?(code: number, text: string): void;
}

/** After a request the gateway repeats the last trade, however old; its time is told within this. */
export const stampPatienceMs = 500;
/** A delayed price whose time is not told is at least this old. */
export const leastDelayMs = 15 * 60_000;

/** One ticker being followed. The two tick methods are the hot path of the program. */
export class Ticker {
  readonly symbol: string;
  instrument: Instrument;
  /** How many want it; at none it is let go. */
  refs = 0;
  feed: TickerFeed = 'off';
  kind: MarketDataKind | null = null;
  problem: string | null = null;
  #trouble: TickerFeed = 'off';
  /** The request that serves it; null while none does. */
  id: number | null = null;
  snapshot = false;
  /** The market data type that held when it was requested. */
  askedType = 1;
  requestedAt = 0;
  retryAt: number | null = null;
  retries = 0;
  /** Ticks since the request: a ticker that never spoke much cannot be missed. */
  heard = 0;
  /** IBKR has said what kind of data it will send. */
  accepted = false;
  lastTickAt: number | null = null;
  /** A repeated last trade that waits for its time. */
  heldSince: number | null = null;
  readonly listeners = new Set<TickListener>();
  last: number | null = null;
  bid: number | null = null;
  ask: number | null = null;
  close: number | null = null;
  open: number | null = null;
  openAt = 0;
  high: number | null = null;
  highAt = 0;
  low: number | null = null;
  lowAt = 0;
  volume: number | null = null;
  bidSize: number | null = null;
  askSize: number | null = null;
  readonly #quotes: QuoteSink;
  #repeated = true;
  /** The newest price came in a field of delayed data. */
  #delayed = false;
  /** When the newest trade was, as field 45 or 88 told since the request. */
  #stamp: number | null = null;

  constructor(symbol: string, instrument: Instrument, quotes: QuoteSink) {
    this.symbol = symbol;
    this.instrument = instrument;
    this.#quotes = quotes;
  }

  /** There is no data, for a reason that stands until it speaks. */
  fail(feed: TickerFeed, problem: string): void {
    this.feed = feed;
    this.#trouble = feed;
    this.problem = problem;
  }

  /** One that is asked for again is in the same trouble as before until it speaks. */
  get shown(): TickerFeed {
    return this.feed === 'waiting' && this.problem !== null ? this.#trouble : this.feed;
  }

  /** A request goes out: what comes first may be old. */
  requested(id: number, snapshot: boolean): void {
    this.id = id;
    this.snapshot = snapshot;
    // Until it has really been sent, nothing can be missed.
    this.requestedAt = Number.POSITIVE_INFINITY;
    this.heard = 0;
    this.accepted = false;
    this.heldSince = null;
    this.#repeated = true;
    this.#stamp = null;
  }

  price(field: number, price: number, now: number): void {
    this.heard++;
    this.lastTickAt = now;
    if (price > 0) {
      switch (field) {
        case 4:
        case 68:
          this.last = price;
          this.#delayed = field === 68;
          if (this.#repeated) this.#hold(now);
          else this.#publish(price, this.#timeOf(now));
          break;
        case 1:
        case 66:
          this.bid = price;
          this.#delayed = field === 66;
          this.#midpoint(now);
          break;
        case 2:
        case 67:
          this.ask = price;
          this.#delayed = field === 67;
          this.#midpoint(now);
          break;
        case 6:
        case 70:
        case 72:
          this.high = price;
          this.highAt = now;
          break;
        case 7:
        case 71:
        case 73:
          this.low = price;
          this.lowAt = now;
          break;
        case 9:
        case 75:
          this.close = price;
          break;
        case 14:
        case 76:
          this.open = price;
          this.openAt = now;
          break;
        default:
          break;
      }
    }
    if (this.listeners.size > 0) {
      for (const listener of this.listeners) listener.price?.(field, price, now);
    }
  }

  size(field: number, size: number | undefined, now: number): void {
    this.heard++;
    this.lastTickAt = now;
    if (size === undefined || !(size >= 0)) return;
    switch (field) {
      case 8:
      case 72:
      case 74:
        this.volume = size;
        if (this.last !== null && !this.#repeated) this.#publish(this.last, this.#timeOf(now));
        break;
      case 0:
      case 69:
        this.bidSize = size;
        this.#midpoint(now);
        break;
      case 3:
      case 70:
        this.askSize = size;
        this.#midpoint(now);
        break;
      default:
        break;
    }
    if (this.listeners.size > 0) {
      for (const listener of this.listeners) listener.size?.(field, size, now);
    }
  }

  /** Fields 45 and 88 tell when the last trade was, live and delayed, before or after its price. */
  text(field: number, value: string, now: number): void {
    this.lastTickAt = now;
    if (field !== 45 && field !== 88) return;
    const told = Number(value) * 1000;
    if (Number.isFinite(told) && told > 0) this.#stamp = Math.min(told, now);
    if (this.heldSince !== null) this.release(now);
    else if (field === 88 && this.#delayed && !this.#repeated && this.last !== null) {
      this.#publish(this.last, this.#timeOf(now));
    }
  }

  /** Publishes the held trade, as of its own time where that was told. */
  release(now: number): void {
    this.heldSince = null;
    this.#repeated = false;
    if (this.last !== null) this.#publish(this.last, this.#stamp ?? this.#timeOf(now));
  }

  get data(): TickerData {
    const { last, bid, ask, close, open, high, low, volume, bidSize, askSize } = this;
    const time = this.lastTickAt;
    return { last, bid, ask, close, open, high, low, volume, bidSize, askSize, time };
  }

  #hold(now: number): void {
    if (this.heldSince === null) this.heldSince = now;
    else if (this.#delayed) this.release(now);
    // A second trade is news: it happened while we listened.
    else this.#news(now);
  }

  #news(now: number): void {
    this.#stamp = null;
    this.release(now);
  }

  /** Live data is of now; delayed data is as old as it says, or as it must at least be. */
  #timeOf(now: number): number {
    return this.#delayed ? (this.#stamp ?? now - leastDelayMs) : now;
  }

  /** Where nothing is traded in one place, the price is the middle of what is bid and asked. */
  #midpoint(now: number): void {
    if (this.instrument.whatToShow !== 'MIDPOINT') return;
    if (this.bid === null || this.ask === null) return;
    // Half a pip needs one decimal more than the quote; binary noise behind that is cut off.
    this.#publish(Math.round((this.bid + this.ask) * 5e7) / 1e8, this.#timeOf(now));
  }

  #publish(price: number, at: number): void {
    const { currency } = this.instrument;
    const volume = this.volume ?? undefined;
    // The ticker itself tells the day's figures: a new object for every tick would cost more than the tick.
    this.#quotes.tick(this.symbol, price, volume, at, currency, this.#delayed, this);
  }
}
