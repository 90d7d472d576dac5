import { describe, expect, it } from 'vitest';
import type { Timeframe } from '../../../shared/bar.ts';
import { fx } from '../../calendar/fx.ts';
import { nyse } from '../../calendar/nyse.ts';
import { EmptyList } from './empty-list.ts';
import { ExpectedBook } from './expected-book.ts';
import { finishedBefore, gapsOf, tailThresholdMs } from './gaps.ts';
import type { Hole } from './holes.ts';

const book = new ExpectedBook();
const minute = 60_000;
const dayMs = 86_400_000;
/** A Wednesday, an hour after New York opened. */
const now = Date.UTC(2026, 10, 18, 15, 30);

function gaps(
  timeframe: Timeframe,
  last: number,
  at: number,
  holes: readonly Hole[] = [],
  empty = new EmptyList(undefined),
) {
  return gapsOf(
    {
      series: { symbol: 'AAPL', timeframe },
      calendar: nyse,
      hours: 'regular',
      holes,
      last,
      now: at,
      maxAgeMs: 30 * dayMs,
      settleMs: 2 * minute,
    },
    book,
    empty,
  );
}

describe('what is missing of a file', () => {
  it.each([
    ['1m', 30 * minute],
    ['5m', 60 * minute],
  ] as const)('counts a lag of %s bars only from its threshold on', (timeframe, threshold) => {
    expect(tailThresholdMs[timeframe]).toBe(threshold);
    const barMs = timeframe === '1m' ? minute : 5 * minute;
    const last = now - threshold - barMs;
    expect(gaps(timeframe, last + 1000, now).fillable).toEqual([]);
    expect(gaps(timeframe, last, now).fillable).toHaveLength(1);
  });

  it('never asks for a bar that is still being made or has only just ended', () => {
    const [hole] = gaps('1m', now - 50 * minute, now).fillable;
    expect(hole).toEqual({ from: now - 49 * minute, to: now - 3 * minute, count: 47 });
  });

  it('is nothing over a night, a weekend or a holiday', () => {
    const friday = Date.UTC(2026, 10, 20, 20, 55);
    expect(gaps('5m', friday, friday + 2.5 * dayMs).fillable).toEqual([]);
    const beforeThanksgiving = Date.UTC(2026, 10, 25, 20, 55);
    expect(gaps('5m', beforeThanksgiving, Date.UTC(2026, 10, 27, 14)).fillable).toEqual([]);
  });

  it('has a daily bar once its session has closed', () => {
    const monday = Date.UTC(2026, 10, 16);
    expect(gaps('1d', monday, Date.UTC(2026, 10, 18, 20, 59)).fillable).toEqual([
      { from: monday + dayMs, to: monday + dayMs, count: 1 },
    ]);
    const [hole] = gaps('1d', monday, Date.UTC(2026, 10, 18, 21, 5)).fillable;
    expect(hole?.to).toBe(monday + 2 * dayMs);
    // The currency day that began on Sunday evening is Monday's.
    expect(finishedBefore(fx, '1d', 'all', Date.UTC(2026, 10, 16, 21, 59))).toBeLessThan(monday);
    expect(finishedBefore(fx, '1d', 'all', Date.UTC(2026, 10, 16, 22, 1))).toBe(monday + 1);
  });

  it('is what lies before now of a hole behind which stands a bar of tomorrow', () => {
    const hole = { from: now - 50 * minute, to: now + dayMs, count: 9999 };
    const [clipped] = gaps('1m', now + 2 * dayMs, now, [hole]).fillable;
    expect(clipped).toEqual({ from: now - 50 * minute, to: now - 3 * minute, count: 48 });
    expect(gaps('1m', now + 2 * dayMs, now, [{ ...hole, from: now }]).fillable).toEqual([]);
  });

  it('takes every missing bar inside the file, and holes that ended long ago apart', () => {
    const recent = { from: now - dayMs, to: now - dayMs, count: 1 };
    const old = { from: now - 40 * dayMs, to: now - 31 * dayMs, count: 5 };
    const result = gaps('5m', now - 10 * minute, now, [old, recent]);
    expect(result).toEqual({ fillable: [recent], old: [old] });
  });

  it('leaves out what was asked for and is not there, for a while that grows', () => {
    const series = { symbol: 'AAPL', timeframe: '5m' } as const;
    const t = Date.UTC(2026, 10, 17, 15);
    const hole = { from: t, to: t + 15 * minute, count: 4 };
    const empty = new EmptyList(undefined);
    empty.add(
      series,
      [{ from: t + 5 * minute, to: t + 5 * minute, emptiness: 'beside-others' }],
      now,
    );
    expect(gaps('5m', now, now, [hole], empty).fillable).toEqual([
      { from: t, to: t, count: 1 },
      { from: t + 10 * minute, to: t + 15 * minute, count: 2 },
    ]);
    for (const days of [1, 2, 4, 8]) {
      const at = now + days * 100 * dayMs;
      empty.add(series, [{ from: t, to: t + 15 * minute, emptiness: 'no-data-at-all' }], at);
      const saved = new EmptyList(JSON.parse(JSON.stringify(empty.takeChanges())));
      const asked = (when: number) => saved.worthAsking(series, Float64Array.of(t), when).length;
      const most = Math.min(32, 2 * days);
      expect([asked(at + most * dayMs - 1), asked(at + most * dayMs)]).toEqual([0, 1]);
    }
  });
});
