import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Bar } from '../../shared/bar.ts';
import { barsOf, columnsOf, mergedByTime, withBars } from './bar-columns.ts';

const bar = (t: number, close: number): Bar => ({ t, open: 1, high: 9, low: 1, close, volume: t });

const times = fc
  .uniqueArray(fc.nat(30), { maxLength: 20 })
  .map((some) => some.sort((a, b) => a - b));

it('merges two stretches of bars by time, the fresh ones over the old', () => {
  fc.assert(
    fc.property(times, times, (old, fresh) => {
      const expected = new Map([
        ...old.map((t) => [t, bar(t, 2)] as const),
        ...fresh.map((t) => [t, bar(t, 3)] as const),
      ]);
      const merged = mergedByTime(
        columnsOf(old.map((t) => bar(t, 2))),
        columnsOf(fresh.map((t) => bar(t, 3))),
      );
      expect(barsOf(merged)).toEqual([...expected.values()].sort((a, b) => a.t - b.t));
    }),
  );
});

it('puts more bars behind those that count, in memory of its own', () => {
  const roomy = { ...columnsOf([1, 2, 3, 4].map((t) => bar(t, 2))), length: 2 };
  const longer = withBars(roomy, [bar(7, 5)]);
  expect(barsOf(longer)).toEqual([bar(1, 2), bar(2, 2), bar(7, 5)]);
  expect(barsOf(roomy)).toEqual([bar(1, 2), bar(2, 2)]);
});
