import { LineCounter, parseDocument } from 'yaml';
import { always } from '../calendar/always.ts';
import { dayMs, minuteMs } from '../calendar/civil.ts';
import { cmeEquityIndex } from '../calendar/cme.ts';
import type { ExchangeCalendar, Hours, Session } from '../calendar/exchange-calendar.ts';
import { fx } from '../calendar/fx.ts';
import { lse } from '../calendar/lse.ts';
import { nyse } from '../calendar/nyse.ts';
import type { Span } from '../calendar/rule-calendar.ts';
import { within } from '../calendar/span-text.ts';
import { zoneOf } from '../calendar/zone.ts';
import { ownSettings, readDate, readHours, readOwnCalendar } from './own-calendar.ts';
import { type ByHours, digest } from './told-hours.ts';

/** What a person wrote into the calendars file. */
export interface CalendarsFile {
  /** The calendar of a symbol, or `none`. */
  readonly symbols: ReadonlyMap<string, string>;
  /** Whole calendars, by name. */
  readonly own: ReadonlyMap<string, ExchangeCalendar>;
  /** Dates a calendar is said to be otherwise on. */
  readonly days: ReadonlyMap<string, ByHours>;
  readonly version: string;
}

const builtIn = new Map(
  [nyse, lse, fx, cmeEquityIndex, always].map((calendar) => [calendar.id, calendar]),
);

export const noCalendarsFile: CalendarsFile = {
  symbols: new Map(),
  own: new Map(),
  days: new Map(),
  version: '',
};

export function calendarNamed(file: CalendarsFile, name: string): ExchangeCalendar | undefined {
  return builtIn.get(name) ?? file.own.get(name);
}

type Faults = string[];
type Entries = ReadonlyMap<string, unknown>;

/**
 * ```yaml
 * symbols: { XYZ: LSE, ABC: none, 7203: TSEJ }
 * calendars:
 *   NYSE:
 *     2026-12-24: { regular: 09:30-13:00, all: 04:00-17:00 }
 *     2026-12-31: closed
 *   TSEJ:
 *     time_zone: Asia/Tokyo
 *     all: [09:00-11:30, 12:30-15:30]
 * ```
 * Each fault is named with its place; all the rest holds.
 */
export function parseCalendarsFile(text: string): {
  readonly file: CalendarsFile;
  readonly faults: readonly string[];
} {
  const faults: Faults = [];
  const content = readYaml(text, faults);
  if (content === undefined) return { file: noCalendarsFile, faults };
  const top = entriesOf(content);
  if (!top) return { file: noCalendarsFile, faults: ['neither symbols nor calendars are in it'] };
  for (const key of top.keys()) {
    if (key !== 'symbols' && key !== 'calendars')
      faults.push(`${key} is neither symbols nor calendars`);
  }
  const version = digest(text);
  const read = readCalendars(top, version);
  const { own, unusable, days } = read;
  const symbols = new Map<string, string>();
  for (const [symbol, said] of section(top, 'symbols', faults)) {
    const name = typeof said === 'string' ? said : 'that';
    // Better no holes than those of a calendar nobody named.
    if (name === 'none' || unusable.has(name)) symbols.set(symbol, 'none');
    else if (builtIn.has(name) || own.has(name)) symbols.set(symbol, name);
    else faults.push(`${symbol}: no calendar is called ${name}`);
  }
  return { file: { symbols, own, days, version }, faults: [...faults, ...read.faults] };
}

function readCalendars(top: Entries, version: string) {
  const faults: Faults = [];
  const own = new Map<string, ExchangeCalendar>();
  const unusable = new Set<string>();
  const days = new Map<string, ByHours>();
  for (const [name, said] of section(top, 'calendars', faults)) {
    const entries = entriesOf(said);
    if (!entries) {
      faults.push(`${name}: dates and their hours are wanted`);
      continue;
    }
    const { settings, dates } = parted(entries);
    let calendar = builtIn.get(name);
    if (calendar && settings.size > 0) {
      const set = [...settings.keys()].join(', ');
      faults.push(`${name}: it is built in, so ${set} cannot be set; take another name`);
    } else if (!calendar && settings.size > 0 && name !== 'none') {
      const read = readOwnCalendar(name, settings, `${name}-${version}`);
      faults.push(...read.faults.map((fault) => `${name}: ${fault}, so it is not used`));
      calendar = read.calendar;
      if (calendar) own.set(name, calendar);
      else unusable.add(name);
    } else if (!calendar) faults.push(`no calendar is called ${name}`);
    if (calendar) days.set(name, daysOf(calendar, dates, faults));
  }
  return { own, unusable, days, faults };
}

