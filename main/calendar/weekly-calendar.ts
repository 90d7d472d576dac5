import { dayNumber, weekday } from './civil.ts';
import type { ExchangeCalendar } from './exchange-calendar.ts';
import { type DayPlan, ruleCalendar, type Span } from './rule-calendar.ts';

export interface WeeklyRules {
  readonly id: string;
  readonly timeZone: string;
  readonly regular: readonly Span[];
  readonly all: readonly Span[];
  /** 0 is Sunday. A session belongs to the day it closes on. */
  readonly closedWeekdays: ReadonlySet<number>;
  readonly validThrough: string;
  readonly version: string;
}

/** The same hours on every day but some weekdays; holidays are for others to know. */
export function weeklyCalendar(rules: WeeklyRules): ExchangeCalendar {
  const plan: DayPlan = { kind: 'full', regular: rules.regular, all: rules.all };
  return ruleCalendar({
    id: rules.id,
    timeZone: rules.timeZone,
    validFrom: '1970-01-01',
    validThrough: rules.validThrough,
    version: rules.version,
    year(year) {
      const plans = new Map<number, DayPlan>();
      const end = dayNumber(year + 1, 1, 1);
      for (let day = dayNumber(year, 1, 1); day < end; day++) {
        if (!rules.closedWeekdays.has(weekday(day))) plans.set(day, plan);
      }
      return plans;
    },
  });
}
