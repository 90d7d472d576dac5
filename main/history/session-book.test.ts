import { describe, expect, it } from 'vitest';
import { instrumentOf } from '../../shared/instrument.ts';
import { cmeEquityIndex } from '../calendar/cme.ts';
import type { ExchangeCalendar, Hours, Session } from '../calendar/exchange-calendar.ts';
import { fx } from '../calendar/fx.ts';
import { nyse } from '../calendar/nyse.ts';
import { silentLog } from '../kit/log.ts';
import { CalendarBook } from './calendar-book.ts';
import { SessionBook } from './session-book.ts';

const hourMs = 3_600_000;
/** A Friday in winter: New York is five hours behind. */
const friday = Date.UTC(2026, 10, 20);
const saturday = Date.UTC(2026, 10, 21);
const sunday = Date.UTC(2026, 10, 22);
const monday = Date.UTC(2026, 10, 23);

function bookOf(
  calendar: ExchangeCalendar | undefined,
  daily: Hours = 'regular',
  secType = 'STK',
): SessionBook {
  return new SessionBook(
    { calendarOf: () => calendar, revision: 0 },
    (timeframe) => (timeframe === '1d' ? daily : 'all'),
    () => secType,
  );
}

describe('a moment of trading', () => {
  it('on Sunday evening belongs to Monday, for currencies and for futures of all hours', () => {
    const evening = sunday + 23 * hourMs;
    expect(bookOf(fx).at('EUR.USD', '1d', evening)).toMatchObject({ t: monday });
    expect(bookOf(cmeEquityIndex, 'all').at('ES', '1d', evening)).toMatchObject({ t: monday });
    expect(bookOf(cmeEquityIndex).at('ES', '1d', evening)).toEqual({ kind: 'shut', next: monday });
  });

  it('belongs to no day on a holiday or weekend, before the open or after the close', () => {
    const book = bookOf(nyse);
    const close = friday + 21 * hourMs;
    expect(book.at('AAPL', '1d', friday + 14 * hourMs)).toEqual({ kind: 'shut', next: friday });
    expect(book.at('AAPL', '1d', close - 1)).toMatchObject({
      kind: 'open',
      t: friday,
      closes: close,
    });
    expect(book.at('AAPL', '1d', close)).toEqual({ kind: 'shut', next: monday });
    expect(book.at('AAPL', '1d', sunday + 17 * hourMs)).toEqual({ kind: 'shut', next: monday });
    expect(book.at('AAPL', '1d', Date.UTC(2026, 10, 26, 16))).toMatchObject({ kind: 'shut' });
    expect(book.at('AAPL', '1d', monday + 15 * hourMs)).toMatchObject({ t: monday });
  });

  it('is judged by the hours of the series', () => {
    const book = bookOf(nyse);
    const late = friday + 22 * hourMs;
    expect(book.at('AAPL', '1d', late)).toMatchObject({ kind: 'shut' });
    expect(book.at('AAPL', '1m', late)).toMatchObject({
      kind: 'open',
      t: friday,
      closes: saturday + hourMs,
    });
  });

  it('between the sessions of one day is closed, and the day ends with the last of them', () => {
    const session = (open: number, close: number): Session => ({
      date: '2026-11-20',
      open: friday + open * hourMs,
      close: friday + close * hourMs,
      kind: 'full',
    });
    const monday7 = { ...session(73, 79), date: '2026-11-23' };
    const sessions = [session(1, 3), session(4, 7), monday7];
    const broken: ExchangeCalendar = {
      ...nyse,
      sessions: (from, to) => sessions.filter(({ open, close }) => close > from && open < to),
    };
    const book = bookOf(broken);
    expect(book.at('7203', '1d', friday + 2 * hourMs)).toMatchObject({
      kind: 'open',
      t: friday,
      closes: friday + 7 * hourMs,
    });
    expect(book.at('7203', '1d', friday + 3.5 * hourMs)).toEqual({ kind: 'shut', next: monday });
    expect(book.at('7203', '1d', friday + 4 * hourMs)).toMatchObject({ t: friday });
  });

  it.each([
    ['a stock', 'regular', nyse, 'STK', friday + 14.5 * hourMs],
    ['a stock', 'all', nyse, 'STK', Infinity],
    ['a future', 'regular', cmeEquityIndex, 'FUT', Infinity],
    ['a future', 'all', cmeEquityIndex, 'FUT', friday - hourMs],
    ['a currency', 'regular', fx, 'CASH', fx.sessions(friday, friday + 1, 'all')[0]?.open],
  ] as const)('of %s by %s hours takes the figures the broker gives for those hours', (...row) => {
    const [, hours, calendar, secType, from] = row;
    const day = bookOf(calendar, hours, secType).at('X', '1d', friday + 16 * hourMs);
    expect(day).toMatchObject({ kind: 'open', figuresFrom: from });
  });

  it('is unknown without a calendar', () => {
    expect(bookOf(undefined).at('XYZ', '1d', friday)).toEqual({ kind: 'unknown' });
  });

  it('is judged anew once the broker has told other hours', () => {
    const calendars = new CalendarBook((symbol) => instrumentOf(symbol), undefined, silentLog);
    const book = new SessionBook(
      calendars,
      () => 'regular',
      () => 'STK',
    );
    const afternoon = friday + 20 * hourMs;
    expect(book.at('AAPL', '1d', afternoon)).toMatchObject({ t: friday });
    const half = {
      ok: true as const,
      timeZone: 'America/New_York',
      sessions: [{ date: '20261120', start: '20261120-09:30:00', end: '20261120-13:00:00' }],
    };
    const refused = { ok: false as const, reason: 'no-data' as const, message: '' };
    calendars.learn('AAPL', refused, { regular: half, all: half }, afternoon);
    expect(book.at('AAPL', '1d', afternoon)).toMatchObject({ kind: 'shut' });
  });

  it('is looked up once for all ticks of a session, and once for all of a pause', () => {
    let looks = 0;
    const counted: ExchangeCalendar = {
      ...nyse,
      sessions: (from, to, hours) => {
        looks++;
        return nyse.sessions(from, to, hours);
      },
    };
    const book = bookOf(counted);
    const looksFor = (from: number, minutes: number) => {
      const before = looks;
      book.at('AAPL', '1d', from);
      const first = looks;
      for (let nth = 1; nth < minutes; nth++) book.at('AAPL', '1d', from + nth * 60_000);
      return [first > before, looks - first];
    };
    expect(looksFor(friday + 15 * hourMs, 300)).toEqual([true, 0]);
    expect(looksFor(saturday, 3000)).toEqual([true, 0]);
  });
});
