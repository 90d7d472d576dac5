import { describe, expect, it } from 'vitest';
import { dateText, dayMs, dayNumber, isWeekend } from './civil.ts';
import type { ExchangeCalendar } from './exchange-calendar.ts';
import { expectedBars } from './expected-bars.ts';
import { lse } from './lse.ts';
import { nyse } from './nyse.ts';

const nyseYears = {
  2023: {
    closed: '01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25',
    early: '07-03 11-24',
    sessions: 250,
    minutes: 97_140,
  },
  2024: {
    closed: '01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25',
    early: '07-03 11-29 12-24',
    sessions: 252,
    minutes: 97_740,
  },
  2025: {
    closed: '01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25',
    early: '07-03 11-28 12-24',
    sessions: 250,
    minutes: 96_960,
  },
  2026: {
    closed: '01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25',
    early: '11-27 12-24',
    sessions: 251,
    minutes: 97_530,
  },
  2027: {
    closed: '01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24',
    early: '11-26',
    sessions: 251,
    minutes: 97_710,
  },
} as const;

const londonYears = {
  2025: '01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26',
  2026: '01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28',
  2027: '01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28',
} as const;

function sessionsOf(calendar: ExchangeCalendar, year: number) {
  return calendar
    .sessions(Date.UTC(year - 1, 11, 30), Date.UTC(year + 1, 0, 3), 'regular')
    .filter((session) => session.date.startsWith(`${year}-`));
}

function closedWeekdays(calendar: ExchangeCalendar, year: number): string {
  const open = new Set(sessionsOf(calendar, year).map((session) => session.date));
  const closed: string[] = [];
  for (let day = dayNumber(year, 1, 1); day < dayNumber(year + 1, 1, 1); day++) {
    if (!isWeekend(day) && !open.has(dateText(day))) closed.push(dateText(day).slice(5));
  }
  return closed.join(' ');
}

function halfDays(calendar: ExchangeCalendar, year: number): string {
  return sessionsOf(calendar, year)
    .filter((session) => session.kind === 'half')
    .map((session) => session.date.slice(5))
    .join(' ');
}

describe('the New York calendar', () => {
  for (const [text, expected] of Object.entries(nyseYears)) {
    const year = Number(text);
    it(`knows the closed days, early closes, sessions and minutes of ${year}`, () => {
      expect(closedWeekdays(nyse, year)).toBe(expected.closed);
      expect(halfDays(nyse, year)).toBe(expected.early);
      expect(sessionsOf(nyse, year)).toHaveLength(expected.sessions);
      const from = Date.UTC(year, 0, 1);
      const to = Date.UTC(year + 1, 0, 1);
      expect(expectedBars(nyse, '1m', from, to, 'regular')).toHaveLength(expected.minutes);
    });
  }

  it('stays open before a New Year that falls on a Saturday', () => {
    const open = (date: string) =>
      sessionsOf(nyse, Number(date.slice(0, 4))).some((session) => session.date === date);
    expect(open('2021-12-31')).toBe(true);
    expect(open('2027-12-31')).toBe(true);
  });

  it('knows the closures that no rule foretells', () => {
    expect(closedWeekdays(nyse, 2012)).toContain('10-29 10-30');
    expect(closedWeekdays(nyse, 2018)).toContain('12-05');
    expect(closedWeekdays(nyse, 2021)).not.toContain('06-18');
  });

  it('keeps the early closes of its time around Independence Day', () => {
    const july = (year: number) =>
      halfDays(nyse, year)
        .split(' ')
        .filter((date) => date.startsWith('07-'))
        .join(' ');
    expect([2005, 2007, 2008, 2012, 2013, 2018, 2019, 2020, 2021].map(july)).toEqual([
      '',
      '07-03',
      '07-03',
      '07-03',
      '07-03',
      '07-03',
      '07-03',
      '',
      '',
    ]);
    expect(july(2002)).toBe('07-05');
  });

  it('opens at 09:30 New York time on both sides of a clock change', () => {
    const openings = (from: number, days: number) =>
      nyse.sessions(from, from + days * dayMs, 'regular').map((s) => new Date(s.open).toJSON());
    expect(openings(Date.UTC(2026, 2, 6), 4)).toEqual([
      '2026-03-06T14:30:00.000Z',
      '2026-03-09T13:30:00.000Z',
    ]);
    expect(openings(Date.UTC(2026, 9, 30), 4)).toEqual([
      '2026-10-30T13:30:00.000Z',
      '2026-11-02T14:30:00.000Z',
    ]);
  });

  it('trades from 04:00 to 20:00, to 17:00 on a half day, in extended hours', () => {
    const minutes = (date: string) =>
      expectedBars(nyse, '1m', Date.parse(date), Date.parse(date) + 2 * dayMs, 'all').length;
    expect(minutes('2026-11-27T05:00:00Z')).toBe(780);
    expect(minutes('2026-11-20T05:00:00Z')).toBe(960);
  });
});

describe('the London calendar', () => {
  for (const [text, closed] of Object.entries(londonYears)) {
    it(`knows the closed days and early closes of ${text}`, () => {
      expect(closedWeekdays(lse, Number(text))).toBe(closed);
      expect(halfDays(lse, Number(text))).toBe('12-24 12-31');
    });
  }

  it('closes early on the Friday when an eve falls on a weekend', () => {
    expect(halfDays(lse, 2022)).toBe('12-23 12-30');
  });

  it('knows the moved holidays and royal days', () => {
    expect(closedWeekdays(lse, 2020)).toContain('05-08');
    expect(closedWeekdays(lse, 2022)).toBe(
      '01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27',
    );
    expect(closedWeekdays(lse, 2023)).toContain('05-01 05-08 05-29');
  });

  it('keeps London time in the weeks in which London and New York disagree', () => {
    const gap = (at: number) => {
      const [london] = lse.sessions(at, at + dayMs, 'regular');
      const [york] = nyse.sessions(at, at + dayMs, 'regular');
      return ((york?.open as number) - (london?.open as number)) / 3_600_000;
    };
    expect(gap(Date.UTC(2026, 2, 5))).toBe(6.5);
    expect(gap(Date.UTC(2026, 2, 10))).toBe(5.5);
    expect(gap(Date.UTC(2026, 3, 7))).toBe(6.5);
    expect(gap(Date.UTC(2026, 9, 27))).toBe(5.5);
    expect(gap(Date.UTC(2026, 10, 3))).toBe(6.5);
  });
});
