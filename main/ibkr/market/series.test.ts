import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Series } from './series.ts';

describe('the series of a symbol', () => {
  it('appends last and close prices with the running high and low', () => {
    const series = new Series();
    for (const [field, price] of [
      [4, 100],
      [68, 103],
      [9, 98],
      [75, 101],
    ] as const) {
      expect(series.price(field, price, price * 10)).toBe(true);
    }
    expect(series.copy()).toEqual({
      timestamp: [1000, 1030, 980, 1010],
      close: [100, 103, 98, 101],
      high: [100, 103, 103, 103],
      low: [100, 100, 98, 98],
      volume: [0, 0, 0, 0],
      last_update: 1010,
      current_high: 103,
      current_low: 98,
    });
  });

  it('widens the running extremes by high and low ticks, without a point of its own', () => {
    const series = new Series();
    series.price(6, 110, 1);
    series.price(70, 108, 2);
    series.price(7, 95, 3);
    series.price(71, 97, 4);
    expect(series.copy()).toMatchObject({ close: [], current_high: 110, current_low: 95 });
    series.price(4, 100, 5);
    expect(series.copy()).toMatchObject({ high: [110], low: [95] });
  });

  it('puts a volume at the newest point and drops one that comes before any', () => {
    const series = new Series();
    expect(series.size(8, 500)).toBe(false);
    series.price(4, 100, 1);
    series.price(4, 101, 2);
    series.size(8, 700);
    series.size(72, 800);
    series.size(74, -1);
    series.size(3, 5);
    expect(series.copy().volume).toEqual([0, 800]);
  });

  it('takes no price that cannot be one, and ignores bids and asks', () => {
    const series = new Series();
    for (const price of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(series.price(4, price, 1)).toBe(false);
    }
    for (const field of [1, 2, 65, 66, 67, 14]) expect(series.price(field, 5, 1)).toBe(false);
    expect(series.copy().close).toEqual([]);
  });

  it('hands out copies', () => {
    const series = new Series();
    series.price(4, 100, 1);
    (series.copy().close as number[]).push(1, 2, 3);
    expect(series.copy().close).toEqual([100]);
  });

  it('keeps its columns in step and within its bound, whatever comes', () => {
    const tick = fc.record({
      size: fc.boolean(),
      field: fc.constantFrom(1, 2, 4, 6, 7, 8, 9, 65, 66, 67, 68, 70, 71, 72, 73, 74, 75),
      value: fc.oneof(fc.double(), fc.integer({ min: 1, max: 500 })),
    });
    fc.assert(
      fc.property(fc.array(tick, { maxLength: 300 }), (ticks) => {
        const series = new Series(50);
        for (const [at, { size, field, value }] of ticks.entries()) {
          if (size) series.size(field, value);
          else series.price(field, value, at);
        }
        const { timestamp, close, high, low, volume } = series.copy();
        expect(
          new Set([timestamp, close, high, low, volume].map((column) => column.length)).size,
        ).toBe(1);
        expect(close.length).toBeLessThanOrEqual(50);
        for (let i = 0; i < close.length; i++) {
          expect(high[i]).toBeGreaterThanOrEqual(close[i] as number);
          expect(low[i]).toBeLessThanOrEqual(close[i] as number);
        }
      }),
    );
  });
});
