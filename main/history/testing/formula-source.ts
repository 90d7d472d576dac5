import type { Bar } from '../../../shared/bar.ts';
import type { Hours } from '../../calendar/exchange-calendar.ts';
import { nyse } from '../../calendar/nyse.ts';
import type { Clock } from '../../kit/clock.ts';
import type { BarAnswer, BarRequest, Failed, HistorySource } from '../ports.ts';
import { ExpectedBook } from '../scan/expected-book.ts';

const dayMs = 86_400_000;
const book = new ExpectedBook();

/** A market whose bars follow from their time alone, so that two processes know the same one. */
export function formulaBars(
  timeframe: BarRequest['timeframe'],
  hours: Hours,
  from: number,
  to: number,
): Bar[] {
  return Array.from(book.within(nyse, timeframe, hours, from, to), (t) => {
    const price = 100 + ((t / 60_000) % 1000) / 100;
    return {
      t,
      open: price,
      high: price + 1,
      low: price - 1,
      close: price + 0.5,
      volume: (t / 60_000) % 977,
    };
  });
}

export function formulaSource(clock: Clock): HistorySource {
  const refused: Failed = { ok: false, reason: 'error', message: 'not told here' };
  return {
    available: () => true,
    pacing: () => ({ left: 1000, total: 1000 }),
    schedule: async () => refused,
    contractHours: async () => refused,
    async request(request): Promise<BarAnswer> {
      const [count, unit] = request.duration.split(' ') as [string, string];
      const hours = request.useRth ? 'regular' : 'all';
      const end = Math.min(request.end, clock.now());
      const from =
        unit === 'S' ? end - Number(count) * 1000 : sessionsBack(hours, Number(count), end);
      const bars = formulaBars(request.timeframe, hours, from, end);
      return bars.length > 0
        ? { ok: true, bars }
        : { ok: false, reason: 'no-data', message: 'none' };
    },
  };
}

function sessionsBack(hours: Hours, count: number, end: number): number {
  const sessions = nyse.sessions(end - (count * 2 + 10) * dayMs, end, hours);
  return sessions.at(-count)?.open ?? end - count * dayMs;
}
