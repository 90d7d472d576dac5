import type { Instrument, Market } from '../ports.ts';
import type { Line } from './line.ts';

/** Delayed data is a quarter of an hour old. */
export const delayMs = 900_000;
interface Group {
  readonly live: Set<Line>;
  readonly delayed: Set<Line>;
}

/** Carries the market's ticks to the lines that asked for them, each instrument's made once for all. */
export class TickFeed {
  readonly #market: Market;
  readonly #perSecond: number;
  readonly #mayFlow: (line: Line) => boolean;
  readonly #groups = new Map<Instrument, Group>();
  readonly #sliceMs: number;
  readonly #mostBehindMs: number;
  #at: number;
  #target: number;
  #catchingUp = false;
  #count = 0;

  constructor(
    market: Market,
    options: {
      readonly perSecond: number;
      readonly startMs: number;
      /** How much is made in one turn of the event loop, so that what was made before can leave. */
      readonly sliceMs: number;
      /** After a longer stop, such as a sleeping machine, the ticks between are not made up for. */
      readonly mostBehindMs: number;
    },
    mayFlow: (line: Line) => boolean,
  ) {
    this.#market = market;
    this.#perSecond = options.perSecond;
    this.#mayFlow = mayFlow;
    this.#at = options.startMs;
    this.#target = options.startMs;
    this.#sliceMs = options.sliceMs;
    this.#mostBehindMs = options.mostBehindMs;
  }

  /** Lines over all clients, for the limit and the state. */
  get count(): number {
    return this.#count;
  }

  add(line: Line): void {
    let group = this.#groups.get(line.instrument);
    if (!group) {
      group = { live: new Set(), delayed: new Set() };
      this.#groups.set(line.instrument, group);
    }
    (line.delayed ? group.delayed : group.live).add(line);
    this.#count++;
  }

  remove(line: Line): void {
    const group = this.#groups.get(line.instrument);
    if (!group) return;
    if ((line.delayed ? group.delayed : group.live).delete(line)) this.#count--;
    if (group.live.size + group.delayed.size === 0) this.#groups.delete(line.instrument);
  }

  pump(now: number): void {
    if (now < this.#at) this.#at = now;
    this.#target = now;
    if (!this.#catchingUp) this.#slice();
  }

  #slice(): void {
    this.#catchingUp = false;
    const from = Math.max(this.#at, this.#target - this.#mostBehindMs);
    const to = Math.min(this.#target, from + this.#sliceMs);
    if (to <= from) return;
    this.#at = to;
    for (const [instrument, { live, delayed }] of this.#groups) {
      if (live.size > 0) this.#deliver(instrument, live, from, to);
      if (delayed.size > 0) this.#deliver(instrument, delayed, from - delayMs, to - delayMs);
    }
    if (to >= this.#target) return;
    this.#catchingUp = true;
    setImmediate(() => this.#slice());
  }

  #deliver(instrument: Instrument, lines: Iterable<Line>, from: number, to: number): void {
    const ticks = this.#market.ticks(instrument, from, to, this.#perSecond);
    if (ticks.length === 0) return;
    for (const line of lines) {
      if (!this.#mayFlow(line)) continue;
      for (const tick of ticks) {
        if (line.begins(tick)) line.quote(this.#market.quote(instrument, tick.t));
        else line.tick(tick);
      }
      line.session.outbox.written();
    }
  }
}
