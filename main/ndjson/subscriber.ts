/** What can be subscribed to. */
export const topics = ['quotes', 'snapshot', 'connection', 'reservation'] as const;
export type Topic = (typeof topics)[number];

/** The connection of a subscriber, as far as pushing to it goes. */
export interface Outlet {
  /** Bytes it has not taken yet. */
  readonly backlog: number;
  sendBytes(bytes: Buffer): void;
}

/** Turns what is pending into lines at the moment it is sent, so that it is the newest. */
export interface Renderer {
  /** The event of a quote; undefined where the ticker has none any more. */
  quote(index: number, conflated: number): Buffer | undefined;
  state(topic: Topic): Buffer;
}

/** Above this backlog a subscriber is slow: it gets the newest of each ticker, later. */
export const slowBytes = 64 * 1024;

/**
 * What one subscriber wants and what is still to be sent to it. While it keeps up, every change is
 * queued as it comes. Once it falls behind, only the number of changes per ticker is kept: what it
 * costs does not grow with the changes it misses.
 */
export class Subscriber {
  readonly topics = new Set<Topic>();
  readonly tickers = new Set<string>();
  everyTicker = false;
  /** Changes it was not sent because a newer one took their place. */
  conflated = 0;

  readonly #outlet: Outlet;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  /** How many changes of each ticker wait, by its number; 0 where none does. */
  #changes = new Uint32Array(0);
  #waiting: number[] = [];
  #states = new Set<Topic>();

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  get wantsNothing(): boolean {
    return this.topics.size === 0;
  }

  changed(index: number, event: Buffer): void {
    if (this.#waiting.length > 0 || this.#slow()) {
      this.want(index);
      return;
    }
    this.#queue.push(event);
    this.#queuedBytes += event.length;
  }

  /** Sends the newest quote of the ticker when there is room. */
  want(index: number): void {
    if (index >= this.#changes.length) {
      const wider = new Uint32Array(Math.max(64, 2 * index));
      wider.set(this.#changes);
      this.#changes = wider;
    }
    if (this.#changes[index] === 0) this.#waiting.push(index);
    this.#changes[index] = (this.#changes[index] as number) + 1;
  }

  stateChanged(topic: Topic): void {
    this.#states.add(topic);
  }

  /** Sends what there is room for; false while something is left for later. */
  flush(renderer: Renderer): boolean {
    const parts = this.#queue;
    let room = slowBytes - this.#outlet.backlog - this.#queuedBytes;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (room > 0) {
      for (const topic of this.#states) {
        const event = renderer.state(topic);
        parts.push(event);
        room -= event.length;
      }
      this.#states.clear();
      room = this.#takeWaiting(renderer, parts, room);
    }
    if (parts.length === 1) this.#outlet.sendBytes(parts[0] as Buffer);
    else if (parts.length > 1) this.#outlet.sendBytes(Buffer.concat(parts));
    return this.#waiting.length === 0 && this.#states.size === 0;
  }

  #takeWaiting(renderer: Renderer, parts: Buffer[], roomBefore: number): number {
    let room = roomBefore;
    let taken = 0;
    while (room > 0 && taken < this.#waiting.length) {
      const index = this.#waiting[taken++] as number;
      const conflated = (this.#changes[index] as number) - 1;
      this.#changes[index] = 0;
      const event = renderer.quote(index, conflated);
      if (event === undefined) continue;
      this.conflated += conflated;
      parts.push(event);
      room -= event.length;
    }
    this.#waiting = taken === this.#waiting.length ? [] : this.#waiting.slice(taken);
    return room;
  }

  #slow(): boolean {
    return this.#outlet.backlog + this.#queuedBytes > slowBytes;
  }
}
