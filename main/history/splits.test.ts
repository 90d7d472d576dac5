import { describe, expect, it } from 'vitest';
import { columnsOf } from '../kit/bar-columns.ts';
import { ratioText, restatement, rowsToCompare, suspectBefore } from './splits.ts';
import { workBar, workBars } from './testing/store-work.ts';

const scaled = (by: number, from = 0, to = 5) =>
  workBars(from, to).map((bar) => ({
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
    expect(restatement(stored, scaled(by))?.ratio).toBeCloseTo(by, 1);
  });

  it('does not take a corrected bar, a few bars or no overlap for one', () => {
    expect(restatement(stored, workBars(0, 5))).toBeUndefined();
    expect(restatement(stored, [...workBars(0, 4), workBar(4, 55)])).toBeUndefined();
    expect(restatement(stored, scaled(2).slice(0, 2))).toBeUndefined();
    expect(restatement(stored, workBars(10, 20))).toBeUndefined();
  });

  it('finds it among bars that were fetched since, and up to where the old ones reach', () => {
    const mixed = columnsOf([...workBars(0, 5), ...scaled(4, 5, 10)]);
    expect(restatement(mixed, scaled(4, 0, 10))).toMatchObject({ until: workBar(4).t });
    expect(restatement(mixed, scaled(4, 0, 10))?.ratio).toBeCloseTo(4, 1);
    expect(restatement(mixed, scaled(4, 5, 10))).toBeUndefined();
  });

  it('suspects one where the price is another after bars that were not fetched', () => {
    const from = workBar(5).t;
    expect(suspectBefore(stored, scaled(4, 5, 10), from)).toBe(workBar(4).t);
    expect(suspectBefore(stored, workBars(5, 10), from)).toBeUndefined();
    // Three bars were compared, and what comes after them is how the price went.
    expect(suspectBefore(stored, [...workBars(2, 5), ...scaled(4, 5, 10)], from)).toBeUndefined();
    expect(suspectBefore(stored, scaled(4, 0, 5), workBar(0).t)).toBeUndefined();
  });

  it('compares where a file holds both prices, else its last bars of that time', () => {
    const mixed = columnsOf([...scaled(4, 0, 10), ...workBars(10, 20), ...scaled(4, 20, 30)]);
    expect(rowsToCompare(mixed, workBar(29).t, 4, 3)).toEqual([17, 20]);
    expect(rowsToCompare(mixed, workBar(18).t, 4, 3)).toEqual([10, 13]);
    expect(rowsToCompare(mixed, workBar(29).t, null, 3)).toEqual([27, 30]);
    expect(rowsToCompare(mixed, workBar(0).t - 1, 4, 3)).toEqual([0, 0]);
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
