import type { Bar, Timeframe } from '../../shared/bar.ts';
import { type DayFigures, withFigures } from '../kit/day-figures.ts';
import type { TradingDay } from './session-book.ts';

const minuteMs = 60_000;
const keptMinutes = 2 * 1440;

interface LiveSymbol {
  readonly minutes: Map<number, Bar>;
  /** The day as its ticks have made it, and as the broker's figures widen that. */
  seen: Bar | undefined;
  day: Bar | undefined;
  /** UTC midnight of the day that is traded. */
  date: number | undefined;
  /** When the minutes of that day end. */
  minutesClose: number | null;
  /** The day's volume as last told, which counts up. */
  volume: number | undefined;
}

/** The day that is being traded at a moment, by the hours of a series; undefined when none is. */
export type TradedDay = (
  symbol: string,
  timeframe: '1m' | '1d',
  at: number,
) => TradingDay | undefined;

/** One bar that changed. */
export interface LiveChange {
  readonly symbol: string;
  readonly timeframe: '1m' | '1d';
  readonly bar: Bar;
  /** When the session that makes it closes. */
  readonly closes: number;
}

/**
 * The day's minutes and its daily bar, made of ticks. They are provisional: ticks are a sample of what was traded, so
 * the broker's own bars take their place once the session is over, and these are never written to a file.
 */
export class LiveBars {
  readonly #symbols = new Map<string, LiveSymbol>();
  readonly #tradedDay: TradedDay;
  #changes = new Map<string, LiveChange>();

  constructor(tradedDay: TradedDay) {
    this.#tradedDay = tradedDay;
  }

  /** `dayVolume` counts from the session's start. */
  tick(
    symbol: string,
    price: number,
    dayVolume: number | undefined,
    at: number,
    figures?: DayFigures,
  ): void {
    if (!(price > 0) || !Number.isFinite(price) || !Number.isFinite(at)) return;
    // A price from outside the hours of a series belongs to none of its bars.
    const minuteOf = this.#tradedDay(symbol, '1m', at);
    const dayOf = this.#tradedDay(symbol, '1d', at);
    const date = (minuteOf ?? dayOf)?.t;
    if (date === undefined) return;
    const live = this.#of(symbol);
    if (live.date !== date) live.volume = undefined;
    live.date = date;
    const before = live.volume;
    const added =
      dayVolume === undefined || before === undefined || dayVolume < before
        ? 0
        : dayVolume - before;
    if (dayVolume !== undefined) live.volume = dayVolume;

    if (minuteOf) {
      live.minutesClose = minuteOf.closes;
      const t = Math.floor(at / minuteMs) * minuteMs;
      const minute = grown(live.minutes.get(t), t, price, added);
      live.minutes.set(t, minute);
      this.#changes.set(`${symbol} 1m ${t}`, {
        ...{ symbol, timeframe: '1m', bar: minute },
        closes: minuteOf.closes,
      });
      if (live.minutes.size > keptMinutes) {
        live.minutes.delete(live.minutes.keys().next().value as number);
      }
    }
    if (dayOf) {
      const seen = grown(live.seen, dayOf.t, price, added);
      live.seen = dayVolume === undefined ? seen : { ...seen, volume: dayVolume };
      live.day = withFigures(live.seen, figures, dayOf.figuresFrom);
      this.#changes.set(`${symbol} 1d`, {
        ...{ symbol, timeframe: '1d', bar: live.day },
        closes: dayOf.closes,
      });
    }
  }

  /** What changed since the last call. */
  takeChanges(): readonly LiveChange[] {
    const changes = [...this.#changes.values()];
    this.#changes = new Map();
    return changes;
  }

  /** Provisional bars that begin after `after`, oldest first. */
  bars(symbol: string, timeframe: Timeframe, after: number): readonly Bar[] {
    const live = this.#symbols.get(symbol);
    if (!live) return [];
    if (timeframe === '1d') return live.day && live.day.t > after ? [live.day] : [];
    if (timeframe !== '1m') return [];
    return [...live.minutes.values()].filter((bar) => bar.t > after).sort((a, b) => a.t - b.t);
  }

  /** When the session closes whose minutes are being made; null where none were. */
  minutesClose(symbol: string): number | null {
    return this.#symbols.get(symbol)?.minutesClose ?? null;
  }

  /** Bars the broker has told take the place of ours. */
  settle(symbol: string, timeframe: Timeframe, upTo: number): void {
    const live = this.#symbols.get(symbol);
    if (!live) return;
    if (timeframe === '1d' && live.day && live.day.t <= upTo) live.day = undefined;
    if (timeframe !== '1m') return;
    for (const t of live.minutes.keys()) if (t <= upTo) live.minutes.delete(t);
  }

  keepOnly(symbols: ReadonlySet<string>): void {
    for (const symbol of this.#symbols.keys()) {
      if (!symbols.has(symbol)) this.#symbols.delete(symbol);
    }
  }

  #of(symbol: string): LiveSymbol {
    let live = this.#symbols.get(symbol);
    if (!live) {
      live = {
        minutes: new Map(),
        seen: undefined,
        day: undefined,
        date: undefined,
        minutesClose: null,
        volume: undefined,
      };
      this.#symbols.set(symbol, live);
    }
    return live;
  }
}

function grown(bar: Bar | undefined, t: number, price: number, volume: number): Bar {
  if (!bar || bar.t !== t) {
    return { t, open: price, high: price, low: price, close: price, volume };
  }
  return {
    t,
    open: bar.open,
    high: Math.max(bar.high, price),
    low: Math.min(bar.low, price),
    close: price,
    volume: bar.volume + volume,
  };
}
