import type { Session } from '../../calendar/exchange-calendar.ts';
import { dateMs } from '../../calendar/expected-bars.ts';

/** The days an exchange trades, oldest first, as the planner counts them: breaks within a day do not matter. */
export interface TradeDays {
  readonly length: number;
  /** First instant of trading of each day, in epoch milliseconds. */
  readonly open: Float64Array;
  readonly close: Float64Array;
  /** UTC midnight of each day's date, the time of its daily bar. */
  readonly date: Float64Array;
}

export function tradeDays(sessions: readonly Session[]): TradeDays {
  const open = new Float64Array(sessions.length);
  const close = new Float64Array(sessions.length);
  const date = new Float64Array(sessions.length);
  let length = 0;
  let last = '';
  for (const session of sessions) {
    if (session.date !== last) {
      open[length] = session.open;
      date[length] = dateMs(session.date);
      length++;
      last = session.date;
    }
    close[length - 1] = session.close;
  }
  return { length, open, close, date };
}

/** The day in which a bar lies, or the nearest before; -1 when there is none. */
export function dayOf(days: TradeDays, t: number, daily: boolean): number {
  const starts = daily ? days.date : days.open;
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
