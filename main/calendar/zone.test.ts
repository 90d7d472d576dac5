import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { civilDate, dateText, dayNumber, easterSunday, nthWeekday, parseDate } from './civil.ts';
import { zoneOf } from './zone.ts';

const names = [
  'America/New_York',
  'America/Chicago',
  'Europe/London',
  'Australia/Sydney',
  'Asia/Kolkata',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'UTC',
];
const instants = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2037, 0, 1) });

function wallClock(name: string, ms: number): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: name,
    hourCycle: 'h23',
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(ms);
  return parts.replace(', ', 'T');
}

describe('a zone', () => {
  it('shows the wall clock that Intl shows', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), instants, (name, ms) => {
        const local = new Date(zoneOf(name).toLocal(ms)).toISOString().slice(0, 19);
        expect(local).toBe(wallClock(name, ms));
      }),
      { numRuns: 400 },
    );
  });

  it('turns a wall clock back into the instant it came from, or one with the same wall clock', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), instants, (name, ms) => {
        const zone = zoneOf(name);
        const back = zone.toUtc(zone.toLocal(ms));
        expect(zone.toLocal(back)).toBe(zone.toLocal(ms));
        expect(back).toBeLessThanOrEqual(ms);
      }),
      { numRuns: 400 },
    );
  });

  it('takes the first of two equal hours, and steps over an hour that is skipped', () => {
    const york = zoneOf('America/New_York');
    expect(york.toUtc(Date.UTC(2026, 10, 1, 1, 30))).toBe(Date.UTC(2026, 10, 1, 5, 30));
    expect(york.toUtc(Date.UTC(2026, 2, 8, 2, 30))).toBe(Date.UTC(2026, 2, 8, 7, 30));
  });

  it('refuses what is no instant and no zone', () => {
    expect(() => zoneOf('UTC').offsetAt(Number.NaN)).toThrow(RangeError);
    expect(() => zoneOf('Mars/Olympus')).toThrow(RangeError);
  });
});

describe('civil days', () => {
  it('go there and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 200_000 }), (day) => {
        const { year, month, day: d } = civilDate(day);
        expect(dayNumber(year, month, d)).toBe(day);
        expect(day * 86_400_000).toBe(Date.parse(new Date(day * 86_400_000).toISOString()));
        if (year >= 0 && year <= 9999) expect(parseDate(dateText(day))).toBe(day);
      }),
    );
  });

  it('find the last Monday of May, the fourth Thursday of November and Easter', () => {
    expect(dateText(nthWeekday(2026, 5, 1, -1))).toBe('2026-05-25');
    expect(dateText(nthWeekday(2026, 11, 4, 4))).toBe('2026-11-26');
    expect([2024, 2025, 2026, 2027, 2038].map((y) => dateText(easterSunday(y)))).toEqual([
      '2024-03-31',
      '2025-04-20',
      '2026-04-05',
      '2027-03-28',
      '2038-04-25',
    ]);
  });
});
