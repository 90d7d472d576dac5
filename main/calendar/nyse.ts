import { civilDate, parseDate } from './civil.ts';
import type { ExchangeCalendar } from './exchange-calendar.ts';
import { type DayPlan, planYear, ruleCalendar } from './rule-calendar.ts';
import { usEarlyCloses, usHolidays } from './us-holidays.ts';

const full: DayPlan = { kind: 'full', regular: [[570, 960]], all: [[240, 1200]] };
const half: DayPlan = { kind: 'half', regular: [[570, 780]], all: [[240, 1020]] };

/** Closures that no rule foretells: attacks, storms and days of mourning. */
const oneOffClosures: readonly string[] = [
  '2001-09-11',
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11',
  '2007-01-02',
  '2012-10-29',
  '2012-10-30',
  '2018-12-05',
  '2025-01-09',
];

const oneOffEarlyCloses: readonly string[] = ['2003-12-26'];

/** New York Stock Exchange and Nasdaq: 09:30-16:00, extended 04:00-20:00, New York time. */
export const nyse: ExchangeCalendar = ruleCalendar({
  id: 'NYSE',
  timeZone: 'America/New_York',
  validFrom: '2004-01-01',
  validThrough: '2028-12-31',
  version: 'nyse-1',
  year(year) {
    const holidays = Object.values(usHolidays(year)).filter((day) => day !== undefined);
    const closed = new Set<number>([...holidays, ...inYear(oneOffClosures, year)]);
    const early = [...usEarlyCloses(year), ...inYear(oneOffEarlyCloses, year)];
    return planYear(year, full, closed, new Map(early.map((day) => [day, half])));
  },
});

/** The day numbers of those dates that lie in a year. */
export function inYear(dates: readonly string[], year: number): readonly number[] {
  return dates
    .map((text) => parseDate(text) as number)
    .filter((day) => civilDate(day).year === year);
}
