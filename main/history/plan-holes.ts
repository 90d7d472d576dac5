import type { Hours } from '../calendar/exchange-calendar.ts';
import type { Desk } from './desk.ts';
import { type PlannedRequest, planRequests } from './plan/planner.ts';
import { tradeDays } from './plan/trade-days.ts';
import type { Hole } from './scan/holes.ts';
import type { Series } from './store/file-name.ts';

/** Over weekends and holidays at either end, there is still a trading day to begin or end at. */
const marginMs = 3 * 86_400_000;

/** The requests that fill these holes, which are in the order of time; none where nobody knows the trading hours. */
export function planHoles(
  desk: Desk,
  { symbol, timeframe }: Series,
  hours: Hours,
  holes: readonly Hole[],
  cap?: number,
): PlannedRequest[] {
  const calendar = desk.calendars.calendarOf(symbol);
  const first = holes[0];
  const last = holes.at(-1);
  if (!calendar || !first || !last) return [];
  const now = desk.now();
  return planRequests({
    series: { symbol, timeframe },
    hours,
    holes,
    days: tradeDays(calendar.sessions(first.from - marginMs, last.to + marginMs, hours)),
    cap: cap ?? desk.caps.cap(timeframe, hours, now),
    now,
  });
}
