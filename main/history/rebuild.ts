import type { Desk } from './desk.ts';
import { fetchAnew, fetchSpan, type Outcome } from './fetcher.ts';
import { planRequests } from './plan/planner.ts';
import { tradeDays } from './plan/trade-days.ts';
import { finishedBefore } from './scan/gaps.ts';
import type { Series } from './store/file-name.ts';

const dayMs = 86_400_000;

/** Fetches the whole of a series again because its past was restated. */
export async function rebuild(
  desk: Desk,
  series: Series,
  restated: { readonly ratio: number; readonly first: number },
  signal: AbortSignal,
): Promise<Outcome> {
  const calendar = desk.calendars.calendarOf(series.symbol);
  if (!calendar) return { kind: 'hopeless', message: 'no trading hours are known' };
  const hours = desk.hoursOf(series.timeframe);
  const now = desk.now();
  const until = finishedBefore(calendar, series.timeframe, hours, now - desk.tempo.settleMs);
  const bars = desk.expected.within(calendar, series.timeframe, hours, restated.first, until);
  const from = bars[0];
  const to = bars[bars.length - 1];
  if (from === undefined || to === undefined) return { kind: 'empty' };
  desk.options.log.info(
    { ...series, ratio: restated.ratio },
    'prices were restated: fetching anew',
  );
  const requests = planRequests({
    series,
    hours,
    holes: [{ from, to, count: bars.length }],
    days: tradeDays(calendar.sessions(from - 3 * dayMs, to + 3 * dayMs, hours)),
    cap: desk.caps.cap(series.timeframe, hours, now),
    now,
  });
  const outcome = await fetchAnew(desk, requests, restated.ratio, signal);
  // A split concerns every series of the symbol; one that is noticed on daily bars is true for the minutes too.
  if (outcome.kind === 'filled' && series.timeframe === '1d')
    await checkOthers(desk, series, signal);
  return outcome;
}

/** Asks for the last bars of the symbol's other series again, to see whether they were restated too. */
async function checkOthers(desk: Desk, checked: Series, signal: AbortSignal): Promise<void> {
  const calendar = desk.calendars.calendarOf(checked.symbol);
  if (!calendar) return;
  for (const series of desk.store.list().files) {
    if (series.symbol !== checked.symbol || series.timeframe === checked.timeframe) continue;
    const stored = desk.store.read(series);
    const to = stored.ok ? stored.columns.t[stored.columns.length - 1] : undefined;
    if (to === undefined) continue;
    const hours = desk.hoursOf(series.timeframe);
    const [request] = planRequests({
      series,
      hours,
      holes: [{ from: to, to, count: 1 }],
      days: tradeDays(calendar.sessions(to - 10 * dayMs, to + dayMs, hours)),
      cap: desk.caps.cap(series.timeframe, hours, desk.now()),
      now: desk.now(),
    });
    const outcome = request && (await fetchSpan(desk, request, 'background', signal));
    if (outcome?.kind === 'restated') await rebuild(desk, series, outcome, signal);
  }
}
