import type { Bar } from '../../shared/bar.ts';

/** The day as the broker tells it: each figure, null where none came, and when it did. */
export interface DayFigures {
  readonly open: number | null;
  readonly openAt: number;
  readonly high: number | null;
  readonly highAt: number;
  readonly low: number | null;
  readonly lowAt: number;
}

/**
 * A day's bar made of the trades that were seen, with the broker's figures for those that were not. A figure told before
 * `from` is the day before's. The bar itself is answered where they change nothing: that is nearly every tick.
 */
export function withFigures(seen: Bar, figures: DayFigures | undefined, from: number): Bar {
  if (!figures) return seen;
  const open = figures.openAt >= from ? (figures.open ?? seen.open) : seen.open;
  const highest = figures.highAt >= from ? (figures.high ?? seen.high) : seen.high;
  const lowest = figures.lowAt >= from ? (figures.low ?? seen.low) : seen.low;
  const high = Math.max(seen.high, highest, open);
  const low = Math.min(seen.low, lowest, open);
  const same = open === seen.open && high === seen.high && low === seen.low;
  return same ? seen : { ...seen, open, high, low };
}