function parted(entries: Entries): { readonly settings: Entries; readonly dates: Entries } {
  const isSetting = ([key]: readonly [string, unknown]) => ownSettings.has(key);
  return {
    settings: new Map([...entries].filter(isSetting)),
    dates: new Map([...entries].filter((entry) => !isSetting(entry))),
  };
}

/** Every plain word as text: 0005 is a symbol, and `NO` is one too. Undefined when it is no YAML. */
function readYaml(text: string, faults: Faults): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    schema: 'failsafe',
    lineCounter: lines,
    prettyErrors: false,
  });
  const line = (at: number) => `line ${lines.linePos(at).line}`;
  const broken = document.errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  if (broken) {
    faults.push(`${line(broken.pos[0])}: ${broken.message}, so nothing of it is used`);
    return undefined;
  }
  for (const { pos } of document.errors) {
    faults.push(`${line(pos[0])}: this was said before; the later word holds`);
  }
  try {
    return document.toJS({ mapAsMap: true });
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function entriesOf(said: unknown): Entries | undefined {
  if (said === '' || said === null) return new Map();
  return said instanceof Map
    ? new Map([...said].map(([key, one]) => [String(key), one]))
    : undefined;
}

function section(top: Entries, name: string, faults: Faults): Entries {
  const entries = entriesOf(top.get(name) ?? null);
  if (!entries) faults.push(`${name}: a name and its value on each line are wanted`);
  return entries ?? new Map();
}

function daysOf(calendar: ExchangeCalendar, entries: Entries, faults: Faults): ByHours {
  const dates: string[] = [];
  const sessions: Record<Hours, Session[]> = { regular: [], all: [] };
  for (const [date, hours] of entries) {
    const day = readDate(date);
    if (day === undefined) {
      faults.push(`${calendar.id}: ${date} is no date`);
      continue;
    }
    const read = readDay(hours);
    if (typeof read === 'string') {
      faults.push(`${calendar.id} ${date}: ${read}`);
      continue;
    }
    dates.push(date);
    for (const each of ['regular', 'all'] as const) {
      sessions[each].push(...sessionsOf(calendar, date, day, read[each], each));
    }
  }
  return {
    regular: { dates, sessions: sessions.regular },
    all: { dates, sessions: sessions.all },
  };
}

type DaySaid = Readonly<Record<Hours, readonly Span[]>>;

/** What is said of one day, or what is wrong with it. */
function readDay(said: unknown): DaySaid | string {
  const unclear = 'neither closed nor hours like 09:30-16:00';
  const each = said instanceof Map ? said : new Map([['all', said]]);
  const other = [...each.keys()].find((key) => key !== 'regular' && key !== 'all');
  if (other !== undefined) return `${String(other)} is neither regular nor all`;
  if (!each.has('all')) return 'all hours are wanted beside the regular ones';
  const all = readHours(each.get('all'));
  const regular = each.has('regular') ? readHours(each.get('regular')) : all;
  if (!all || !regular) return unclear;
  return within(regular, all) ? { regular, all } : 'the regular hours lie outside of all hours';
}

function sessionsOf(
  calendar: ExchangeCalendar,
  date: string,
  day: number,
  spans: readonly Span[],
  hours: Hours,
): readonly Session[] {
  const zone = zoneOf(calendar.timeZone);
  const at = (minute: number) => zone.toUtc(day * dayMs + minute * minuteMs);
  const length = (one: readonly { open: number; close: number }[]) =>
    one.reduce((sum, { open, close }) => sum + close - open, 0);
  const made = spans.map(([open, close]) => ({ date, open: at(open), close: at(close) }));
  const around = new Map<string, Session[]>();
  for (const session of calendar.sessions((day - 10) * dayMs, (day + 10) * dayMs, hours)) {
    around.set(session.date, [...(around.get(session.date) ?? []), session]);
  }
  const usual = Math.max(0, ...[...around.values()].map(length));
  const kind = length(made) < usual ? 'half' : 'full';
  return made.map((session) => ({ ...session, kind }));
}
