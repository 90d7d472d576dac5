import type { ExchangeCalendar, Hours, Session } from '../calendar/exchange-calendar.ts';
import { differences, type KnownSessions } from '../calendar/known-sessions.ts';
import { zoneOf } from '../calendar/zone.ts';

/** Dates on which the broker told one thing and the rules say another, in words. */
export interface HoursDifference {
  readonly rules: string;
  readonly told: string;
  readonly dates: readonly string[];
}

/**
 * Where what was told departs from the rules, without what had been told before: the broker is asked every day, and
 * each difference is news only once.
 */
export function newDifferences(
  rules: ExchangeCalendar,
  hours: Hours,
  told: KnownSessions,
  before: KnownSessions,
): readonly HoursDifference[] {
  const inWords = (sessions: readonly Session[]) => clockText(sessions, rules.timeZone);
  const formerly = new Map(
    differences(rules, before, hours).map(({ date, known }) => [date, inWords(known)]),
  );
  const found = new Map<string, { rules: string; told: string; dates: string[] }>();
  for (const difference of differences(rules, told, hours)) {
    const { date } = difference;
    const words = { rules: inWords(difference.rules), told: inWords(difference.known) };
    if (formerly.get(date) === words.told) continue;
    const key = `${words.rules}|${words.told}`;
    const group = found.get(key);
    if (group) group.dates.push(date);
    else found.set(key, { ...words, dates: [date] });
  }
  return [...found.values()];
}

/** `09:30-13:00` on the clock of the exchange. */
function clockText(sessions: readonly Session[], timeZone: string): string {
  if (sessions.length === 0) return 'closed';
  const zone = zoneOf(timeZone);
  const clock = (ms: number) => new Date(zone.toLocal(ms)).toISOString().slice(11, 16);
  return sessions.map(({ open, close }) => `${clock(open)}-${clock(close)}`).join(', ');
}
