import { describe, expect, it } from 'vitest';
import { dayMs } from './civil.ts';
import { cmeEquityIndex } from './cme.ts';
import { barStart } from './expected-bars.ts';
import { zoneOf } from './zone.ts';

const chicago = zoneOf('America/Chicago');

/** Chicago hours of a trade date, or `closed`. */
function hoursOf(date: string): string {
  const day = Date.parse(date);
  const session = cmeEquityIndex
    .sessions(day - 2 * dayMs, day + 2 * dayMs, 'all')
    .find((s) => s.date === date);
  if (!session) return 'closed';
  const time = (ms: number) => new Date(chicago.toLocal(ms)).toISOString().slice(11, 16);
  return `${time(session.open)}-${time(session.close)} ${session.kind}`;
}

describe('the calendar of CME index futures', () => {
  it('closes wholly for New Year, Good Friday and Christmas alone', () => {
    expect(hoursOf('2026-01-01')).toBe('closed');
    expect(hoursOf('2024-03-29')).toBe('closed');
    expect(hoursOf('2026-12-25')).toBe('closed');
    expect(hoursOf('2027-12-24')).toBe('closed');
  });

  it('trades a quarter of an hour beyond eight on a Good Friday of the jobs report', () => {
    expect(hoursOf('2023-04-07')).toBe('17:00-08:15 half');
    expect(hoursOf('2026-04-03')).toBe('17:00-08:15 half');
  });

  it('halts at noon on the other holidays and soon after on the early closes', () => {
    const holidays = ['01-19', '02-16', '05-25', '06-19', '07-03', '09-07', '11-26'];
    for (const date of holidays) expect(hoursOf(`2026-${date}`)).toBe('17:00-12:00 half');
    for (const date of ['11-27', '12-24']) expect(hoursOf(`2026-${date}`)).toBe('17:00-12:15 half');
    expect(hoursOf('2026-11-25')).toBe('17:00-16:00 full');
  });

  it('says of shortened days that it does not know them to the minute', () => {
    const from = Date.UTC(2026, 10, 24, 22);
    const sessions = cmeEquityIndex.sessions(from, from + 3 * dayMs, 'all');
    expect(sessions.map((s) => [s.date, s.approximate ?? false])).toEqual([
      ['2026-11-25', false],
      ['2026-11-26', true],
      ['2026-11-27', true],
    ]);
    expect(cmeEquityIndex.tolerance?.closeMinutes).toBeGreaterThan(0);
  });

  it('has no regular hours on a day of mourning, though it trades until the bell', () => {
    const day = Date.UTC(2025, 0, 9);
    const of = (hours: 'regular' | 'all') =>
      cmeEquityIndex
        .sessions(day - dayMs, day + 2 * dayMs, hours)
        .filter((s) => s.date === '2025-01-09').length;
    expect([of('all'), of('regular')]).toEqual([1, 0]);
  });

  it('starts bars on the clock of Chicago, and the first at the open', () => {
    const [session] = cmeEquityIndex.sessions(
      Date.UTC(2026, 5, 10),
      Date.UTC(2026, 5, 10) + 1,
      'all',
    );
    if (!session) throw new Error('no session');
    const fourHours = 4 * 3_600_000;
    const start = (minutesIn: number) =>
      (barStart(cmeEquityIndex, session, fourHours, session.open + minutesIn * 60_000) -
        session.open) /
      60_000;
    expect([0, 179, 180, 200, 419, 420].map(start)).toEqual([0, 0, 180, 180, 180, 420]);
  });
});
