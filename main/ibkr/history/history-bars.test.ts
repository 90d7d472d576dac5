import { describe, expect, it } from 'vitest';
import { barsOf, endDateTime, timeOf } from './history-bars.ts';

const raw = (time: string, change: object = {}) => ({
  ...{ time, open: 2, high: 3, low: 1, close: 2, volume: 5 },
  ...change,
});

describe('bars as IBKR writes them', () => {
  it('have epoch seconds within a day and a date for whole days', () => {
    expect(timeOf('1767625200')).toBe(1_767_625_200_000);
    expect(timeOf('20260105')).toBe(Date.UTC(2026, 0, 5));
    expect(timeOf('20260105 10:00:00')).toBeNull();
    expect(timeOf('')).toBeNull();
  });

  it('come in order, each moment once, the later row winning', () => {
    const bars = barsOf([
      raw('20260106'),
      raw('20260105'),
      raw('20260106', { close: 3 }),
      raw('nonsense'),
    ]);
    expect(bars.map((bar) => [bar.t, bar.close])).toEqual([
      [Date.UTC(2026, 0, 5), 2],
      [Date.UTC(2026, 0, 6), 3],
    ]);
  });

  it('are left out when they cannot be', () => {
    expect(barsOf([raw('20260105', { high: Number.NaN })])).toEqual([]);
    expect(barsOf([raw('20260105', { high: 1, low: 2 })])).toEqual([]);
    expect(barsOf([raw('20260105', { volume: -1 })])[0]?.volume).toBe(0);
  });
});

describe('the end of a request', () => {
  it('is written as UTC, and empty for now', () => {
    expect(endDateTime(Date.UTC(2026, 0, 5, 3, 4, 5))).toBe('20260105-03:04:05');
    expect(endDateTime(null)).toBe('');
  });
});
