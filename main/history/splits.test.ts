import { describe, expect, it } from 'vitest';
import { columnsOf } from '../kit/bar-columns.ts';
import { ratioText, splitRatio } from './splits.ts';
import { workBar, workBars } from './testing/store-work.ts';

const scaled = (by: number) =>
  workBars(0, 5).map((bar) => ({
    ...bar,
    open: round(bar.open / by),
    high: round(bar.high / by),
    low: round(bar.low / by),
    close: round(bar.close / by),
  }));
const round = (price: number) => Math.round(price * 100) / 100;
const stored = columnsOf(workBars(0, 5));

describe('noticing a split', () => {
  it.each([2, 4, 10, 0.1, 1.5])('finds the one ratio %d of all bars', (by) => {
    expect(splitRatio(stored, scaled(by))).toBeCloseTo(by, 1);
  });

  it('does not take a corrected bar, a few bars or no overlap for one', () => {
    expect(splitRatio(stored, workBars(0, 5))).toBeUndefined();
    expect(splitRatio(stored, [...workBars(0, 4), workBar(4, 55)])).toBeUndefined();
    expect(splitRatio(stored, scaled(2).slice(0, 2))).toBeUndefined();
    expect(splitRatio(stored, workBars(10, 20))).toBeUndefined();
  });

  it('names simple ratios', () => {
    expect([2, 1.5, 0.1, 3.001, 1.2345].map(ratioText)).toEqual([
      '2:1',
      '3:2',
      '1:10',
      '3:1',
      '16:13',
    ]);
  });
});
