import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instrumentOf } from '../../shared/instrument.ts';
import type { Hours } from '../calendar/exchange-calendar.ts';
import { expectedBars } from '../calendar/expected-bars.ts';
import { silentLog } from '../kit/log.ts';
import { CalendarBook } from './calendar-book.ts';
import type { Failed, HoursAnswer, ScheduleAnswer } from './ports.ts';

const day = Date.UTC(2026, 10, 18);
const dayMs = 86_400_000;
const refused: Failed = { ok: false, reason: 'error', message: 'no' };

let dir: string;
let file: string;
let book: CalendarBook;

beforeEach(() => {
  dir = fs.mkdtempSync(join(os.tmpdir(), 'calendars-'));
  file = join(dir, 'calendars.yaml');
  book = new CalendarBook((symbol) => instrumentOf(symbol), undefined, silentLog);
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

function hours(symbol: string, from: number, which: Hours = 'regular', of = book): string[] {
  const calendar = of.calendarOf(symbol);
  if (!calendar) return ['none'];
  return calendar
    .sessions(from + 5 * 3_600_000, from + dayMs, which)
    .map(({ open, close }) => `${clock(open)}-${clock(close)}`);
}

const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16);

/** A schedule of the broker's for three days on New York's clock, the middle one of them left out. */
function schedule(open: string, close: string): ScheduleAnswer {
  const session = (date: string) => ({
    date,
    start: `${date}-${open}:00`,
    end: `${date}-${close}:00`,
  });
  return {
    ok: true,
    timeZone: 'US/Eastern',
    sessions: [session('20261117'), session('20261119')],
  };
}

const contract: HoursAnswer = {
  ok: true,
  timeZoneId: 'US/Eastern',
  tradingHours: '20261119:0400-20261119:1900;20261123:0400-20261123:1900',
  liquidHours: '20261119:0930-20261119:1500;20261123:0930-20261123:1500',
};

function learn(symbol = 'AAPL', of = book): void {
  const schedules = { regular: schedule('10:00', '15:00'), all: schedule('05:00', '18:00') };
  of.learn(symbol, contract, schedules, day);
}

describe('the hours of a symbol', () => {
  it('are those of the rules before the broker was asked', () => {
    expect(hours('AAPL', day)).toEqual(['14:30-21:00']);
    expect(hours('AAPL', day, 'all')).toEqual(['09:00-01:00']);
    expect(book.calendarOf('EUR.USD')?.id).toBe('IDEALPRO');
    expect(book.calendarOf('ES')?.id).toBe('CME');
  });

  it('are the broker’s schedule for days that are over, and its contract hours for the next', () => {
    learn();
    expect(hours('MSFT', Date.UTC(2026, 10, 17))).toEqual(['15:00-20:00']);
    // Left out between two days it told of: closed.
    expect(hours('MSFT', day)).toEqual([]);
    // Both told of the 19th: the schedule goes first.
    expect(hours('MSFT', Date.UTC(2026, 10, 19))).toEqual(['15:00-20:00']);
    expect(hours('MSFT', Date.UTC(2026, 10, 23))).toEqual(['14:30-20:00']);
    expect(hours('MSFT', Date.UTC(2026, 10, 20))).toEqual(['14:30-21:00']);
    expect(hours('EUR.USD', day)).not.toEqual([]);
  });

  it('are a person’s own above all', () => {
    fs.writeFileSync(
      file,
      'symbols: { KO: none, XXX: LSE }\ncalendars:\n  NYSE:\n    2026-11-17: closed\n' +
        '    2026-11-19: { regular: 09:30-13:00, all: 04:00-17:00 }\n',
    );
    expect(book.readOverride(file)).toEqual([]);
    learn();
    expect(hours('AAPL', Date.UTC(2026, 10, 17))).toEqual([]);
    expect(hours('AAPL', Date.UTC(2026, 10, 19))).toEqual(['14:30-18:00']);
    expect(hours('AAPL', Date.UTC(2026, 10, 19), 'all')).toEqual(['09:00-22:00']);
    expect(hours('KO', day)).toEqual(['none']);
    expect(book.calendarOf('XXX')?.id).toBe('LSE');
  });

  it('are not known for an exchange nobody told of, until the broker does', () => {
    const tokyo = new CalendarBook(
      () => ({ secType: 'STK', exchange: 'TSEJ', currency: 'JPY' }),
      undefined,
      silentLog,
    );
    expect(tokyo.calendarOf('7203')).toBeUndefined();
    learn('7203', tokyo);
    expect(hours('7203', Date.UTC(2026, 10, 19), 'regular', tokyo)).toEqual(['15:00-20:00']);
    // Days nobody spoke of have no session, so nothing is missing on them.
    expect(hours('7203', Date.UTC(2026, 10, 20), 'regular', tokyo)).toEqual([]);
  });

  it('are remembered over a restart and are of another version when they change', () => {
    const before = book.calendarOf('AAPL')?.version;
    learn();
    const learnt = book.calendarOf('AAPL')?.version;
    expect(learnt).not.toBe(before);
    const saved = JSON.parse(JSON.stringify(book.takeChanges()));
    const next = new CalendarBook((symbol) => instrumentOf(symbol), saved, silentLog);
    expect(next.calendarOf('AAPL')?.version).toBe(learnt);
    expect(next.askedAt('MSFT')).toBe(day);
    expect(hours('AAPL', day, 'regular', next)).toEqual([]);
  });

  it.each([
    ['GMT', { secType: 'STK', exchange: 'LSE', currency: 'GBP' }, '08:00:00', '16:30:00'],
    ['EST', { secType: 'STK', exchange: 'SMART', currency: 'USD' }, '09:30:00', '16:00:00'],
    [
      'EST (Eastern Standard Time)',
      { secType: 'STK', exchange: 'SMART', currency: 'USD' },
      '09:30:00',
      '16:00:00',
    ],
    [
      'Australia/Melbourne',
      { secType: 'CONTFUT', exchange: 'CME', currency: 'USD', symbol: 'ES' },
      '08:30:00',
      '16:00:00',
    ],
  ])('are those of the exchange in summer too when the schedule names %s', (zone, of, from, to) => {
    const one = new CalendarBook(() => of, undefined, silentLog);
    const july = Date.UTC(2026, 6, 14);
    const before = hours('X', july, 'regular', one);
    const sessions = ['20260713', '20260714', '20260715'].map((date) => ({
      date,
      start: `${date}-${from}`,
      end: `${date}-${to}`,
    }));
    const answer: ScheduleAnswer = { ok: true, timeZone: zone, sessions };
    one.learn('X', refused, { regular: answer, all: answer }, july);
    expect(one.calendarOf('X')?.sessions(july, july + dayMs, 'regular')[0]?.told).toBe(true);
    expect(hours('X', july, 'regular', one)).toEqual(before);
  });

  it('are not believed of an exchange nobody knows when two time zones are named', () => {
    const tokyo = new CalendarBook(
      () => ({ secType: 'STK', exchange: 'TSEJ', currency: 'JPY' }),
      undefined,
      silentLog,
    );
    const schedules = { regular: schedule('09:00', '15:00'), all: schedule('09:00', '15:00') };
    const elsewhere = { ...contract, timeZoneId: 'Japan' } as const;
    expect(tokyo.learn('7203', elsewhere, schedules, day).warnings).toEqual([
      'the answers name different time zones (Japan, US/Eastern), so none of them can be read',
    ]);
    expect(tokyo.calendarOf('7203')).toBeUndefined();
  });

  it('are logged where the broker and the rules differ, whichever answer says so, each time once', () => {
    const lines: object[] = [];
    const log = { ...silentLog, info: (fields: object) => lines.push(fields) };
    const of = new CalendarBook((symbol) => instrumentOf(symbol), undefined, log);
    const told = (rules: string, told: string, ...dates: string[]) => ({ rules, told, dates });
    const key = of.keyOf('AAPL');
    learn('AAPL', of);
    const first = [
      {
        key,
        source: 'schedule',
        hours: 'regular',
        ...told('09:30-16:00', '10:00-15:00', '2026-11-17', '2026-11-19'),
      },
      { key, source: 'schedule', hours: 'regular', ...told('09:30-16:00', 'closed', '2026-11-18') },
      {
        key,
        source: 'schedule',
        hours: 'all',
        ...told('04:00-20:00', '05:00-18:00', '2026-11-17', '2026-11-19'),
      },
      { key, source: 'schedule', hours: 'all', ...told('04:00-20:00', 'closed', '2026-11-18') },
      {
        key,
        source: 'contract',
        hours: 'regular',
        ...told('09:30-16:00', '09:30-15:00', '2026-11-19', '2026-11-23'),
      },
      {
        key,
        source: 'contract',
        hours: 'all',
        ...told('04:00-20:00', '04:00-19:00', '2026-11-19', '2026-11-23'),
      },
    ];
    expect(lines).toEqual(first);
    learn('MSFT', of);
    expect(lines).toEqual(first);
    const saved = JSON.parse(JSON.stringify(of.takeChanges()));
    learn('AAPL', new CalendarBook((symbol) => instrumentOf(symbol), saved, log));
    expect(lines).toEqual(first);
    const shorter = { ...contract, liquidHours: '20261123:0930-20261123:1400' };
    of.learn('AAPL', shorter, { regular: refused, all: refused }, day + dayMs);
    expect(lines.slice(first.length)).toEqual([
      {
        key,
        source: 'contract',
        hours: 'regular',
        ...told('09:30-16:00', '09:30-14:00', '2026-11-23'),
      },
    ]);
  });

  it('know the broker’s half days', () => {
    const sessions = ['20261124', '20261125', '20261127', '20261130'].map((date) => ({
      date,
      start: `${date}-09:30:00`,
      end: `${date}-${date === '20261127' ? '13:00:00' : '16:00:00'}`,
    }));
    const answer: ScheduleAnswer = { ok: true, timeZone: 'US/Eastern', sessions };
    book.learn('AAPL', refused, { regular: answer, all: answer }, Date.UTC(2026, 11, 1));
    const told = book
      .calendarOf('AAPL')
      ?.sessions(Date.UTC(2026, 10, 24), Date.UTC(2026, 11, 1), 'regular');
    expect(told?.map(({ kind }) => kind)).toEqual(['full', 'full', 'half', 'full']);
  });

  it('stay as they were when the broker refuses to tell', () => {
    learn();
    book.learn('AAPL', refused, { regular: refused, all: refused }, day + dayMs);
    expect(hours('AAPL', Date.UTC(2026, 10, 17))).toEqual(['15:00-20:00']);
    expect(book.askedAt('AAPL')).toBe(day);
  });

  it('come with a word for every line of the file that cannot be used', () => {
    fs.writeFileSync(
      file,
      'symbols: { KO: MOON }\ncalendars:\n  NYSE:\n    2026-11-17: perhaps\n    tomorrow: closed\n  MARS: {}\n',
    );
    expect(book.readOverride(file)).toEqual([
      'KO: no calendar is called MOON',
      'NYSE 2026-11-17: neither closed nor hours like 09:30-16:00',
      'NYSE: tomorrow is no date',
      'no calendar is called MARS',
    ]);
    fs.writeFileSync(file, 'symbols: [');
    expect(book.readOverride(file)).toHaveLength(1);
    expect(book.readOverride(join(dir, 'none.yaml'))).toEqual([]);
    expect(hours('AAPL', day)).toEqual(['14:30-21:00']);
  });
});

describe('New York by the rules', () => {
  it.each([
    [2023, 250, 97_140, 2],
    [2024, 252, 97_740, 3],
    [2025, 250, 96_960, 3],
    [2026, 251, 97_530, 2],
    [2027, 251, 97_710, 1],
  ])('has in %d its sessions, minutes and early closes', (year, sessions, minutes, early) => {
    const calendar = book.calendarOf('AAPL');
    if (!calendar) throw new Error('no calendar');
    const [from, to] = [Date.UTC(year, 0, 1, 5), Date.UTC(year + 1, 0, 1, 5)];
    const all = calendar.sessions(from, to, 'regular');
    expect(all).toHaveLength(sessions);
    expect(expectedBars(calendar, '1m', from, to, 'regular')).toHaveLength(minutes);
    expect(all.filter(({ kind }) => kind === 'half')).toHaveLength(early);
  });
});
