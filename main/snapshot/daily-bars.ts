import type { Bar } from '../../shared/bar.ts';
import type { BarColumns } from '../kit/bar-columns.ts';

/** One ticker's daily history as a download hands it over. */
export interface DailyHistory {
  readonly ticker: string;
  readonly startDate: string;
  readonly curDate: string;
  readonly endDate: string;
  /** Oldest first; null when the ticker is known but has no bars. */
  readonly bars: readonly Bar[] | null;
  readonly currency?: string;
}

/** The day's bar as ticks have made it, and when the last of them came. */
export interface LiveDay {
  readonly bar: Bar;
  /** The same without the broker's figures, for the next tick to go on with. */
  readonly seen: Bar;
  readonly tickMs: number;
  /** Only where the tick was of delayed data. */
  readonly delayed?: true;
  /** When the day is over; null where nobody knows. */
  readonly closes: number | null;
}

/** A downloaded bar gives way to ticks of the same day only while it is traded and they are this fresh. */
export const liveForMs = 90_000;

/** Says what is wrong with the bars, so that they are refused before a reader can meet them. */
export function faultOf(rows: BarColumns): string | undefined {
  const { length, t, open, high, low, close, volume } = rows;
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i++) {
    const time = t[i] as number;
    if (!Number.isSafeInteger(time)) return `bar ${i} has no usable time`;
    if (time <= before) return `bar ${i} is not later than the one before it`;
    before = time;
    const prices = (open[i] as number) + (high[i] as number) + (low[i] as number);
    if (!Number.isFinite(prices + (close[i] as number) + (volume[i] as number)))
      return `bar ${i} holds a value that is not a number`;
  }
  return undefined;
}

/** The day's bar after one more trade; a trade of a later day opens a new bar. */
export function applyTick(
  last: Bar | undefined,
  day: number,
  price: number,
  volume: number | undefined,
): Bar {
  if (!last || day > last.t) {
    return { t: day, open: price, high: price, low: price, close: price, volume: volume ?? 0 };
  }
  return {
    t: last.t,
    open: last.open,
    high: Math.max(last.high, price),
    low: Math.min(last.low, price),
    close: price,
    volume: volume ?? last.volume,
  };
}

/**
 * Lays the day that is being traded over a downloaded history. Without this, a download that ends
 * with yesterday would take today's bar away, and one made a minute ago would turn the price back.
 */
export function withLiveDay(
  bars: readonly Bar[],
  live: LiveDay | undefined,
  now: number,
): readonly Bar[] {
  const last = bars.at(-1);
  if (!live || !last || live.bar.t < last.t) return bars;
  if (live.bar.t > last.t) return [...bars, live.bar];
  const over = live.closes !== null && now >= live.closes;
  if (over || now - live.tickMs > liveForMs) return bars;
  const merged: Bar = {
    t: last.t,
    open: last.open,
    high: Math.max(last.high, live.bar.close),
    low: Math.min(last.low, live.bar.close),
    close: live.bar.close,
    volume: Math.max(last.volume, live.bar.volume),
  };
  return [...bars.slice(0, -1), merged];
}

/** Local midnight of the date whose UTC midnight `t` is. */
export function localMidnight(t: number): number {
  const date = new Date(t);
  return new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()).getTime();
}
