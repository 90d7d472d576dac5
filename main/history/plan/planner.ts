import { barSeconds } from '../../../shared/bar.ts';
import type { Hours } from '../../calendar/exchange-calendar.ts';
import type { Hole } from '../scan/holes.ts';
import type { Series } from '../store/file-name.ts';
import { type Duration, seconds, sessions } from './duration.ts';
import { dayOf, type TradeDays } from './trade-days.ts';

/** One request for history, and what of its answer is wanted. */
export interface PlannedRequest extends Series {
  readonly hours: Hours;
  /** Where it ends; it reaches back from here. */
  readonly end: number;
  readonly duration: Duration;
  /** Start of the first wanted bar. */
  readonly from: number;
  /** Start of the last wanted bar. */
  readonly to: number;
  /** How many sessions it asks for. */
  readonly days: number;
  /** How many holes are whole once it is answered; each hole counts for one request only. */
  readonly holes: number;
}

export interface PlanQuestion {
  readonly series: Series;
  readonly hours: Hours;
  /** Oldest first, not overlapping. */
  readonly holes: readonly Hole[];
  /** Must cover all the holes. */
  readonly days: TradeDays;
  /** The most sessions one request may cover. */
  readonly cap: number;
  readonly now: number;
}

/** Sessions that run (nearly) round the clock: their `1 D` may begin at midnight, so one more is asked for. */
const roundTheClockMs = 20 * 3_600_000;

/**
 * A request reaches a little further back than it must where the cap allows, to bars that are there already: only by
 * comparing those is it noticed that the broker has restated the past for a split.
 */
const overlapBars = 5;
const overlapDailyBars = 4;
const overlapSessions = 1;

/**
 * The fewest requests that cover all holes, newest first: from the newest hole the request reaches back as far as the
 * cap allows, is shortened to the oldest session it needs, and the next begins at what remains.
 */
export function planRequests(question: PlanQuestion): PlannedRequest[] {
  const { series, holes, days } = question;
  const daily = series.timeframe === '1d';
  const cap = Math.max(1, Math.floor(question.cap));
  const requests: PlannedRequest[] = [];
  let nth = holes.length - 1;
  // Start of the last bar of holes[nth] that no request covers yet.
  let to = nth >= 0 ? (holes[nth] as Hole).to : 0;
  while (nth >= 0) {
    const newest = dayOf(days, to, daily);
    if (newest < 0) break;
    const reach = Math.max(0, newest - cap + 1);
    const reachStart = (daily ? days.date[reach] : days.open[reach]) as number;
    const wantedTo = to;
    let from = to;
    let finished = 0;
    for (;;) {
      const hole = holes[nth] as Hole;
      if (hole.from >= reachStart) {
        from = hole.from;
        finished++;
        nth--;
        const older = holes[nth];
        if (!older || older.to < reachStart) {
          to = older?.to ?? 0;
          break;
        }
        to = older.to;
      } else {
        from = reachStart;
        // Falls into a session before the reach, which `dayOf` finds.
        to = reachStart - 1;
        break;
      }
    }
    const oldest = Math.max(0, dayOf(days, from, daily));
    requests.push(requestFor(question, { from, to: wantedTo, holes: finished }, oldest, newest));
  }
  return requests;
}

function requestFor(
  { series, hours, days, cap, now }: PlanQuestion,
  wanted: { readonly from: number; readonly to: number; readonly holes: number },
  oldest: number,
  newest: number,
): PlannedRequest {
  const daily = series.timeframe === '1d';
  const barMs = barSeconds(series.timeframe) * 1000;
  const count = newest - oldest + 1;
  const { to } = wanted;
  const overlap = Math.min(
    Math.max(0, Math.floor(cap) - count),
    daily ? overlapDailyBars : overlapSessions,
  );
  const asked = { symbol: series.symbol, timeframe: series.timeframe, hours, ...wanted };
  const short = count === 1 && barMs <= 60_000;
  if (short) {
    const until = to + barMs;
    const back = (start: number | undefined) =>
      start === undefined ? undefined : seconds((until - start) / 1000);
    // Where no session more may be asked for, that much of one still may, if it takes no longer than a request of seconds.
    const duration =
      back(withOverlap(days, oldest, wanted.from, barMs)) ??
      (overlap === 0 ? back(wanted.from - overlapBars * barMs) : undefined);
    if (duration) return { ...asked, days: 1, end: until, duration };
  }
  const close = days.close[newest] as number;
  const open = days.open[newest] as number;
  const roundTheClock = !daily && close - open > roundTheClockMs ? 1 : 0;
  // Of a session that still trades, only what is over is wanted; the clock is rounded up to whole minutes.
  const over = Math.min(close, Math.ceil(now / 60_000) * 60_000);
  const end = short ? Math.min(over, to + barMs) : over;
  const duration = sessions(count + roundTheClock + overlap);
  return { ...asked, days: count + overlap, end: Math.max(end, to), duration };
}

/** A few bars before the first wanted one, be they of the same session or the end of the one before. */
function withOverlap(
  days: TradeDays,
  nth: number,
  from: number,
  barMs: number,
): number | undefined {
  const overlapMs = overlapBars * barMs;
  if (from - overlapMs >= (days.open[nth] as number)) return from - overlapMs;
  return nth > 0 ? (days.close[nth - 1] as number) - overlapMs : undefined;
}

/** Each symbol's newest first, then each one's next: nobody waits for another's last hole. */
export function inFairOrder<T extends { readonly symbol: string; readonly to: number }>(
  requests: readonly T[],
): T[] {
  const bySymbol = new Map<string, T[]>();
  for (const request of [...requests].sort((a, b) => b.to - a.to)) {
    const queue = bySymbol.get(request.symbol);
    if (queue) queue.push(request);
    else bySymbol.set(request.symbol, [request]);
  }
  const ordered: T[] = [];
  for (let round = 0; ordered.length < requests.length; round++) {
    for (const queue of bySymbol.values()) {
      const request = queue[round];
      if (request) ordered.push(request);
    }
  }
  return ordered;
}
