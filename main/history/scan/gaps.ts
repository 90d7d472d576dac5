import { barSeconds, type Timeframe } from '../../../shared/bar.ts';
import type { ExchangeCalendar, Hours } from '../../calendar/exchange-calendar.ts';
import { dateMs } from '../../calendar/expected-bars.ts';
import { lastClosed } from '../../calendar/open-hours.ts';
import type { Series } from '../store/file-name.ts';
import type { EmptyList } from './empty-list.ts';
import type { ExpectedBook } from './expected-book.ts';
import { findHoles, type Hole } from './holes.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** How far a file's end may lag behind before it counts as a gap. Inside a file one missing bar is enough. */
export const tailThresholdMs: Readonly<Record<Timeframe, number>> = {
  '1m': 0.5 * hourMs,
  '5m': hourMs,
  '15m': 2 * hourMs,
  '30m': 3 * hourMs,
  '1h': 6 * hourMs,
  '4h': 12 * hourMs,
  '1d': 36 * hourMs,
};

export interface Gaps {
  /** Worth filling now, oldest first. */
  readonly fillable: readonly Hole[];
  /** Ended too long ago: told, and filled only when a person asks. */
  readonly old: readonly Hole[];
}

export interface GapQuestion {
  readonly series: Series;
  readonly calendar: ExchangeCalendar;
  readonly hours: Hours;
  readonly holes: readonly Hole[];
  /** Of the last bar in the file. */
  readonly last: number;
  readonly now: number;
  readonly maxAgeMs: number;
  /** A bar that ended so recently may not be with the broker yet. */
  readonly settleMs: number;
}

/** What is missing of a file: its holes, and what came after its end if it lags. */
export function gapsOf(question: GapQuestion, expected: ExpectedBook, empty: EmptyList): Gaps {
  const { series, calendar, hours, now, last } = question;
  const barMs = barSeconds(series.timeframe) * 1000;
  const missing = [...question.holes];
  if (now - (last + barMs) >= tailThresholdMs[series.timeframe]) {
    const until = finishedBefore(calendar, series.timeframe, hours, now - question.settleMs);
    const after = expected.within(calendar, series.timeframe, hours, last + 1, until);
    const own = Float64Array.of(last);
    missing.push(...findHoles(own, 1, after, barMs).holes);
  }
  const worth = empty.has(series) ? worthAsking(question, missing, expected, empty) : missing;
  const finished = finishedBefore(calendar, series.timeframe, hours, now - question.settleMs);
  const isOld = (hole: Hole) => hole.to + barMs < now - question.maxAgeMs;
  const over = worth.flatMap((hole) => upTo(finished, hole, question, expected));
  return { fillable: over.filter((hole) => !isOld(hole)), old: over.filter(isOld) };
}

/** The part of a hole before a time: behind it may stand a row that came too early. */
function upTo(
  time: number,
  hole: Hole,
  { series, calendar, hours }: GapQuestion,
  expected: ExpectedBook,
): readonly Hole[] {
  if (hole.to < time) return [hole];
  const bars = expected.within(calendar, series.timeframe, hours, hole.from, time);
  const to = bars[bars.length - 1];
  return to === undefined ? [] : [{ from: hole.from, to, count: bars.length }];
}

/** What remains of the holes without the bars that were asked for and are not there. */
function worthAsking(
  { series, calendar, hours, now }: GapQuestion,
  holes: readonly Hole[],
  expected: ExpectedBook,
  empty: EmptyList,
): readonly Hole[] {
  const within = holes.map(({ from, to }) =>
    expected.within(calendar, series.timeframe, hours, from, to + 1),
  );
  const all = new Float64Array(within.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const bars of within) {
    all.set(bars, at);
    at += bars.length;
  }
  const asked = empty.worthAsking(series, all, now);
  if (asked.length === all.length) return holes;
  let nth = 0;
  return within.flatMap((bars) => {
    const wanted = new Set<number>();
    const last = bars[bars.length - 1] ?? Number.NEGATIVE_INFINITY;
    while (nth < asked.length && (asked[nth] as number) <= last) wanted.add(asked[nth++] as number);
    const others = bars.filter((t) => !wanted.has(t));
    return findHoles(others, others.length, bars, 1).holes;
  });
}

/** Bars that begin before this time are complete at `now`. A daily bar is when its session has closed. */
export function finishedBefore(
  calendar: ExchangeCalendar,
  timeframe: Timeframe,
  hours: Hours,
  now: number,
): number {
  if (timeframe !== '1d') return now - barSeconds(timeframe) * 1000 + 1;
  const closed = lastClosed(calendar, now, hours);
  if (!closed) return now - dayMs;
  // A date with a break has more than one session; it is over when the last of them is.
  const more = calendar
    .sessions(closed.close, closed.close + dayMs, hours)
    .some((session) => session.date === closed.date);
  return dateMs(closed.date) + (more ? 0 : 1);
}
