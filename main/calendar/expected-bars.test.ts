import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barSeconds, timeframes } from '../../shared/bar.ts';
import { always } from './always.ts';
import { dayMs } from './civil.ts';
import { cmeEquityIndex } from './cme.ts';
import type { Hours } from './exchange-calendar.ts';
import { dateMs, expectedBars } from './expected-bars.ts';
import { fx } from './fx.ts';
import { lse } from './lse.ts';
import { nyse } from './nyse.ts';
import { isOpen, nextClose, nextOpen } from './open-hours.ts';

const calendars = [nyse, lse, fx, cmeEquityIndex, always];
const instants = fc.integer({ min: Date.UTC(2021, 6, 1), max: Date.UTC(2028, 0, 1) });
const anyHours = fc.constantFrom<Hours>('regular', 'all');

const clock = (ms: number | undefined, zone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'short' }).format(ms);

describe('expected bars', () => {
  it('count a full and a half regular day of New York in every timeframe', () => {
    const counts = (from: number) =>
      timeframes.map((t) => expectedBars(nyse, t, from, from + dayMs, 'regular').length);
    expect(counts(Date.UTC(2026, 10, 25))).toEqual([390, 78, 26, 13, 7, 2, 1]);
    expect(counts(Date.UTC(2026, 10, 27))).toEqual([210, 42, 14, 7, 4, 2, 1]);
  });

  it('stand on the exchange clock after a short first hour', () => {
    const from = Date.UTC(2026, 6, 1);
    const bars = expectedBars(nyse, '1h', from, from + dayMs, 'regular');
    expect([...bars].map((t) => clock(t, 'America/New_York'))).toEqual([
      '09:30',
      '10:00',
      '11:00',
      '12:00',
      '13:00',
      '14:00',
      '15:00',
    ]);
  });

  it('date a daily bar by the session that closes on it, at UTC midnight', () => {
    const week = expectedBars(fx, '1d', Date.UTC(2026, 5, 14), Date.UTC(2026, 5, 21), 'all');
    expect([...week].map((t) => new Date(t).toJSON().slice(0, 10))).toEqual([
      '2026-06-15',
      '2026-06-16',
      '2026-06-17',
      '2026-06-18',
      '2026-06-19',
    ]);
  });

  it('find 7200 minutes of currency trading in any week, also when the clocks change', () => {
    for (const sunday of [Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 8), Date.UTC(2026, 10, 1)]) {
      expect(expectedBars(fx, '1m', sunday, sunday + 7 * dayMs, 'all')).toHaveLength(7200);
    }
    const [first] = fx.sessions(Date.UTC(2026, 2, 8), Date.UTC(2026, 2, 10), 'all');
    expect(new Date(first?.open as number).toJSON()).toBe('2026-03-08T21:00:00.000Z');
  });

  it('vouch for every bar of a currency day but those wholly within its break', () => {
    const monday = Date.UTC(2026, 10, 15, 22);
    const certain = (timeframe: (typeof timeframes)[number]) =>
      [...expectedBars(fx, timeframe, monday, monday + dayMs, 'all', { certainOnly: true })].map(
        (t) => clock(t, 'America/New_York'),
      );
    const firstAndLast = (timeframe: (typeof timeframes)[number]) => {
      const bars = certain(timeframe);
      return [bars.length, bars[0], bars.at(-1)];
    };
    expect(firstAndLast('1m')).toEqual([1425, '17:15', '16:59']);
    expect(firstAndLast('15m')).toEqual([95, '17:15', '16:45']);
    expect(firstAndLast('30m')).toEqual([48, '17:00', '16:30']);
    expect(firstAndLast('1h')).toEqual([24, '17:00', '16:00']);
    expect(certain('4h')).toEqual(['17:00', '20:00', '00:00', '04:00', '08:00', '12:00', '16:00']);
  });

  it('vouch for a bar of index futures that reaches beyond the tolerance of its edges', () => {
    const from = Date.UTC(2026, 10, 16, 23);
    const certain = (timeframe: '1h' | '4h') =>
      [
        ...expectedBars(cmeEquityIndex, timeframe, from, from + dayMs, 'all', {
          certainOnly: true,
        }),
      ].map((t) => clock(t, 'America/Chicago'));
    expect(certain('4h')).toEqual(['17:00', '20:00', '00:00', '04:00', '08:00', '12:00']);
    expect([certain('1h')[0], certain('1h').at(-1)]).toEqual(['18:00', '14:00']);
  });

  it('find 1380 minutes in a day of index futures', () => {
    const [session] = cmeEquityIndex.sessions(Date.UTC(2026, 5, 10), Date.UTC(2026, 5, 11), 'all');
    expect(((session?.close as number) - (session?.open as number)) / 60_000).toBe(1380);
  });

  it('leave out what a tolerant calendar cannot vouch for', () => {
    const labourDay = Date.UTC(2026, 8, 7);
    const of = (certainOnly: boolean, from: number) =>
      expectedBars(cmeEquityIndex, '1m', from, from + dayMs, 'regular', { certainOnly }).length;
    expect(of(false, labourDay)).toBe(210);
    expect(of(true, labourDay)).toBe(0);
    expect(of(false, labourDay + dayMs)).toBe(450);
    expect(of(true, labourDay + dayMs)).toBe(450 - 120);
  });

  it('cut at any instant into two ranges give the same bars as the whole range', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...calendars),
        fc.constantFrom(...timeframes),
        anyHours,
        instants,
        fc.nat(20 * dayMs),
        fc.nat(20 * dayMs),
        (calendar, timeframe, hours, from, first, second) => {
          const cut = from + first;
          const whole = expectedBars(calendar, timeframe, from, cut + second, hours);
          const parts = [
            ...expectedBars(calendar, timeframe, from, cut, hours),
            ...expectedBars(calendar, timeframe, cut, cut + second, hours),
          ];
          expect(parts).toEqual([...whole]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('ascend, lie inside the sessions and never further apart than their size within one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...calendars),
        fc.constantFrom(...timeframes.filter((t) => t !== '1d')),
        anyHours,
        instants,
        fc.integer({ min: 1, max: 10 * dayMs }),
        (calendar, timeframe, hours, from, length) => {
          const bars = expectedBars(calendar, timeframe, from, from + length, hours);
          const step = barSeconds(timeframe) * 1000;
          for (const [i, t] of bars.entries()) {
            expect(isOpen(calendar, t, hours)).toBe(true);
            const next = bars[i + 1];
            if (next === undefined) break;
            const gap = next - t;
            expect(gap).toBeGreaterThan(0);
            if (gap > step) {
              expect(nextClose(calendar, t, hours)).toBeLessThanOrEqual(t + step);
              expect(nextOpen(calendar, t, hours)).toBe(next);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('sessions', () => {
  it('are ordered, apart, and dated by the local day they close on', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...calendars.filter((c) => c !== always)),
        anyHours,
        instants,
        (calendar, hours, from) => {
          const sessions = calendar.sessions(from, from + 30 * dayMs, hours);
          let last = Number.NEGATIVE_INFINITY;
          for (const session of sessions) {
            expect(session.open).toBeGreaterThanOrEqual(last);
            expect(session.close).toBeGreaterThan(session.open);
            expect(session.close).toBeGreaterThan(from);
            expect(session.open).toBeLessThan(from + 30 * dayMs);
            last = session.close;
            const local = new Intl.DateTimeFormat('en-CA', { timeZone: calendar.timeZone });
            expect(local.format(session.close)).toBe(session.date);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('tell when the exchange opens and closes next', () => {
    const friday = Date.UTC(2026, 10, 20, 22);
    expect(isOpen(nyse, friday, 'regular')).toBe(false);
    expect(isOpen(nyse, friday, 'all')).toBe(true);
    expect(nextOpen(nyse, friday, 'regular')).toBe(Date.UTC(2026, 10, 23, 14, 30));
    expect(nextClose(nyse, friday, 'regular')).toBe(Date.UTC(2026, 10, 23, 21));
    expect(isOpen(always, friday, 'regular')).toBe(true);
  });

  it('refuse a date that is none', () => {
    expect(() => dateMs('2026-02-30')).toThrow(RangeError);
  });
});
