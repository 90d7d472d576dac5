import { dateText, dayMs, parseDate } from './civil.ts';
import type { Session } from './exchange-calendar.ts';
import { markHalfDays } from './half-days.ts';
import { type ReadHours, withoutOverlaps } from './ibkr-hours.ts';
import { ianaZone } from './ibkr-zone.ts';
import { type Zone, zoneOf } from './zone.ts';

/** The payload of IBKR's answer to a historical request for SCHEDULE. */
export interface IbkrSchedule {
  readonly startDateTime: string;
  readonly endDateTime: string;
  readonly timeZone: string;
  readonly sessions: readonly {
    readonly startDateTime: string;
    readonly endDateTime: string;
    readonly refDate: string;
  }[];
}

/**
 * Reads a SCHEDULE answer. Its `yyyymmdd-HH:MM:SS` are local times of its own zone, though the same
 * form means UTC in a request. Dates between its first and last that it leaves out were closed.
 */
export function readSchedule(schedule: IbkrSchedule, expectedZone?: string): ReadHours {
  const warnings: string[] = [];
  const named = ianaZone(schedule.timeZone);
  const timeZone = named ?? expectedZone;
  if (timeZone === undefined) {
    warnings.push(`"${schedule.timeZone}" is no known time zone, so its hours cannot be read`);
    return { timeZone: '', sessions: [], dates: [], warnings };
  }
  if (named === undefined) {
    warnings.push(`"${schedule.timeZone}" is no known time zone; ${timeZone} is taken`);
  }
  const zone = zoneOf(timeZone);
  const sessions: Session[] = [];
  for (const entry of schedule.sessions) {
    const open = instant(entry.startDateTime, zone);
    const close = instant(entry.endDateTime, zone);
    const day = parseDate(entry.refDate);
    if (open === undefined || close === undefined || day === undefined || open >= close) {
      warnings.push(`"${entry.startDateTime}" to "${entry.endDateTime}" is no session`);
      continue;
    }
    sessions.push({ date: dateText(day), open, close, kind: 'full' });
  }
  const kept = markHalfDays(withoutOverlaps(sessions, warnings));
  return { timeZone, sessions: kept, dates: coveredDates(schedule, kept), warnings };
}

function coveredDates(schedule: IbkrSchedule, sessions: readonly Session[]): readonly string[] {
  const days = sessions.map((session) => parseDate(session.date) as number);
  for (const text of [schedule.startDateTime, schedule.endDateTime]) {
    const day = parseDate(text.slice(0, 8));
    if (day !== undefined) days.push(day);
  }
  if (days.length === 0) return [];
  const first = days.reduce((a, b) => Math.min(a, b));
  const last = days.reduce((a, b) => Math.max(a, b));
  return Array.from({ length: last - first + 1 }, (_, i) => dateText(first + i));
}

/** `20260312-09:30:00`, with a blank for the dash in some versions, in a zone's local time. */
function instant(text: string, zone: Zone): number | undefined {
  const found = /^(\d{8})[- ](\d{2}):(\d{2}):(\d{2})/.exec(text.trim());
  const day = found ? parseDate(found[1] as string) : undefined;
  if (!found || day === undefined) return undefined;
  const seconds = (Number(found[2]) * 60 + Number(found[3])) * 60 + Number(found[4]);
  return seconds > 86_400 ? undefined : zone.toUtc(day * dayMs + seconds * 1000);
}
