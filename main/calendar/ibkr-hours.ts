import { dateText, dayMs, minuteMs, parseDate } from './civil.ts';
import type { Session } from './exchange-calendar.ts';
import { markHalfDays } from './half-days.ts';
import { chooseZone } from './ibkr-zone.ts';
import { type Zone, zoneOf } from './zone.ts';

/** Sessions read from one of IBKR's answers. */
export interface ReadHours {
  /** IANA name of the zone the times were read in; undefined when none is known, and then nothing was read. */
  readonly timeZone: string | undefined;
  readonly sessions: readonly Session[];
  /** Every date the answer speaks of, closed ones included, ascending. */
  readonly dates: readonly string[];
  /** What was strange in it, in plain words; what could not be read was left out. */
  readonly warnings: readonly string[];
  /** What was not strange and yet not taken word for word, for the log. */
  readonly notes: readonly string[];
}

/**
 * Reads `tradingHours` or `liquidHours` of IBKR's contract details, in both forms:
 * `20240722:0400-20240722:2000;20240723:CLOSED` and the old `20180320:1715-1700`, with several ranges
 * parted by commas and, where the start is not before the end, an opening on the day before.
 * `expectedZone` is the exchange's own: IBKR now and then names another beside the exchange's hours.
 */
export function readTradingHours(
  text: string,
  timeZoneId: string,
  expectedZone?: string,
): ReadHours {
  const days = (text.match(/\d{8}/g) ?? []).map(parseDate).filter((day) => day !== undefined);
  const { timeZone, warning, note } = chooseZone(timeZoneId, expectedZone, days);
  const warnings = warning === undefined ? [] : [warning];
  const notes = note === undefined ? [] : [note];
  if (timeZone === undefined) return { timeZone, sessions: [], dates: [], warnings, notes };
  const zone = zoneOf(timeZone);
  const sessions: Session[] = [];
  const dates = new Set<string>();
  for (const part of text.split(';')) {
    const entry = part.trim();
    if (entry === '') continue;
    const found = /^(\d{8}):(.*)$/.exec(entry);
    const day = found ? parseDate(found[1] as string) : undefined;
    if (!found || day === undefined) {
      warnings.push(`"${entry}" names no date`);
      continue;
    }
    if ((found[2] as string).toUpperCase() === 'CLOSED') {
      dates.add(dateText(day));
      continue;
    }
    for (const range of (found[2] as string).split(',')) {
      const session = readRange(range.trim(), day, zone);
      if (session === undefined) {
        warnings.push(`"${range}" of ${dateText(day)} is no range of hours`);
        continue;
      }
      sessions.push(session);
      dates.add(session.date);
    }
  }
  return {
    timeZone,
    sessions: markHalfDays(withoutOverlaps(sessions, warnings)),
    dates: [...dates].sort(),
    warnings,
    notes,
  };
}

/** `0930-1600`, `1715-1700` or `0930-20240722:1600`, after the entry's own date. */
function readRange(range: string, day: number, zone: Zone): Session | undefined {
  const found = /^(?:(\d{8}):)?(\d{2})(\d{2})-(?:(\d{8}):)?(\d{2})(\d{2})$/.exec(range);
  if (!found) return undefined;
  const from = Number(found[2]) * 60 + Number(found[3]);
  const to = Number(found[5]) * 60 + Number(found[6]);
  if (from > 1440 || to > 1440 || Number(found[3]) > 59 || Number(found[6]) > 59) return undefined;
  const openDay = found[1] === undefined ? day : parseDate(found[1]);
  const closeDay = found[4] === undefined ? openDay : parseDate(found[4]);
  if (openDay === undefined || closeDay === undefined) return undefined;
  const wraps = found[4] === undefined && from >= to;
  const open = zone.toUtc((wraps ? openDay - 1 : openDay) * dayMs + from * minuteMs);
  const close = zone.toUtc(closeDay * dayMs + to * minuteMs);
  if (open >= close || close - open > 4 * dayMs) return undefined;
  return { date: dateText(closeDate(closeDay, to)), open, close, kind: 'full' };
}

/** What closes at the first instant of a day was the day before's. */
function closeDate(day: number, minute: number): number {
  return minute === 0 ? day - 1 : day;
}

/** IBKR may list one stretch under two dates; what lies within another session is the same one. */
export function withoutOverlaps(
  sessions: readonly Session[],
  warnings: string[],
): readonly Session[] {
  const sorted = [...sessions].sort((a, b) => a.open - b.open || b.close - a.close);
  const kept: Session[] = [];
  for (const session of sorted) {
    const last = kept.at(-1);
    if (!last || session.open >= last.close) {
      kept.push(session);
    } else if (session.close > last.close) {
      warnings.push(`sessions of ${last.date} and ${session.date} overlap`);
      kept.push({ ...session, open: last.close });
    }
  }
  return kept;
}
