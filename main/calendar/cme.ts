import { civilDate } from './civil.ts';
import type { ExchangeCalendar } from './exchange-calendar.ts';
import { inYear } from './nyse.ts';
import { type DayPlan, planYear, ruleCalendar, type Span } from './rule-calendar.ts';
import { usEarlyCloses, usHolidays } from './us-holidays.ts';

const full: DayPlan = { kind: 'full', regular: [[510, 960]], all: [[-420, 960]] };

/** A day on which trading halts early; such hours are set by product, so they are approximate. */
function until(minute: number): DayPlan {
  const regular: Span[] = minute > 510 ? [[510, minute]] : [];
  return { kind: 'half', regular, all: [[-420, minute]], approximate: true };
}

const holidayHalt = until(720);
const earlyClose = until(735);
const beforeTheBell = until(510);
const goodFridayWithJobsReport = until(495);

/** Days of mourning: the stock exchanges closed, the futures traded until the bell would have rung. */
const daysOfMourning: readonly string[] = ['2018-12-05', '2025-01-09'];

/**
 * Equity index futures on CME Globex: 17:00 of the day before to 16:00, Chicago time. Only New
 * Year, Good Friday and Christmas are full closures; other holidays halt trading at noon. The
 * exchange publishes hours by product and changes them, so its own schedule goes before these rules.
 */
export const cmeEquityIndex: ExchangeCalendar = ruleCalendar({
  id: 'CME',
  timeZone: 'America/Chicago',
  // Before that day there was a break from 15:15 to 15:30.
  validFrom: '2021-06-28',
  validThrough: '2027-12-31',
  version: 'cme-2',
  tolerance: { openMinutes: 60, closeMinutes: 60 },
  year(year) {
    const us = usHolidays(year);
    const closed = new Set<number>([us.goodFriday, us.christmas]);
    if (us.newYear !== undefined) closed.add(us.newYear);
    const special = new Map<number, DayPlan>();
    for (const day of usEarlyCloses(year)) special.set(day, earlyClose);
    const halted = [
      us.martinLutherKing,
      us.presidents,
      us.memorial,
      us.juneteenth,
      us.independence,
      us.labor,
      us.thanksgiving,
    ];
    for (const day of halted) if (day !== undefined) special.set(day, holidayHalt);
    for (const day of inYear(daysOfMourning, year)) special.set(day, beforeTheBell);
    if (jobsReportOn(us.goodFriday)) special.set(us.goodFriday, goodFridayWithJobsReport);
    return planYear(year, full, closed, special);
  },
});

/** The labour statistics come out on the first Friday of a month, on Good Friday too. */
function jobsReportOn(friday: number): boolean {
  const { month, day } = civilDate(friday);
  return month === 4 && day <= 7;
}
