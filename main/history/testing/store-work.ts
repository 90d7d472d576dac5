import type { Bar } from '../../../shared/bar.ts';
import type { BarStore, MergeResult } from '../store/bar-store.ts';
import type { Series } from '../store/file-name.ts';

export const workSeries: Series = { symbol: 'WORK', timeframe: '1m' };

const t0 = Date.UTC(2026, 0, 5, 14, 30);

export function workBar(minute: number, close = 100 + minute / 100): Bar {
  return {
    t: t0 + minute * 60_000,
    open: close,
    high: close + 1,
    low: close - 1,
    close,
    volume: 1000 + minute,
  };
}

export function workBars(from: number, to: number): Bar[] {
  return Array.from({ length: to - from }, (_, nth) => workBar(from + nth));
}

/** The steps of an ordinary life: made, added to, holes filled, corrected, added to. */
export const workSteps: readonly (readonly Bar[])[] = [
  workBars(0, 20),
  workBars(30, 40),
  workBars(20, 25),
  workBars(40, 45),
  [...workBars(25, 30), ...workBars(45, 50)],
  [workBar(7, 55)],
  workBars(50, 60),
];

/** Does the steps in order and tells of each when it is acknowledged. Stops at the first that is not. */
export async function doWork(
  store: BarStore,
  acknowledged: (step: number) => void,
): Promise<MergeResult | undefined> {
  for (const [step, bars] of workSteps.entries()) {
    const result = await store.merge(workSeries, bars);
    if (!result.ok) return result;
    acknowledged(step);
  }
  return undefined;
}

/** What must be in the file once the first `steps` steps were acknowledged. */
export function expectedAfter(steps: number): ReadonlyMap<number, Bar> {
  const bars = new Map<number, Bar>();
  for (const step of workSteps.slice(0, steps)) for (const bar of step) bars.set(bar.t, bar);
  return bars;
}
