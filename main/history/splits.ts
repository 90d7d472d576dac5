import type { Bar } from '../../shared/bar.ts';
import { type BarColumns, firstAtOrAfter } from '../kit/bar-columns.ts';

const fewest = 3;
/** Rounding to a price step moves small prices by so much at most. */
const tolerance = 0.005;
const smallest = 0.02;

/**
 * The ratio of stored to fetched prices when all bars both have differ by one and the same: the broker has restated the
 * past for a split. Undefined when they agree, differ otherwise, or are too few to tell.
 */
export function splitRatio(stored: BarColumns, fetched: readonly Bar[]): number | undefined {
  const ratios: number[] = [];
  for (const bar of fetched) {
    const row = firstAtOrAfter(stored.t, stored.length, bar.t);
    if (row >= stored.length || stored.t[row] !== bar.t) continue;
    for (const name of ['open', 'high', 'low', 'close'] as const) {
      const price = stored[name][row] as number;
      if (!(price > 0) || !(bar[name] > 0)) return undefined;
      ratios.push(price / bar[name]);
    }
  }
  if (ratios.length < 4 * fewest) return undefined;
  const sorted = ratios.sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1] as number;
  const spread = ((sorted.at(-1) as number) - (sorted[0] as number)) / middle;
  return spread <= 2 * tolerance && Math.abs(middle - 1) >= smallest ? middle : undefined;
}

/** `2:1`, `1:10`, or the bare ratio when it is no simple one. */
export function ratioText(ratio: number): string {
  for (let denominator = 1; denominator <= 20; denominator++) {
    const numerator = Math.round(ratio * denominator);
    if (numerator > 0 && Math.abs(numerator / denominator / ratio - 1) < tolerance) {
      return `${numerator}:${denominator}`;
    }
  }
  return ratio.toFixed(4);
}
