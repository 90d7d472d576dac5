import type { Cancel, Clock } from '../kit/clock.ts';
import type { Unsubscribe } from './ports.ts';
import type { QuoteCells } from './quote-cells.ts';
import { type Outlet, type Renderer, Subscriber, type Topic } from './subscriber.ts';
import { eventLine } from './wire.ts';

export interface SubscriptionParts {
  readonly clock: Clock;
  readonly cells: QuoteCells;
  /** The data of a topic's event as it is now. */
  readonly states: Readonly<Record<Exclude<Topic, 'quotes'>, () => string>>;
}

const longestPauseMs = 15;

/** Hands changes to those who subscribed to them, in one write per subscriber and turn. */
export class Subscriptions {
  readonly #clock: Clock;
  readonly #cells: QuoteCells;
  readonly #subscribers = new Map<number, Subscriber>();
  readonly #ofTicker = new Map<string, Set<Subscriber>>();
  readonly #ofEveryTicker = new Set<Subscriber>();
  readonly #dirty = new Set<Subscriber>();
  readonly #renderer: Renderer;
  readonly #unsubscribe: Unsubscribe;
  #cancelFlush: Cancel | null = null;
  #pauseMs = 1;

  constructor(parts: SubscriptionParts) {
    this.#clock = parts.clock;
    this.#cells = parts.cells;
    this.#renderer = {
      quote: (index, conflated) => this.#cells.event(index, this.#clock.now(), conflated),
      state: (topic) =>
        Buffer.from(eventLine(topic, topic === 'quotes' ? 'null' : parts.states[topic]())),
    };
    this.#unsubscribe = parts.cells.onChange((ticker) => this.#quoteChanged(ticker));
  }

  close(): void {
    this.#unsubscribe();
    this.#cancelFlush?.();
    this.#cancelFlush = null;
  }

  of(connection: number): Subscriber | undefined {
    return this.#subscribers.get(connection);
  }

  get size(): number {
    return this.#subscribers.size;
  }

  /** `tickers` is null for all of them. Every ticker it begins to follow is sent as it is now. */
  follow(
    connection: number,
    outlet: Outlet,
    wanted: readonly Topic[],
    tickers: readonly string[] | null,
  ): Subscriber {
    let subscriber = this.#subscribers.get(connection);
    if (!subscriber) {
      subscriber = new Subscriber(outlet);
      this.#subscribers.set(connection, subscriber);
    }
    for (const topic of wanted) {
      subscriber.topics.add(topic);
      if (topic !== 'quotes') subscriber.stateChanged(topic);
    }
    if (wanted.includes('quotes')) this.#followTickers(subscriber, tickers);
    this.#mark(subscriber);
    return subscriber;
  }

  /** `tickers` is null for all of them, which ends the topic. */
  unfollow(
    connection: number,
    unwanted: readonly Topic[],
    tickers: readonly string[] | null,
  ): Subscriber | undefined {
    const subscriber = this.#subscribers.get(connection);
    if (!subscriber) return undefined;
    for (const topic of unwanted) if (topic !== 'quotes') subscriber.topics.delete(topic);
    if (unwanted.includes('quotes')) this.#unfollowTickers(subscriber, tickers);
    if (subscriber.wantsNothing) this.#forget(connection, subscriber);
    return subscriber;
  }

  gone(connection: number): void {
    const subscriber = this.#subscribers.get(connection);
    if (!subscriber) return;
    this.#unfollowTickers(subscriber, null);
    this.#forget(connection, subscriber);
  }

  /** A subscriber has read: what waited for it may go out. */
  drained(connection: number): void {
    const subscriber = this.#subscribers.get(connection);
    if (subscriber) this.#mark(subscriber);
  }

  stateChanged(topic: Topic): void {
    for (const subscriber of this.#subscribers.values()) {
      if (!subscriber.topics.has(topic)) continue;
      subscriber.stateChanged(topic);
      this.#mark(subscriber);
    }
  }

  #followTickers(subscriber: Subscriber, tickers: readonly string[] | null): void {
    if (tickers === null) {
      for (const ticker of subscriber.tickers) this.#leave(subscriber, ticker);
      subscriber.tickers.clear();
      subscriber.everyTicker = true;
      this.#ofEveryTicker.add(subscriber);
    }
    for (const ticker of tickers ?? this.#cells.tickers()) {
      if (tickers !== null && !subscriber.everyTicker) {
        subscriber.tickers.add(ticker);
        const followers = this.#ofTicker.get(ticker);
        if (followers) followers.add(subscriber);
        else this.#ofTicker.set(ticker, new Set([subscriber]));
      }
      const index = this.#cells.indexOf(ticker);
      if (index !== undefined) subscriber.want(index);
    }
  }

  #unfollowTickers(subscriber: Subscriber, tickers: readonly string[] | null): void {
    for (const ticker of tickers ?? subscriber.tickers) {
      subscriber.tickers.delete(ticker);
      this.#leave(subscriber, ticker);
    }
    if (tickers === null) {
      subscriber.everyTicker = false;
      this.#ofEveryTicker.delete(subscriber);
    }
    if (!subscriber.everyTicker && subscriber.tickers.size === 0)
      subscriber.topics.delete('quotes');
  }

  #leave(subscriber: Subscriber, ticker: string): void {
    const followers = this.#ofTicker.get(ticker);
    if (followers?.delete(subscriber) && followers.size === 0) this.#ofTicker.delete(ticker);
  }

  #forget(connection: number, subscriber: Subscriber): void {
    this.#subscribers.delete(connection);
    this.#dirty.delete(subscriber);
  }

  #quoteChanged(ticker: string): void {
    const followers = this.#ofTicker.get(ticker);
    if (followers === undefined && this.#ofEveryTicker.size === 0) return;
    const index = this.#cells.indexOf(ticker);
    if (index === undefined) return;
    const event = this.#cells.event(index, this.#clock.now(), 0);
    if (event === undefined) return;
    for (const group of [followers, this.#ofEveryTicker]) {
      for (const subscriber of group ?? []) {
        subscriber.changed(index, event);
        this.#mark(subscriber);
      }
    }
  }

  #mark(subscriber: Subscriber): void {
    this.#dirty.add(subscriber);
    this.#cancelFlush ??= this.#clock.after(this.#pauseMs, () => this.#flush());
  }

  /** Those left with something to send are marked again when they have read. */
  #flush(): void {
    this.#cancelFlush = null;
    const began = performance.now();
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    for (const subscriber of dirty) subscriber.flush(this.#renderer);
    // The more a turn costs, the more changes the next one gathers, so that pushing to many never
    // takes all the time there is.
    this.#pauseMs = Math.min(longestPauseMs, Math.max(1, 2 * (performance.now() - began)));
  }
}
