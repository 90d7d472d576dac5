import { dayNumber } from './civil.ts';
import type { ExchangeCalendar } from './exchange-calendar.ts';
import { type DayPlan, planYear, ruleCalendar } from './rule-calendar.ts';

/** 17:00 of the day before until 17:00. */
const day: DayPlan = { kind: 'full', regular: [[-420, 1020]], all: [[-420, 1020]] };

/**
 * Currencies, round the clock from Sunday 17:00 to Friday 17:00 New York time. A session belongs to the day it closes
 * on, so Sunday evening is Monday's.
 *
 * IDEALPRO has been seen to pause until 17:15, which nothing but its own schedule confirms for a given day. So the
 * rules open a session at 17:00 and vouch for nothing that ends by 17:15: no minute of that quarter is ever a hole, and
 * the first bar of an hour counts whether it is stamped 17:00 or 17:15.
 */
export const fx: ExchangeCalendar = ruleCalendar({
  id: 'IDEALPRO',
  timeZone: 'America/New_York',
  validFrom: '2012-01-01',
  validThrough: '2028-12-31',
  version: 'fx-2',
  tolerance: { openMinutes: 15, closeMinutes: 0 },
  year(year) {
    const closed = new Set([dayNumber(year, 1, 1), dayNumber(year, 12, 25)]);
    return planYear(year, day, closed, new Map());
  },
});
