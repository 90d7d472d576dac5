import { type Bar, barSeconds } from '../../shared/bar.ts';
import type { ExchangeCalendar, Hours } from '../calendar/exchange-calendar.ts';
import { type BarColumns, noBars } from '../kit/bar-columns.ts';
import type { Desk } from './desk.ts';
import type { PlannedRequest } from './plan/planner.ts';
import { planHoles } from './plan-holes.ts';
import type { EmptySpan } from './scan/empty-list.ts';
import { findHoles, type Hole } from './scan/holes.ts';

/**
 * What an answer leaves open because it did not reach back as far as asked: bars before its first one, to be asked for
 * by themselves. Only when that brings nothing are they known not to be there, as before the first day of a young
 * listing.
 */
export function notReached(
  desk: Desk,
  request: PlannedRequest,
  bars: readonly Bar[],
  stored: BarColumns = noBars,
): readonly Hole[] {
  const calendar = desk.calendars.calendarOf(request.symbol);
  const t = starts(bars);
  const first = t[0];
  if (!calendar || first === undefined) return [];
  const { timeframe, hours, from, to } = request;
  const barMs = barSeconds(timeframe) * 1000;
  const wanted = desk.expected.within(calendar, timeframe, hours, from, to + 1);
  const before = wanted.filter((t) => t + (timeframe === '1d' ? 1 : barMs) <= first);
  if (before.length === 0 || isQuiet(desk, request, calendar, before, t)) return [];
  return findHoles(stored.t, stored.length, before, barMs).holes;
}

/** A session may begin without a trade. It is taken to, if it was as long without one later on. */
function isQuiet(
  desk: Desk,
  { timeframe, hours }: PlannedRequest,
  calendar: ExchangeCalendar,
  before: Float64Array,
  t: Float64Array,
): boolean {
  const first = t[0] as number;
  const last = t[t.length - 1] as number;
  if (timeframe === '1d') return false;
  if (dateAround(calendar, before[0] as number, hours) !== dateAround(calendar, first, hours)) {
    return false;
  }
  const since = desk.expected.within(calendar, timeframe, hours, first, last + 1);
  const { holes } = findHoles(t, t.length, since, barSeconds(timeframe) * 1000);
  return holes.some(({ count }) => count >= before.length);
}

/** Requests for what an answer did not come to. They end there, so that what was answered is not asked for again. */
export function planRest(
  desk: Desk,
  request: PlannedRequest,
  holes: readonly Hole[],
): PlannedRequest[] {
  const { timeframe, hours } = request;
  const barMs = barSeconds(timeframe) * 1000;
  return planHoles(desk, request, hours, holes).map((rest) => ({
    ...rest,
    end: timeframe === '1d' ? rest.end : Math.min(rest.end, rest.to + barMs),
    // They were counted with the request they are left of.
    holes: 0,
  }));
}

/** Keeps in mind which of the wanted bars were asked for and are not there. */
export function confirmEmpty(
  desk: Desk,
  request: PlannedRequest,
  bars: readonly Bar[],
  stored: BarColumns = noBars,
): void {
  const calendar = desk.calendars.calendarOf(request.symbol);
  if (!calendar) return;
  const { timeframe, hours } = request;
  const t = starts(bars);
  const barMs = barSeconds(timeframe) * 1000;
  const open = notReached(desk, request, bars, stored).at(-1);
  const from = open ? open.to + 1 : request.from;
  const until = Math.min(request.to + 1, desk.now() - barMs - desk.tempo.doubtMs);
  const wanted = desk.expected.within(calendar, timeframe, hours, from, until);
  const dates = new Set(Array.from(t, (time) => dateAround(calendar, time, hours)));
  const spans = findHoles(t, t.length, wanted, barMs).holes.map((hole): EmptySpan => {
    const beside = timeframe !== '1d' && dates.has(dateAround(calendar, hole.from, hours));
    return {
      from: hole.from,
      to: hole.to,
      emptiness: beside ? 'beside-others' : 'no-data-at-all',
    };
  });
  desk.empty.add(request, spans, desk.now());
  desk.counts.confirmedEmpty = desk.empty.count();
}

function starts(bars: readonly Bar[]): Float64Array {
  return Float64Array.from(bars, ({ t }) => t).sort();
}

function dateAround(calendar: ExchangeCalendar, t: number, hours: Hours): string {
  return calendar.sessions(t, t + 1, hours)[0]?.date ?? '';
}
