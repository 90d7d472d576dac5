import type { Instrument, Market, MarketBar, WhatToShow } from '../ports.ts';
import { shownWap } from '../protocol/wap.ts';
import type { Session } from '../session.ts';

const stepMs = 5000;
const dayMs = 86_400_000;

/** A request for a bar every five seconds. */
export interface LiveBars {
  readonly session: Session;
  readonly reqId: number;
  readonly instrument: Instrument;
  readonly what: WhatToShow;
  readonly regularHours: boolean;
  dead: boolean;
}

/** A historical request that is kept up to date. */
export interface UpdatingBars extends LiveBars {
  readonly barSeconds: number;
  readonly dateOf: (t: number) => string;
}

/** Sends five-second bars and the newest bar of requests kept up to date, whenever five seconds are full. */
export class LiveBarFeed {
  readonly #market: Market;
  readonly #mayFlow: (bars: LiveBars) => boolean;
  readonly #live = new Set<LiveBars>();
  readonly #updating = new Set<UpdatingBars>();
  #step: number;

  constructor(market: Market, startMs: number, mayFlow: (bars: LiveBars) => boolean) {
    this.#market = market;
    this.#mayFlow = mayFlow;
    this.#step = Math.floor(startMs / stepMs);
  }

  /** Five-second bars take market data lines too. */
  get count(): number {
    return this.#live.size;
  }

  get updatingCount(): number {
    return this.#updating.size;
  }

  addLive(bars: LiveBars): void {
    this.#live.add(bars);
  }

  addUpdating(bars: UpdatingBars): void {
    this.#updating.add(bars);
  }

  remove(bars: LiveBars): void {
    this.#live.delete(bars);
    this.#updating.delete(bars as UpdatingBars);
  }

  pump(now: number): void {
    const step = Math.floor(now / stepMs);
    if (step === this.#step) return;
    this.#step = step;
    const end = step * stepMs;
    for (const bars of this.#live) if (this.#mayFlow(bars)) this.#sendLive(bars, end);
    for (const bars of this.#updating) if (this.#mayFlow(bars)) this.#sendUpdate(bars, end);
  }

  #sendLive(bars: LiveBars, end: number): void {
    const bar = this.#newest(bars, 5, end - stepMs, end);
    if (!bar) return;
    bars.session.send('realTimeBar', {
      reqId: bars.reqId,
      time: Math.floor(bar.t / 1000),
      open: bar.open,
      high: bar.high,
      low: bar.low,
      close: bar.close,
      volume: bar.volume,
      wap: shownWap(bar.wap),
      count: bar.count,
    });
  }

  #sendUpdate(bars: UpdatingBars, end: number): void {
    const reach =
      bars.barSeconds < 86_400 ? bars.barSeconds * 1000 : bars.barSeconds * 1000 + dayMs;
    const bar = this.#newest(bars, bars.barSeconds, end - reach, end);
    if (!bar || !this.#market.isOpen(bars.instrument, end - 1)) return;
    bars.session.send('historicalDataUpdate', {
      reqId: bars.reqId,
      count: bar.count,
      date: bars.dateOf(bar.t),
      open: bar.open,
      close: bar.close,
      high: bar.high,
      low: bar.low,
      wap: shownWap(bar.wap),
      volume: bar.volume,
    });
  }

  #newest(bars: LiveBars, barSeconds: number, fromMs: number, toMs: number): MarketBar | undefined {
    return this.#market
      .bars(bars.instrument, {
        barSeconds,
        fromMs,
        toMs,
        regularHours: bars.regularHours,
        what: bars.what,
      })
      .at(-1);
  }
}
