import { dayNumber } from './civil.ts';
import type { ExchangeCalendar } from './exchange-calendar.ts';
import { type DayPlan, planYear, ruleCalendar } from './rule-calendar.ts';

/** 17:15 of the day before until 17:00: the quarter of an hour between belongs to no session. */
const day: DayPlan = { kind: 'full', regular: [[-405, 1020]], all: [[-405, 1020]] };

/**
 * Currencies on IDEALPRO, Sunday 17:15 to Friday 17:00 New York time with a daily break of a
 * quarter of an hour. A session belongs to the day it closes on, so Sunday evening is Monday's.
 */
export const fx: ExchangeCalendar = ruleCalendar({
  id: 'IDEALPRO',
  timeZone: 'America/New_York',
  validFrom: '2012-01-01',
  validThrough: '2028-12-31',
  version: 'fx-1',
  tolerance: { edgeMinutes: 15 },
  year(year) {
    const closed = new Set([dayNumber(year, 1, 1), dayNumber(year, 12, 25)]);
    return planYear(year, day, closed, new Map());
  },
});
