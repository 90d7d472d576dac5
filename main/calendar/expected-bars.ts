import { barSeconds, type Timeframe } from '../../shared/bar.ts';
import { dayMs, minuteMs, parseDate } from './civil.ts';
import type { ExchangeCalendar, Hours, Session, Tolerance } from './exchange-calendar.ts';
import { zoneOf } from './zone.ts';

const exact: Tolerance = { openMinutes: 0, closeMinutes: 0 };

export interface ExpectedBarsOptions {
  /**
   * Leave out what the calendar cannot vouch for: days of approximate hours, and the bars that lie wholly
   * within the calendar's tolerance of a session's edge. Daily bars of approximate days stay: they trade.
   */
  readonly certainOnly?: boolean;
}

/**
 * The start times of the bars an exchange's hours promise, ascending, `fromMs <= t < toMs`. Intraday
 * bars stand on the exchange's clock, so the first of a session may be short: 1h bars of the regular
 * session in New York start at 09:30, 10:00, 11:00. A daily bar's time is UTC midnight of its date.
 */
export function expectedBars(
  calendar: ExchangeCalendar,
  timeframe: Timeframe,
  fromMs: number,
  toMs: number,
  hours: Hours,
  options: ExpectedBarsOptions = {},
): Float64Array {
  return timeframe === '1d'
    ? dailyBars(calendar, fromMs, toMs, hours)
    : intradayBars(calendar, barSeconds(timeframe) * 1000, fromMs, toMs, hours, options);
}

/** The boundary of a clock-aligned bar: the last multiple of `sizeMs` on the local clock, not before the open. */
export function barStart(
  calendar: ExchangeCalendar,
  session: Session,
  sizeMs: number,
  atMs: number,
): number {
  const offset = zoneOf(calendar.timeZone).offsetAt(session.open);
  const aligned = Math.floor((atMs + offset) / sizeMs) * sizeMs - offset;
  return Math.max(session.open, aligned);
}

function intradayBars(
  calendar: ExchangeCalendar,
  sizeMs: number,
  fromMs: number,
  toMs: number,
  hours: Hours,
  options: ExpectedBarsOptions,
): Float64Array {
  const certain = options.certainOnly === true;
  const tolerance = (certain ? calendar.tolerance : undefined) ?? exact;
  const zone = zoneOf(calendar.timeZone);
  const sessions = calendar.sessions(fromMs, toMs, hours);
  let room = 0;
  for (const s of sessions) room += Math.ceil((s.close - s.open) / sizeMs) + 1;
  const bars = new Float64Array(room);
  let count = 0;
  for (const session of sessions) {
    if (certain && session.approximate) continue;
    const { openMinutes, closeMinutes } = session.told ? exact : tolerance;
    const offset = zone.offsetAt(session.open);
    const low = Math.max(fromMs, session.open);
    const high = Math.min(toMs, session.close - closeMinutes * minuteMs);
    const certainFrom = session.open + openMinutes * minuteMs;
    let t = session.open;
    let next = (Math.floor((t + offset) / sizeMs) + 1) * sizeMs - offset;
    if (next <= low) {
      t = next + Math.floor((low - next) / sizeMs) * sizeMs;
      next = t + sizeMs;
    }
    for (; t < high; t = next, next += sizeMs) {
      if (t >= low && next > certainFrom) bars[count++] = t;
    }
  }
  return bars.slice(0, count);
}

function dailyBars(
  calendar: ExchangeCalendar,
  fromMs: number,
  toMs: number,
  hours: Hours,
): Float64Array {
  // A date's session lies within two days of its UTC midnight, whatever the zone.
  const bars: number[] = [];
  for (const session of calendar.sessions(fromMs - 2 * dayMs, toMs + 2 * dayMs, hours)) {
    const t = dateMs(session.date);
    if (t >= fromMs && t < toMs && bars.at(-1) !== t) bars.push(t);
  }
  return Float64Array.from(bars);
}

/** UTC midnight of a `YYYY-MM-DD` date. */
export function dateMs(date: string): number {
  const day = parseDate(date);
  if (day === undefined) throw new RangeError(`${date} is no date`);
  return day * dayMs;
}
