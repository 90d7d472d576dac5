import { parseDate } from '../calendar/civil.ts';
import type { ExchangeCalendar } from '../calendar/exchange-calendar.ts';
import { ianaZone } from '../calendar/ibkr-zone.ts';
import type { Span } from '../calendar/rule-calendar.ts';
import { readSpans, within } from '../calendar/span-text.ts';
import { weeklyCalendar } from '../calendar/weekly-calendar.ts';

/** What a calendar of a person's own is made of, beside its dates. */
export const ownSettings: ReadonlySet<string> = new Set([
  'time_zone',
  'regular',
  'all',
  'closed',
  'valid_through',
]);

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const weekend = ['saturday', 'sunday'];

/**
 * Reads the settings of a whole calendar. One wrong setting would make every day wrong, so then there is no calendar but
 * the faults.
 */
export function readOwnCalendar(
  id: string,
  said: ReadonlyMap<string, unknown>,
  version: string,
): { readonly calendar: ExchangeCalendar | undefined; readonly faults: readonly string[] } {
  const faults: string[] = [];
  const zone = said.get('time_zone');
  const timeZone = typeof zone === 'string' ? ianaZone(zone) : undefined;
  if (timeZone === undefined) faults.push('time_zone: a zone like Asia/Tokyo is wanted');
  const hoursOf = (key: 'regular' | 'all') => {
    if (!said.has(key)) return undefined;
    const spans = readHours(said.get(key));
    if (!spans || spans.length === 0) faults.push(`${key}: hours like 09:30-16:00 are wanted`);
    return spans;
  };
  const all = hoursOf('all');
  const regular = hoursOf('regular');
  if (!said.has('all') && !said.has('regular'))
    faults.push('all: hours like 09:30-16:00 are wanted');
  if (regular && all && !within(regular, all)) {
    faults.push('regular: the regular hours lie outside of all hours');
  }
  const closed = readWeekdays(said.has('closed') ? said.get('closed') : weekend);
  if (!closed) faults.push('closed: weekdays like [saturday, sunday] are wanted');
  const through = said.has('valid_through') ? said.get('valid_through') : '9999-12-31';
  const validThrough = typeof through === 'string' && isDate(through) ? through : undefined;
  if (validThrough === undefined) faults.push('valid_through: a date like 2027-12-31 is wanted');
  const calendar =
    faults.length === 0 && timeZone && closed && validThrough
      ? weeklyCalendar({
          id,
          timeZone,
          regular: regular ?? all ?? [],
          all: all ?? regular ?? [],
          closedWeekdays: closed,
          validThrough,
          version,
        })
      : undefined;
  return { calendar, faults };
}

/** `closed`, `09:00-15:00`, or several stretches in a list. */
export function readHours(said: unknown): readonly Span[] | undefined {
  if (said === 'closed') return [];
  const texts = listOf(said);
  return texts && readSpans(texts);
}

/** The day number of `2026-12-24`. */
export function readDate(text: string): number | undefined {
  return text.includes('-') ? parseDate(text) : undefined;
}

const isDate = (text: string) => readDate(text) !== undefined;

function readWeekdays(said: unknown): ReadonlySet<number> | undefined {
  const numbers = listOf(said)?.map((name) => weekdayOf(name.trim().toLowerCase()));
  return numbers && !numbers.includes(-1) && new Set(numbers).size < 7
    ? new Set(numbers)
    : undefined;
}

/** `sat` will do. */
function weekdayOf(name: string): number {
  return name.length < 3 ? -1 : weekdays.findIndex((weekday) => weekday.startsWith(name));
}

function listOf(said: unknown): readonly string[] | undefined {
  const list = typeof said === 'string' ? said.split(',') : said;
  return Array.isArray(list) && list.every((one) => typeof one === 'string') ? list : undefined;
}
