import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { InstrumentExchange } from '../calendar/for-instrument.ts';
import { silentLog } from '../kit/log.ts';
import { CalendarBook } from './calendar-book.ts';
import { parseCalendarsFile } from './calendars-file.ts';
import type { Failed, HistorySource } from './ports.ts';
import { HistoryBench } from './testing/history-bench.ts';

const dayMs = 86_400_000;
const monday = Date.UTC(2026, 10, 16);
const refused: Failed = { ok: false, reason: 'error', message: 'no' };
const tokyo = `
symbols: { MYINDEX: TSEJ }
calendars:
  TSEJ:
    time_zone: Asia/Tokyo
    regular: [09:00-11:30, 12:30-15:30]
    all: 08:20-16:00
    2026-11-18: closed
    2026-11-19: { regular: 09:00-11:30, all: 08:20-12:00 }
`;

let dir: string;
let file: string;

beforeEach(() => {
  dir = fs.mkdtempSync(join(os.tmpdir(), 'own-calendar-'));
  file = join(dir, 'calendars.yaml');
  fs.writeFileSync(file, tokyo);
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

function bookOf(instruments: Readonly<Record<string, InstrumentExchange>>): CalendarBook {
  const us = { secType: 'STK', exchange: 'SMART', currency: 'USD' };
  const book = new CalendarBook((symbol) => instruments[symbol] ?? us, undefined, silentLog);
  expect(book.readOverride(file)).toEqual([]);
  return book;
}

function hoursOf(book: CalendarBook, symbol: string, hours: 'regular' | 'all', days = 7) {
  const clock = (ms: number) => new Date(ms + 9 * 3_600_000).toISOString().slice(11, 16);
  return book
    .calendarOf(symbol)
    ?.sessions(monday - dayMs / 2, monday + (days - 0.5) * dayMs, hours)
    .map(({ date, open, close, kind }) => `${date} ${clock(open)}-${clock(close)} ${kind}`);
}

describe('a calendar of one’s own', () => {
  const inTokyo = { secType: 'STK', exchange: 'TSEJ', currency: 'JPY' };

  it('has its hours in its own time zone on every day but weekends and the dates it names', () => {
    const book = bookOf({});
    expect(hoursOf(book, 'MYINDEX', 'regular')).toEqual([
      '2026-11-16 09:00-11:30 full',
      '2026-11-16 12:30-15:30 full',
      '2026-11-17 09:00-11:30 full',
      '2026-11-17 12:30-15:30 full',
      '2026-11-19 09:00-11:30 half',
      '2026-11-20 09:00-11:30 full',
      '2026-11-20 12:30-15:30 full',
    ]);
    expect(hoursOf(book, 'MYINDEX', 'all', 3)).toEqual([
      '2026-11-16 08:20-16:00 full',
      '2026-11-17 08:20-16:00 full',
    ]);
    expect(book.calendarOf('AAPL')?.id).toBe('NYSE');
  });

  it('holds for the exchange it is named after, unless its hours are built in', () => {
    const text = tokyo.replaceAll('TSEJ', 'CBOT').replace('MYINDEX', 'OTHER');
    fs.writeFileSync(file, text);
    const future = (symbol: string) => ({ secType: 'FUT', exchange: 'CBOT', symbol });
    const book = bookOf({ ZC: future('ZC'), YM: future('YM'), 7203: inTokyo });
    expect(book.calendarOf('ZC')?.id).toBe('CBOT');
    expect(book.calendarOf('YM')?.id).toBe('CME');
    expect(book.calendarOf('7203')).toBeUndefined();
  });

  it('goes before what the broker says', () => {
    const book = bookOf({ 7203: inTokyo });
    const before = hoursOf(book, '7203', 'all');
    const hours = '20261116:1000-20261116:1100;20261117:CLOSED';
    book.learn(
      '7203',
      { ok: true, timeZoneId: 'Japan', tradingHours: hours, liquidHours: hours },
      { regular: refused, all: refused },
      monday,
    );
    expect(hoursOf(book, '7203', 'all')).toEqual(before);
    expect(before).toHaveLength(4);
  });

  it('makes the holes of a file known, and none on its closed days', async () => {
    const source: HistorySource = {
      available: () => false,
      request: async () => refused,
      schedule: async () => refused,
      contractHours: async () => refused,
      pacing: () => ({ left: 0, total: 60 }),
    };
    const options = { calendarsFile: file, instrument: () => inTokyo };
    const bench = new HistoryBench(new FakeClock(monday + 5 * dayMs), source, options);
    try {
      const same = { open: 1, high: 1, low: 1, close: 1, volume: 1 };
      bench.put('7203', '1d', [
        { ...same, t: monday },
        { ...same, t: monday + 4 * dayMs },
      ]);
      await bench.service.start();
      await bench.until(() => bench.service.view().lastScan !== null);
      expect(bench.service.view().coverage).toMatchObject([
        { symbol: '7203', calendar: 'TSEJ', state: 'gaps', missing: 2, outside: 0 },
      ]);
    } finally {
      await bench.remove();
    }
  });

  const settings = (text: string) => {
    const parsed = parseCalendarsFile(`symbols: { KO: A }\ncalendars: { A: { ${text} } }`);
    return { faults: parsed.faults, ko: parsed.file.symbols.get('KO'), own: parsed.file.own };
  };

  it.each([
    ['all: 09:00-15:00', 'time_zone: a zone like Asia/Tokyo is wanted'],
    ['time_zone: Mars/Olympus, all: 09:00-15:00', 'time_zone: a zone like Asia/Tokyo is wanted'],
    ['time_zone: Asia/Tokyo', 'all: hours like 09:30-16:00 are wanted'],
    ['time_zone: Asia/Tokyo, all: closed', 'all: hours like 09:30-16:00 are wanted'],
    ['time_zone: Asia/Tokyo, regular: 9-15', 'regular: hours like 09:30-16:00 are wanted'],
    [
      'time_zone: Asia/Tokyo, all: [17:00-15:15, 15:30-17:30]',
      'all: hours like 09:30-16:00 are wanted',
    ],
    [
      'time_zone: Asia/Tokyo, regular: 09:00-15:00, all: 10:00-15:00',
      'regular: the regular hours lie outside of all hours',
    ],
    [
      'time_zone: Asia/Tokyo, all: 09:00-15:00, closed: [someday]',
      'closed: weekdays like [saturday, sunday] are wanted',
    ],
    [
      'time_zone: Asia/Tokyo, all: 09:00-15:00, closed: [sun, mon, tue, wed, thu, fri, sat]',
      'closed: weekdays like [saturday, sunday] are wanted',
    ],
    [
      'time_zone: Asia/Tokyo, all: 09:00-15:00, valid_through: 2027-02-29',
      'valid_through: a date like 2027-12-31 is wanted',
    ],
  ])('with the fault in "%s" is not used, nor is another in its place', (text, fault) => {
    expect(settings(text)).toEqual({
      faults: [`A: ${fault}, so it is not used`],
      ko: 'none',
      own: new Map(),
    });
  });

  it('may trade on any weekday, round the clock, and over midnight', () => {
    const sessions = (text: string) => {
      const { own, faults } = settings(text);
      expect(faults).toEqual([]);
      return own
        .get('A')
        ?.sessions(monday - 2 * dayMs, monday, 'regular')
        .map(({ open, close }) => [(open - monday) / dayMs, (close - monday) / dayMs]);
    };
    expect(sessions('time_zone: UTC, all: 00:00-24:00, closed: []')).toEqual([
      [-2, -1],
      [-1, 0],
    ]);
    expect(sessions('time_zone: UTC, all: 12:00-12:00, closed: [Fri, saturday]')).toEqual([
      [-1.5, -0.5],
      [-0.5, 0.5],
    ]);
  });

  it('cannot take the name of one that is built in', () => {
    const parsed = parseCalendarsFile(
      'calendars: { NYSE: { time_zone: Asia/Tokyo, all: 09:00-15:00, 2026-11-17: closed } }',
    );
    expect(parsed.faults).toEqual([
      'NYSE: it is built in, so time_zone, all cannot be set; take another name',
    ]);
    expect(parsed.file.days.get('NYSE')?.all.dates).toEqual(['2026-11-17']);
  });

  it('carries the date until which a person answers for it', () => {
    const until = 'time_zone: Asia/Tokyo, all: 09:00-15:00, valid_through: 2026-12-31';
    expect(settings(until).own.get('A')?.validThrough).toBe('2026-12-31');
  });
});
