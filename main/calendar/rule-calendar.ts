import { civilDate, dateText, dayMs, dayNumber, isWeekend, minuteMs } from './civil.ts';
import type { ExchangeCalendar, Hours, Session, Tolerance } from './exchange-calendar.ts';
import { zoneOf } from './zone.ts';

/** Minutes of the local clock, counted from midnight of the trade date; negative is the day before. */
export type Span = readonly [open: number, close: number];

/** What one trade date looks like. */
export interface DayPlan {
  readonly kind: 'full' | 'half';
  readonly regular: readonly Span[];
  readonly all: readonly Span[];
  readonly approximate?: true;
}

export interface CalendarRules {
  readonly id: string;
  readonly timeZone: string;
  readonly validFrom: string;
  readonly validThrough: string;
  readonly version: string;
  readonly tolerance?: Tolerance;
  /** The plan of every trading day of a year, by day number. */
  year(year: number): ReadonlyMap<number, DayPlan>;
}

/** A calendar out of rules; a year is worked out once and kept. */
export function ruleCalendar(rules: CalendarRules): ExchangeCalendar {
  const zone = zoneOf(rules.timeZone);
  const years = { regular: new Map<number, Session[]>(), all: new Map<number, Session[]>() };

  function year(wanted: number, hours: Hours): readonly Session[] {
    const known = years[hours].get(wanted);
    if (known) return known;
    const made: Session[] = [];
    for (const [day, plan] of rules.year(wanted)) {
      const date = dateText(day);
      for (const [open, close] of plan[hours]) {
        made.push({
          date,
          open: zone.toUtc(day * dayMs + open * minuteMs),
          close: zone.toUtc(day * dayMs + close * minuteMs),
          kind: plan.kind,
          ...(plan.approximate ? { approximate: true as const } : {}),
        });
      }
    }
    years[hours].set(wanted, made);
    return made;
  }

  return {
    id: rules.id,
    timeZone: rules.timeZone,
    validFrom: rules.validFrom,
    validThrough: rules.validThrough,
    version: rules.version,
    ...(rules.tolerance ? { tolerance: rules.tolerance } : {}),
    sessions(fromMs, toMs, hours) {
      if (!(fromMs < toMs)) return [];
      // A session may begin a local day before its date and may be dated a day away in UTC.
      const first = civilDate(Math.floor(fromMs / dayMs) - 2).year;
      const last = civilDate(Math.floor(toMs / dayMs) + 2).year;
      const found: Session[] = [];
      for (let y = first; y <= last; y++) {
        const sessions = year(y, hours);
        for (let i = firstClosingAfter(sessions, fromMs); i < sessions.length; i++) {
          const session = sessions[i] as Session;
          if (session.open >= toMs) break;
          found.push(session);
        }
      }
      return found;
    },
  };
}

/** The index of the first session whose close lies after an instant. */
export function firstClosingAfter(sessions: readonly Session[], ms: number): number {
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sessions[middle] as Session).close > ms) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The plans of a year: every weekday is `usual` unless it is closed or has a plan of its own. */
export function planYear(
  year: number,
  usual: DayPlan,
  closed: ReadonlySet<number>,
  special: ReadonlyMap<number, DayPlan>,
): ReadonlyMap<number, DayPlan> {
  const plans = new Map<number, DayPlan>();
  const end = dayNumber(year + 1, 1, 1);
  for (let day = dayNumber(year, 1, 1); day < end; day++) {
    const own = special.get(day);
    if (own) plans.set(day, own);
    else if (!closed.has(day) && !isWeekend(day)) plans.set(day, usual);
  }
  return plans;
}
