import type { Timeframe } from '../../../shared/bar.ts';

const dayMs = 86_400_000;
/** Clocks differ, and a bar of a day is named by the date on which its session closes. */
const aheadMs = 3 * dayMs;

/** What is asked of the times in a bar file, besides that they can be read. */
export interface TimeRules {
  /** A daily bar has a date, which is the one that is written, in whatever zone and at whatever hour. */
  readonly daily: boolean;
  /** No bar can be later. */
  readonly latest: number;
}

export const anyTimes: TimeRules = { daily: false, latest: Number.POSITIVE_INFINITY };

export function timeRules(timeframe: Timeframe, now: number): TimeRules {
  return { daily: timeframe === '1d', latest: now + aheadMs };
}

export function dateOf(t: number): number {
  return Math.floor(t / dayMs) * dayMs;
}
