import { nyse } from '../../calendar/nyse.ts';
import { planRequests } from '../plan/planner.ts';
import { type TradeDays, tradeDays } from '../plan/trade-days.ts';
import { ExpectedBook } from '../scan/expected-book.ts';
import { findHoles, type Hole } from '../scan/holes.ts';

export interface GapSample {
  readonly series: readonly { readonly symbol: string; readonly holes: readonly Hole[] }[];
  readonly days: TradeDays;
  readonly holes: number;
  readonly now: number;
}

/**
 * 1546 holes in a month of one-minute bars of 500 symbols, as a machine that was off now and then leaves them: one in
 * ten is a whole session, the others up to half an hour. Always the same.
 */
export function gapSample(symbols = 500, wanted = 1546, seed = 2): GapSample {
  const from = Date.UTC(2026, 9, 21);
  const until = Date.UTC(2026, 10, 20);
  const days = tradeDays(nyse.sessions(from, until, 'regular'));
  const expected = new ExpectedBook().within(nyse, '1m', 'regular', from, until);
  const next = random(seed);
  const gone = Array.from({ length: symbols }, () => new Set<number>());
  for (let nth = 0; nth < wanted; ) {
    // Everybody has one; the others fall where they fall.
    const missing = gone[nth < symbols ? nth : Math.floor(next() * symbols)] as Set<number>;
    // The first and the last session are whole: a hole inside a file lies between bars.
    const day = 1 + Math.floor(next() * (days.length - 2));
    const [at, length] =
      next() < 0.1 ? [0, 390] : [1 + Math.floor(next() * 350), 1 + Math.floor(next() * 30)];
    const start = expected.indexOf(days.open[day] as number) + at;
    // Neighbours would grow together into one hole.
    const bars = Array.from({ length: length + 2 }, (_, bar) => start - 1 + bar);
    if (bars.some((bar) => missing.has(bar))) continue;
    for (const bar of bars.slice(1, -1)) missing.add(bar);
    nth++;
  }
  const series = gone.map((missing, nth) => {
    const present = expected.filter((_, bar) => !missing.has(bar));
    return { symbol: `S${nth}`, ...findHoles(present, present.length, expected, 60_000) };
  });
  return {
    series,
    days,
    holes: series.reduce((sum, { holes }) => sum + holes.length, 0),
    now: Date.UTC(2026, 10, 21),
  };
}

/** How many requests fill them all, of so many sessions each at most. */
export function requestsToFill({ series, days, now }: GapSample, cap: number): number {
  return series.reduce(
    (sum, { symbol, holes }) =>
      sum +
      planRequests({
        series: { symbol, timeframe: '1m' },
        hours: 'regular',
        holes,
        days,
        cap,
        now,
      }).length,
    0,
  );
}

/** Numbers in [0, 1), the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
