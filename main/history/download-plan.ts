import { firstAtOrAfter, noBars } from '../kit/bar-columns.ts';
import type { Desk } from './desk.ts';
import { type PlannedRequest, planRequests } from './plan/planner.ts';
import { tradeDays } from './plan/trade-days.ts';
import { finishedBefore } from './scan/gaps.ts';
import { findHoles } from './scan/holes.ts';
import type { Series } from './store/file-name.ts';
import { faultOf, isUnusable, tellUnusable } from './unusable.ts';

const dayMs = 86_400_000;
const usualDays = 365;

/** Where the year begins that the download keeps. */
export function downloadFrom(desk: Desk): number {
  return desk.now() - (desk.options.downloadDays ?? usualDays) * dayMs;
}

/** Only the days that are missing, and a few before them that are not. */
export function missingDays(desk: Desk, symbol: string): readonly PlannedRequest[] {
  const calendar = desk.calendars.calendarOf(symbol);
  if (!calendar) {
    desk.notice(
      `no-calendar ${symbol}`,
      'no-calendar',
      `No trading hours are known for ${symbol}, so it is not downloaded`,
      'Connect once so that the broker can tell them, or name a calendar in the calendars file.',
    );
    return [];
  }
  const series: Series = { symbol, timeframe: '1d' };
  if (desk.restated.rebuilding(series)) return [];
  const hours = desk.hoursOf('1d');
  const now = desk.now();
  const from = downloadFrom(desk);
  const until = finishedBefore(calendar, '1d', hours, now - desk.tempo.settleMs);
  const expected = desk.expected.within(calendar, '1d', hours, from, until);
  if (isUnusable(desk, series)) return [];
  const stored = desk.store.read(series);
  const fault = faultOf(desk, series, stored);
  if (fault !== undefined) {
    tellUnusable(desk, series, fault);
    return [];
  }
  const columns = stored.ok ? stored.columns : noBars;
  const start = firstAtOrAfter(columns.t, columns.length, from);
  const t = columns.t.subarray(start, columns.length);
  const missing = findHoles(t, t.length, expected, dayMs).holes.flatMap((hole) => {
    const all = desk.expected.within(calendar, '1d', hours, hole.from, hole.to + 1);
    const asked = new Set(desk.empty.worthAsking(series, all, now));
    const present = all.filter((day) => !asked.has(day));
    return findHoles(present, present.length, all, 1).holes;
  });
  if (missing.length === 0) return [];
  const days = tradeDays(calendar.sessions(from - 30 * dayMs, now, hours));
  const cap = desk.caps.cap('1d', hours, now);
  return planRequests({ series, hours, holes: missing, days, cap, now });
}

/** Whether the newest day of an answered request is not with the broker yet. */
export function newestIsLate(desk: Desk, asked: PlannedRequest): boolean {
  return missingDays(desk, asked.symbol).some(({ to }) => to === asked.to);
}
