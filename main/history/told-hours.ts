import type { Hours } from '../calendar/exchange-calendar.ts';
import { type ReadHours, readTradingHours } from '../calendar/ibkr-hours.ts';
import { readSchedule } from '../calendar/ibkr-schedule.ts';
import { ianaZone } from '../calendar/ibkr-zone.ts';
import type { KnownSessions } from '../calendar/known-sessions.ts';
import { zoneOf } from '../calendar/zone.ts';
import type { HoursAnswer, ScheduleAnswer } from './ports.ts';

export type ByHours = Readonly<Record<Hours, KnownSessions>>;

/** What the broker said of one kind of instrument, and when. */
export interface Told {
  readonly schedule: ByHours;
  readonly hours: ByHours;
  readonly timeZone: string;
  readonly askedAt: number;
}

/** What was read of one round of answers; undefined where the broker refused to tell. */
export interface ReadAnswers {
  readonly schedule: Readonly<Record<Hours, ReadHours | undefined>>;
  readonly hours: Readonly<Record<Hours, ReadHours | undefined>>;
  /** The zone the times were read in. */
  readonly timeZone: string | undefined;
  /** What was strange, in plain words. */
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

export const noSessions: KnownSessions = { dates: [], sessions: [] };

/** `expectedZone` is the exchange's own, where it is known. */
export function readAnswers(
  hours: HoursAnswer,
  schedules: Readonly<Record<Hours, ScheduleAnswer>>,
  expectedZone: string | undefined,
  now: number,
): ReadAnswers {
  const contradiction = expectedZone ? undefined : contradictoryZones(hours, schedules, now);
  if (contradiction !== undefined) {
    const none = { regular: undefined, all: undefined };
    const warnings = [contradiction];
    return { schedule: none, hours: none, timeZone: undefined, warnings, notes: [] };
  }
  const past = (answer: ScheduleAnswer) =>
    answer.ok ? readSchedule(answer, expectedZone) : undefined;
  const coming = (text: string) =>
    hours.ok ? readTradingHours(text, hours.timeZoneId, expectedZone) : undefined;
  const read = {
    schedule: { regular: past(schedules.regular), all: past(schedules.all) },
    hours: {
      regular: hours.ok ? coming(hours.liquidHours) : undefined,
      all: hours.ok ? coming(hours.tradingHours) : undefined,
    },
  };
  const parts = [read.schedule.regular, read.schedule.all, read.hours.regular, read.hours.all];
  return {
    ...read,
    timeZone: expectedZone ?? parts.find((part) => part?.timeZone !== undefined)?.timeZone,
    warnings: [...new Set(parts.flatMap((part) => part?.warnings ?? []))],
    notes: [...new Set(parts.flatMap((part) => part?.notes ?? []))],
  };
}

/** Of an exchange nobody here knows, two zones cannot both be right, and nothing says which one is. */
function contradictoryZones(
  hours: HoursAnswer,
  schedules: Readonly<Record<Hours, ScheduleAnswer>>,
  now: number,
): string | undefined {
  const named = [
    ...(hours.ok ? [hours.timeZoneId] : []),
    ...[schedules.regular, schedules.all].flatMap((one) => (one.ok ? [one.timeZone] : [])),
  ].filter((name) => ianaZone(name) !== undefined);
  const clocks = new Map(named.map((name) => [offsets(name, now), name]));
  if (clocks.size < 2) return undefined;
  return `the answers name different time zones (${[...clocks.values()].join(', ')}), so none of them can be read`;
}

function offsets(name: string, now: number): string {
  const zone = zoneOf(ianaZone(name) as string);
  const halfYearMs = 182 * 86_400_000;
  return `${zone.offsetAt(now)} ${zone.offsetAt(now - halfYearMs)}`;
}

/** Does it say when the exchange trades? Closed days alone do not. */
export function tellsSessions({ schedule, hours }: ReadAnswers): boolean {
  return (['regular', 'all'] as const).every((each) =>
    [schedule, hours].some((source) => (source[each]?.sessions.length ?? 0) > 0),
  );
}

export function join(
  before: ByHours | undefined,
  now: Readonly<Record<Hours, ReadHours | undefined>>,
): ByHours {
  return {
    regular: joined(before?.regular, now.regular),
    all: joined(before?.all, now.all),
  };
}

/** The newer answer for the dates it speaks of, the former for the others. */
function joined(before: KnownSessions | undefined, now: ReadHours | undefined): KnownSessions {
  if (!now || now.dates.length === 0) return before ?? noSessions;
  const dates = new Set(now.dates);
  return {
    dates: [...(before?.dates.filter((date) => !dates.has(date)) ?? []), ...now.dates].sort(),
    sessions: [...(before?.sessions.filter(({ date }) => !dates.has(date)) ?? []), ...now.sessions],
  };
}

export function hasSessions({ schedule, hours }: Told): boolean {
  return schedule.all.sessions.length + hours.all.sessions.length > 0;
}

/** Changes with the content; only has to tell one state of the cache from the next. */
export function digest(known: unknown): string {
  const text = JSON.stringify(known);
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return (hash >>> 0).toString(36);
}

/** Is this what a state file should hold? It may be anything. */
export function isTold(one: unknown): one is Told {
  const told = one as Partial<Told> | null;
  const known = (each: unknown) => {
    const both = each as Partial<ByHours> | undefined;
    return [both?.regular, both?.all].every(
      (part) =>
        Array.isArray(part?.dates) &&
        Array.isArray(part?.sessions) &&
        part.sessions.every((session) => session?.open < session?.close),
    );
  };
  return (
    typeof told?.askedAt === 'number' &&
    typeof told.timeZone === 'string' &&
    ianaZone(told.timeZone) !== undefined &&
    known(told.schedule) &&
    known(told.hours)
  );
}
