import type { Timeframe } from '../../../shared/bar.ts';
import type { ExchangeCalendar, Hours } from '../../calendar/exchange-calendar.ts';
import { expectedBars } from '../../calendar/expected-bars.ts';
import { expectedWithin } from './holes.ts';

const yearMs = 366 * 86_400_000;
const kept = 64;

/** The expected bars of a calendar, reckoned once for all files that share it. */
export class ExpectedBook {
  readonly #known = new Map<string, { from: number; to: number; bars: Float64Array }>();

  /** Starts in [from, to), of which the calendar is certain. */
  within(
    calendar: ExchangeCalendar,
    timeframe: Timeframe,
    hours: Hours,
    from: number,
    to: number,
  ): Float64Array {
    if (!(from < to)) return new Float64Array(0);
    const key = `${calendar.version} ${timeframe} ${hours}`;
    let known = this.#known.get(key);
    if (!known || from < known.from || to > known.to) {
      const low = Math.min(from, known?.from ?? from);
      const high = Math.max(to, known?.to ?? to);
      // A little more on both sides, because the next file asks for nearly the same.
      const span = { from: low - yearMs / 12, to: high + yearMs / 12 };
      const bars = expectedBars(calendar, timeframe, span.from, span.to, hours, {
        certainOnly: true,
      });
      known = { ...span, bars };
      this.#known.delete(key);
      this.#known.set(key, known);
      if (this.#known.size > kept) this.#known.delete(this.#known.keys().next().value as string);
    }
    return expectedWithin(known.bars, from, to);
  }
}
