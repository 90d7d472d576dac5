import { describe, expect, it } from 'vitest';
import { dayMs } from './civil.ts';
import { cmeEquityIndex } from './cme.ts';
import type { ExchangeCalendar, Session } from './exchange-calendar.ts';
import { readSchedule } from './ibkr-schedule.ts';
import { lse } from './lse.ts';
import { nyse } from './nyse.ts';

const edges = (sessions: readonly Session[]) =>
  sessions.map((s) => [s.date, new Date(s.open).toJSON(), new Date(s.close).toJSON()]);

const entry = (date: string, from: string, to: string, before = date) => ({
  start: `${before}-${from}`,
  end: `${date}-${to}`,
  date,
});
const days = (dates: readonly string[], from: string, to: string) =>
  dates.map((date) => entry(date, from, to));

function byRule(calendar: ExchangeCalendar, from: number, to: number) {
  return edges(calendar.sessions(from, to, 'regular'));
}

describe('a schedule as IBKR answers it', () => {
  it('is in the local time of its zone, and what it leaves out was closed', () => {
    const sessions = days(['20260401', '20260402', '20260406'], '09:30:00', '16:00:00');
    const read = readSchedule({ timeZone: 'US/Eastern', sessions }, 'America/New_York');
    expect(edges(read.sessions)).toEqual(byRule(nyse, Date.UTC(2026, 3, 1), Date.UTC(2026, 3, 7)));
    expect(read.dates).toContain('2026-04-03');
    expect(read.sessions.map((s) => s.date)).not.toContain('2026-04-03');
    expect([read.warnings, read.notes]).toEqual([[], []]);
  });

  const july = ['20260713', '20260714', '20260715'];
  const [from, to] = [Date.UTC(2026, 6, 13), Date.UTC(2026, 6, 16)];
  it.each([
    ['GMT', lse, '08:00:00', '16:30:00'],
    ['UTC', lse, '08:00:00', '16:30:00'],
    ['EST', nyse, '09:30:00', '16:00:00'],
    ['EST (Eastern Standard Time)', nyse, '09:30:00', '16:00:00'],
    ['Etc/GMT+5', nyse, '09:30:00', '16:00:00'],
    ['Australia/Melbourne', cmeEquityIndex, '08:30:00', '16:00:00'],
    ['Middle Earth', nyse, '09:30:00', '16:00:00'],
  ] as const)('names %s and still has the hours of the exchange, and says so', (zone, of, a, b) => {
    const read = readSchedule({ timeZone: zone, sessions: days(july, a, b) }, of.timeZone);
    expect(edges(read.sessions)).toEqual(byRule(of, from, to));
    expect([...read.warnings, ...read.notes].join()).toContain(zone);
  });

  it('is compared with the clock of the exchange on each of its days, not on one', () => {
    const year = days(['20260112', '20260713'], '08:00:00', '16:30:00');
    const read = readSchedule({ timeZone: 'UTC', sessions: year }, 'Europe/London');
    expect(edges(read.sessions)[1]?.[1]).toBe('2026-07-13T07:00:00.000Z');
    expect(read.warnings).toHaveLength(1);
  });

  it('is refused, not taken for closed days, when nobody knows its zone', () => {
    const read = readSchedule({
      timeZone: 'Middle Earth',
      sessions: days(july, '09:00:00', '15:00:00'),
    });
    expect(read).toMatchObject({ sessions: [], dates: [], timeZone: undefined });
    expect(read.warnings).toEqual([
      '"Middle Earth" is no known time zone, so its hours cannot be read',
    ]);
  });

  it('marks the days that were shorter than the others', () => {
    const sessions = [
      ...days(['20261124', '20261125'], '09:30:00', '16:00:00'),
      entry('20261127', '09:30:00', '13:00:00'),
      entry('20261130', '09:30:00', '16:00:00'),
    ];
    const read = readSchedule({ timeZone: 'US/Eastern', sessions }, 'America/New_York');
    expect(read.sessions.map(({ date, kind }) => [date, kind])).toEqual([
      ['2026-11-24', 'full'],
      ['2026-11-25', 'full'],
      ['2026-11-27', 'half'],
      ['2026-11-30', 'full'],
    ]);
  });

  it('says nothing of the evening before its first session', () => {
    const sessions = [entry('20260713', '17:00:00', '16:00:00', '20260712')];
    const read = readSchedule({ timeZone: 'US/Central', sessions }, 'America/Chicago');
    expect(read.dates).toEqual(['2026-07-13']);
    expect(edges(read.sessions)).toEqual([
      ['2026-07-13', '2026-07-12T22:00:00.000Z', '2026-07-13T21:00:00.000Z'],
    ]);
  });

  it('knows nothing of a day whose entry makes no sense, and takes the rest', () => {
    const read = readSchedule({
      timeZone: 'US/Eastern',
      sessions: [
        entry('20260706', '09:30:00', '16:00:00'),
        entry('20260707', '16:00:00', '09:30:00'),
        entry('20260708', '09:30:00', '16:61:00'),
        { start: '20250709-09:30:00', end: '20250709-16:00:00', date: '20260709' },
        entry('20260710', '09:30:00', '16:00:00'),
      ],
    });
    expect(read.sessions.map((s) => s.date)).toEqual(['2026-07-06', '2026-07-10']);
    expect(read.dates).toEqual(['2026-07-06', '2026-07-10']);
    expect(read.warnings).toHaveLength(3);
  });

  it('calls no day closed when an entry does not say of which day it is', () => {
    const read = readSchedule({
      timeZone: 'US/Eastern',
      sessions: [
        entry('20260706', '09:30:00', '16:00:00'),
        { start: 'x', end: 'y', date: 'z' },
        entry('20260710', '09:30:00', '16:00:00'),
      ],
    });
    expect(read.dates).toEqual(['2026-07-06', '2026-07-10']);
    expect(read.warnings).toHaveLength(1);
  });

  it('keeps one session where two overlap, and says so', () => {
    const read = readSchedule({
      timeZone: 'US/Eastern',
      sessions: [
        entry('20260706', '09:30:00', '16:00:00'),
        { start: '20260706-15:00:00', end: '20260706-17:00:00', date: '20260706' },
      ],
    });
    expect(read.sessions.map(({ open, close }) => (close - open) / dayMs)).toEqual([
      6.5 / 24,
      1 / 24,
    ]);
    expect(read.warnings).toHaveLength(1);
  });
});
