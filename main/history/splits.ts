import type { Bar } from '../../shared/bar.ts';
import { type BarColumns, firstAtOrAfter } from '../kit/bar-columns.ts';

const prices = ['open', 'high', 'low', 'close'] as const;
/** So many bars must agree on a ratio that is not known yet. */
export const fewestBars = 3;
/** Rounding to a price step moves small prices by so much at most. */
const tolerance = 0.005;
const smallest = 0.02;
/** A smaller step from one bar to the next is no reason to ask. */
const suspicious = 1.1;

export interface Restatement {
  /** Of stored to fetched prices. */
  readonly ratio: number;
  /** Start of the newest bar whose stored prices are still the old ones. */
  readonly until: number;
}

/**
 * The ratio of stored to fetched prices when the bars both have differ by one and the same: the broker has restated the
 * past for a split. Bars that agree were fetched since then, and say nothing about the others. Undefined when nothing
 * differs, when it differs otherwise, or when too few bars do to tell.
 */
export function restatement(
  stored: BarColumns,
  fetched: readonly Bar[],
  fewest = fewestBars,
): Restatement | undefined {
  const ratios: number[] = [];
  let until = Number.NEGATIVE_INFINITY;
  for (const [row, bar] of inBoth(stored, fetched)) {
    const own = prices.map((name) => (stored[name][row] as number) / bar[name]);
    if (prices.some((name) => !((stored[name][row] as number) > 0) || !(bar[name] > 0)))
      return undefined;
    if (own.every((ratio) => Math.abs(ratio - 1) < smallest)) continue;
    ratios.push(...own);
    until = Math.max(until, bar.t);
  }
  if (ratios.length < prices.length * fewest) return undefined;
  const sorted = ratios.sort((a, b) => a - b);
  const ratio = sorted[sorted.length >> 1] as number;
  const spread = ((sorted.at(-1) as number) - (sorted[0] as number)) / ratio;
  return spread <= 2 * tolerance ? { ratio, until } : undefined;
}

function* inBoth(stored: BarColumns, fetched: readonly Bar[]): Generator<[number, Bar]> {
  for (const bar of fetched) {
    const row = firstAtOrAfter(stored.t, stored.length, bar.t);
    if (row < stored.length && stored.t[row] === bar.t) yield [row, bar];
  }
}

/**
 * The last stored bar before `from` when too few bars from there back were fetched to compare, and the price is quite
 * another after it. It may be a split or a wild night: only asking for that bar again can tell.
 */
export function suspectBefore(
  stored: BarColumns,
  fetched: readonly Bar[],
  from: number,
): number | undefined {
  const row = firstAtOrAfter(stored.t, stored.length, from) - 1;
  if (row < 0) return undefined;
  const compared = [...inBoth(stored, fetched)].filter(([, { t }]) => t < from);
  if (compared.length >= fewestBars) return undefined;
  let next: Bar | undefined;
  for (const bar of fetched) if (bar.t >= from && (!next || bar.t < next.t)) next = bar;
  if (!next) return undefined;
  const step = (stored.close[row] as number) / next.open;
  return step >= suspicious || step <= 1 / suspicious ? (stored.t[row] as number) : undefined;
}

/**
 * Rows to compare with the broker's, of those up to `until`: beside the newest step by about the known ratio, where a
 * file holds prices of both kinds, else the last.
 */
export function rowsToCompare(
  stored: BarColumns,
  until: number,
  ratio: number | null,
  count: number,
): readonly [number, number] {
  const end = firstAtOrAfter(stored.t, stored.length, until + 1);
  if (ratio !== null && Math.abs(Math.log(ratio)) >= 2 * Math.log(suspicious)) {
    const about = (step: number) => Math.abs(Math.log(step / ratio)) < Math.log(suspicious);
    for (let row = end - 1; row > 0; row--) {
      const before = stored.close[row - 1] as number;
      const after = stored.open[row] as number;
      if (about(before / after)) return [Math.max(0, row - count), row];
      if (about(after / before)) return [row, Math.min(end, row + count)];
    }
  }
  return [Math.max(0, end - count), end];
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
