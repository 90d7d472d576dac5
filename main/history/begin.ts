import type { Desk } from './desk.ts';
import { type PlannedRequest, planRequests } from './plan/planner.ts';
import { tradeDays } from './plan/trade-days.ts';
import { finishedBefore } from './scan/gaps.ts';
import { type Series, seriesKey } from './store/file-name.ts';

const dayMs = 86_400_000;

/** Whether a file of this series is made without anybody's asking for it. Daily files are the download's. */
export function isBegun(desk: Desk, { symbol, timeframe }: Series): boolean {
  return (
    timeframe !== '1d' &&
    (desk.options.beginTimeframes ?? []).includes(timeframe) &&
    desk.watchlist.includes(symbol)
  );
}

/** Requests for the recent past of every series that is to be begun and has no file yet: one each. */
export function planBeginnings(desk: Desk, files: readonly Series[]): PlannedRequest[] {
  const there = new Set(files.map(seriesKey));
  return desk.watchlist.flatMap((symbol) =>
    (desk.options.beginTimeframes ?? []).flatMap((timeframe) => {
      const series = { symbol, timeframe };
      if (there.has(seriesKey(series)) || !isBegun(desk, series)) return [];
      return desk.queue.waiting(series).length > 0 ? [] : beginning(desk, series);
    }),
  );
}

/** As far back as one request reaches. */
function beginning(desk: Desk, series: Series): readonly PlannedRequest[] {
  const calendar = desk.calendars.calendarOf(series.symbol);
  if (!calendar) return [];
  const now = desk.now();
  const hours = desk.hoursOf(series.timeframe);
  const cap = desk.caps.cap(series.timeframe, hours, now);
  const until = finishedBefore(calendar, series.timeframe, hours, now - desk.tempo.settleMs);
  // Days without trading are seldom more than every second.
  const days = tradeDays(calendar.sessions(until - (2 * cap + 30) * dayMs, until, hours));
  const oldest = Math.max(0, days.length - cap);
  const opens = days.open[oldest];
  const closes = days.close[oldest];
  if (opens === undefined || closes === undefined) return [];
  const bars = desk.expected.within(calendar, series.timeframe, hours, opens, until);
  const worth = desk.empty.worthAsking(series, bars, now);
  const [from] = worth;
  const to = worth[worth.length - 1];
  // Where nothing came of a whole session there is nothing to begin, however many bars were due since.
  if (from === undefined || to === undefined || from >= closes) return [];
  return planRequests({
    series,
    hours,
    holes: [{ from, to, count: worth.length }],
    days,
    cap,
    now,
  });
}
