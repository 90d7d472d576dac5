import type { Instrument } from '../../../shared/instrument.ts';
import type { IbkrSchedule } from '../../calendar/ibkr-schedule.ts';
import type { Result, ScheduleOptions } from '../ports.ts';
import type { Requests } from '../requests.ts';
import { endDateTime } from './history-bars.ts';

const deadlineMs = 30_000;

/** The sessions IBKR states for a contract, word for word: whoever knows the exchange can tell what they mean. */
export function askSchedule(
  requests: Requests,
  symbol: string,
  instrument: Instrument,
  options: ScheduleOptions,
): Promise<Result<IbkrSchedule>> {
  return requests.ask<IbkrSchedule>({
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
      return { value: { timeZone: answer.timeZone, sessions: answer.sessions } };
    },
  });
}
