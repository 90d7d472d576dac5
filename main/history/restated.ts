import { barSeconds } from '../../shared/bar.ts';
import type { Desk } from './desk.ts';
import type { PlannedRequest } from './plan/planner.ts';
import type { Restatement } from './splits.ts';
import type { Series } from './store/file-name.ts';

/** The series is to be fetched anew, and every other one of the symbol to be compared with the broker's bars. */
export function noteRestated(
  desk: Desk,
  { symbol, timeframe }: Series,
  { ratio, until }: Restatement,
): void {
  const series = { symbol, timeframe };
  desk.options.log.info({ ...series, ratio }, 'prices were restated: fetching anew');
  desk.restated.add({ ...series, what: 'rebuild', ratio, until });
  const end = until + barSeconds(timeframe) * 1000 - 1;
  for (const other of desk.store.list().files) {
    if (other.symbol !== symbol || other.timeframe === timeframe) continue;
    desk.restated.add({ symbol, timeframe: other.timeframe, what: 'check', ratio, until: end });
  }
  desk.save();
  desk.changed();
}

/**
 * After the bar at `until` the price is quite another, and whether it was a split is to be found out. Only where both
 * lie in one session or in two that follow each other: over more of them prices wander by themselves, and what lies
 * between is asked for yet.
 */
export function noteSuspect(
  desk: Desk,
  { symbol, timeframe, hours, from }: PlannedRequest,
  until: number,
): void {
  const between = desk.calendars.calendarOf(symbol)?.sessions(until, from + 1, hours) ?? [];
  if (new Set(between.map(({ date }) => date)).size > 2) return;
  desk.restated.add({ symbol, timeframe, what: 'check', ratio: null, until });
  desk.save();
}
