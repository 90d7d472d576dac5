import { dateText, dayMs, parseDate } from './civil.ts';
import type { Session } from './exchange-calendar.ts';
import { markHalfDays } from './half-days.ts';
import { type ReadHours, withoutOverlaps } from './ibkr-hours.ts';
import { chooseZone } from './ibkr-zone.ts';
import { type Zone, zoneOf } from './zone.ts';

/** IBKR's answer to a historical request for SCHEDULE, word for word. */
export interface IbkrSchedule {
  readonly timeZone: string;
  readonly sessions: readonly {
    readonly start: string;
    readonly end: string;
    /** The trade date, `yyyymmdd`. */
    readonly date: string;
  }[];
}

/** No session is longer, nor further from its trade date: Friday night may be Tuesday's over a holiday. */
const longestDays = 4;

/**
 * Reads a SCHEDULE answer. Its `yyyymmdd-HH:MM:SS` are local times of its own zone, though the same form means UTC in
 * a request. Dates between its first and its last that it leaves out were closed; of a date whose entry makes no sense
 * nothing is known. `expectedZone` is the exchange's own.
 */
export function readSchedule(schedule: IbkrSchedule, expectedZone?: string): ReadHours {
  const entries = schedule.sessions;
  const days = entries.map(({ start }) => parseDate(start.slice(0, 8)));
  const { timeZone, warning, note } = chooseZone(
    schedule.timeZone,
    expectedZone,
    days.filter((day) => day !== undefined),
  );
  const warnings = warning === undefined ? [] : [warning];
  const notes = note === undefined ? [] : [note];
  if (timeZone === undefined) return { timeZone, sessions: [], dates: [], warnings, notes };
  const zone = zoneOf(timeZone);
  const sessions: Session[] = [];
  const unread = new Set<number | undefined>();
  for (const entry of entries) {
    const session = readEntry(entry, zone);
    if (session) {
      sessions.push(session);
    } else {
      warnings.push(`"${entry.start}" to "${entry.end}" is no session of "${entry.date}"`);
      unread.add(parseDate(entry.date));
    }
  }
  const kept = markHalfDays(withoutOverlaps(sessions, warnings));
  return { timeZone, sessions: kept, dates: datesSpokenOf(kept, unread), warnings, notes };
}

function readEntry(
  { start, end, date }: IbkrSchedule['sessions'][number],
  zone: Zone,
): Session | undefined {
  const open = instant(start, zone);
  const close = instant(end, zone);
  const day = parseDate(date);
  if (open === undefined || close === undefined || day === undefined) return undefined;
  const apart = Math.abs(day - zone.dayAt(close));
  if (open >= close || close - open > longestDays * dayMs || apart > longestDays) return undefined;
  return { date: dateText(day), open, close, kind: 'full' };
}

/** An entry that does not even name its date may be of any: then none may be called closed for being left out. */
function datesSpokenOf(
  sessions: readonly Session[],
  unread: ReadonlySet<number | undefined>,
): readonly string[] {
  const traded = new Set(sessions.map(({ date }) => date));
  if (traded.size === 0 || unread.has(undefined)) return [...traded].sort();
  const days = [...traded].map((date) => parseDate(date) as number);
  const first = days.reduce((a, b) => Math.min(a, b));
  const last = days.reduce((a, b) => Math.max(a, b));
  return Array.from({ length: last - first + 1 }, (_, nth) => first + nth)
    .filter((day) => !unread.has(day) || traded.has(dateText(day)))
    .map(dateText);
}

/** `20260312-09:30:00`, with a blank for the dash in some versions, in a zone's local time. */
function instant(text: string, zone: Zone): number | undefined {
  const found = /^(\d{8})[- ]+(\d{2}):(\d{2}):(\d{2})$/.exec(text.trim());
  const day = found ? parseDate(found[1] as string) : undefined;
  if (!found || day === undefined) return undefined;
  const [hours, minutes, seconds] = found.slice(2).map(Number) as [number, number, number];
  if (minutes > 59 || seconds > 59) return undefined;
  const ofDay = (hours * 60 + minutes) * 60 + seconds;
  return ofDay > 86_400 ? undefined : zone.toUtc(day * dayMs + ofDay * 1000);
}
