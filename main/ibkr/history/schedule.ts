import type { Instrument } from '../../../shared/instrument.ts';
import { zoneOf } from '../../calendar/zone.ts';
import type { Result, ScheduleAnswer, ScheduleOptions, TradingSession } from '../ports.ts';
import type { Requests } from '../requests.ts';
import { endDateTime } from './history-bars.ts';

const deadlineMs = 30_000;

/** The sessions IBKR states for a contract, turned from the exchange's clock into instants. */
export function askSchedule(
  requests: Requests,
  symbol: string,
  instrument: Instrument,
  options: ScheduleOptions,
): Promise<Result<ScheduleAnswer>> {
  return requests.ask<ScheduleAnswer>({
    asked: { symbol, request: 'the trading schedule' },
    deadlineMs,
    send: (client, id) =>
      client.history(id, {
        instrument,
        end: endDateTime(options.end ?? null),
        duration: options.duration ?? '30 D',
        barSize: '1 day',
        whatToShow: 'SCHEDULE',
        useRth: options.useRth ?? true,
        keepUpToDate: false,
      }),
    cancel: (client, id) => client.cancelHistory(id),
    collect: (answer) => {
      if (answer.type !== 'schedule') return undefined;
      const { timeZone } = answer;
      const sessions: TradingSession[] = [];
      for (const { date, start, end } of answer.sessions) {
        const from = instant(start, timeZone);
        const to = instant(end, timeZone);
        if (from !== null && to !== null && to > from)
          sessions.push({ date, start: from, end: to });
      }
      return { value: { timeZoneId: timeZone, sessions } };
    },
  });
}

/** `yyyymmdd-hh:mm:ss` on the clock of `timeZone`. */
function instant(text: string, timeZone: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)[- ]+(\d\d):(\d\d):(\d\d)$/.exec(text.trim());
  if (!match) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number);
  try {
    return zoneOf(timeZone).toUtc(Date.UTC(year, month - 1, day, hour, minute, second));
  } catch {
    // A zone this machine has no rules for: better no session than a wrong one.
    return null;
  }
}
