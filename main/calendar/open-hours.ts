import { dayMs } from './civil.ts';
import type { ExchangeCalendar, Hours, Session } from './exchange-calendar.ts';

/** No exchange known here closes for so long. */
const horizonMs = 30 * dayMs;

/** The session that trades at an instant. */
export function sessionAt(
  calendar: ExchangeCalendar,
  atMs: number,
  hours: Hours,
): Session | undefined {
  return calendar.sessions(atMs, atMs + 1, hours)[0];
}

export function isOpen(calendar: ExchangeCalendar, atMs: number, hours: Hours): boolean {
  return sessionAt(calendar, atMs, hours) !== undefined;
}

/** The first opening after an instant; undefined when there is none within 30 days. */
export function nextOpen(
  calendar: ExchangeCalendar,
  atMs: number,
  hours: Hours,
): number | undefined {
  return calendar.sessions(atMs, atMs + horizonMs, hours).find((s) => s.open > atMs)?.open;
}

/** The first close after an instant; undefined when there is none within 30 days. */
export function nextClose(
  calendar: ExchangeCalendar,
  atMs: number,
  hours: Hours,
): number | undefined {
  return calendar.sessions(atMs, atMs + horizonMs, hours).find((s) => s.close > atMs)?.close;
}

/** The newest session that had closed by an instant; undefined when there is none within 30 days. */
export function lastClosed(
  calendar: ExchangeCalendar,
  atMs: number,
  hours: Hours,
): Session | undefined {
  return calendar.sessions(atMs - horizonMs, atMs, hours).findLast((s) => s.close <= atMs);
}
