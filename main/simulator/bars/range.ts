import { zoneOf } from '../../calendar/zone.ts';
import type { Instrument, Market } from '../ports.ts';
import type { Duration } from './bar-sizes.ts';

const dayMs = 86_400_000;

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * What a duration that ends at `endMs` reaches back to. Days count the sessions of the exchange, seconds the time up
 * to the end or to the last close before it; weeks, months and years are those of the calendar.
 */
export function rangeOf(
  market: Market,
  instrument: Instrument,
  duration: Duration,
  endMs: number,
  regularHours: boolean,
): Range {
  switch (duration.unit) {
    case 'S': {
      const end = upToClose(market, instrument, endMs, regularHours);
      return { fromMs: end - duration.count * 1000, toMs: end };
    }
    case 'D':
      return {
        fromMs: daysBack(market, instrument, duration.count, endMs, regularHours),
        toMs: endMs,
      };
    case 'W':
      return { fromMs: endMs - duration.count * 7 * dayMs, toMs: endMs };
    case 'M':
      return { fromMs: monthsBack(instrument, duration.count, endMs), toMs: endMs };
    case 'Y':
      return { fromMs: monthsBack(instrument, duration.count * 12, endMs), toMs: endMs };
  }
}

/** The same for bars of a day and more, which are dated by the UTC midnight of the day their session closes. */
export function datedRange(market: Market, instrument: Instrument, range: Range): Range {
  const first = market.sessions(instrument, range.fromMs, range.toMs)[0];
  const from = first ? midnightOf(first.date) : Math.floor(range.fromMs / dayMs) * dayMs;
  return { fromMs: from, toMs: range.toMs };
}

export function midnightOf(date: string): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)));
}

/** That instant, or the last close before it when it lies outside the hours asked for. */
function upToClose(
  market: Market,
  instrument: Instrument,
  endMs: number,
  regularHours: boolean,
): number {
  const session = market
    .sessions(instrument, endMs - 12 * dayMs, endMs)
    .filter((one) => (regularHours ? one.regularStartMs : one.startMs) < endMs)
    .at(-1);
  if (!session) return endMs;
  return Math.min(endMs, regularHours ? session.regularEndMs : session.endMs);
}

function daysBack(
  market: Market,
  instrument: Instrument,
  count: number,
  endMs: number,
  regularHours: boolean,
): number {
  const reach = Math.ceil(count * 1.6 + 12) * dayMs;
  const sessions = market
    .sessions(instrument, endMs - reach, endMs)
    .filter((one) => (regularHours ? one.regularStartMs : one.startMs) < endMs);
  const first = sessions[Math.max(0, sessions.length - count)];
  if (!first) return endMs - count * dayMs;
  return regularHours ? first.regularStartMs : first.startMs;
}

function monthsBack(instrument: Instrument, months: number, endMs: number): number {
  const offset = zoneOf(instrument.timeZone).offsetAt(endMs);
  const wall = new Date(endMs + offset);
  const day = wall.getUTCDate();
  const target = new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() - months, 1));
  const last = new Date(
    Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0),
  ).getUTCDate();
  target.setUTCDate(Math.min(day, last));
  return target.getTime() + (wall.getTime() % dayMs) - offset;
}
