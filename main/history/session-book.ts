import type { Timeframe } from '../../shared/bar.ts';
import { dayMs } from '../calendar/civil.ts';
import type { ExchangeCalendar, Hours, Session } from '../calendar/exchange-calendar.ts';
import { dateMs } from '../calendar/expected-bars.ts';

/** The day a moment of trading counts for. */
export interface TradingDay {
  readonly kind: 'open';
  /** UTC midnight of the date on which the day's last session closes. */
  readonly t: number;
  /** When the day's trading is over. */
  readonly closes: number;
  /** From when on the broker's open, high and low are this day's; infinity where they are of other hours. */
  readonly figuresFrom: number;
}

/** What is known of a moment: its day, or that nothing trades then, or nothing at all. */
export type TradingAt =
  | TradingDay
  /** `next` is UTC midnight of the next day that trades. */
  | { readonly kind: 'shut'; readonly next: number }
  | { readonly kind: 'unknown' };

interface Calendars {
  calendarOf(symbol: string): ExchangeCalendar | undefined;
  /** Changes whenever a calendar may have. */
  readonly revision: number;
}

interface Known {
  readonly revision: number;
  /** The answer holds for these moments. */
  readonly from: number;
  readonly until: number;
  readonly answer: TradingAt;
}

/** So far ahead an opening is looked for; behind it one looks again. */
const aheadMs = 4 * dayMs;

/**
 * Which day a tick belongs to, by the hours of the series it would change. Ticks come by the thousand, so an answer is
 * kept until the session, or the pause, is over.
 */
export class SessionBook {
  readonly #calendars: Calendars;
  readonly #hoursOf: (timeframe: Timeframe) => Hours;
  readonly #secTypeOf: (symbol: string) => string;
  readonly #known = { regular: new Map<string, Known>(), all: new Map<string, Known>() };

  constructor(
    calendars: Calendars,
    hoursOf: (timeframe: Timeframe) => Hours,
    secTypeOf: (symbol: string) => string,
  ) {
    this.#calendars = calendars;
    this.#hoursOf = hoursOf;
    this.#secTypeOf = secTypeOf;
  }

  at(symbol: string, timeframe: Timeframe, at: number): TradingAt {
    const hours = this.#hoursOf(timeframe);
    const known = this.#known[hours].get(symbol);
    const holds =
      known !== undefined &&
      at >= known.from &&
      at < known.until &&
      known.revision === this.#calendars.revision;
    return holds ? known.answer : this.#look(symbol, hours, at);
  }

  #look(symbol: string, hours: Hours, at: number): TradingAt {
    const { revision } = this.#calendars;
    const calendar = this.#calendars.calendarOf(symbol);
    const known = calendar
      ? { revision, ...stretchAt(calendar, hours, at, figuresOf(this.#secTypeOf(symbol))) }
      : { revision, from: -Infinity, until: Infinity, answer: { kind: 'unknown' } as const };
    this.#known[hours].set(symbol, known);
    return known.answer;
  }
}

/** What the broker calls the day: of a stock regular hours, of everything else the whole session. */
function figuresOf(secType: string): Hours {
  return secType.toUpperCase() === 'STK' ? 'regular' : 'all';
}

function stretchAt(
  calendar: ExchangeCalendar,
  hours: Hours,
  at: number,
  figures: Hours,
): Omit<Known, 'revision'> {
  const coming = calendar.sessions(at, at + aheadMs, hours);
  const first = coming[0];
  if (!first || first.open > at) {
    const before = calendar.sessions(at - dayMs, at, hours).at(-1);
    // In the break of a day, that day is no longer the next.
    const next = coming.find(({ date }) => date !== before?.date);
    const answer = { kind: 'shut' as const, next: next ? dateMs(next.date) : at + aheadMs };
    return { from: at, until: first?.open ?? at + aheadMs, answer };
  }
  // A day with a break in it is over with its last session.
  const last = coming.findLast(({ date }) => date === first.date) as Session;
  const begun = sessionsOf(calendar, first.date, at, hours)[0] ?? first;
  const told = sessionsOf(calendar, first.date, at, figures);
  const fits = told[0]?.open === begun.open && told.at(-1)?.close === last.close;
  const answer = {
    kind: 'open' as const,
    t: dateMs(first.date),
    closes: last.close,
    figuresFrom: fits ? begun.open : Infinity,
  };
  return { from: first.open, until: first.close, answer };
}

/** The sessions of the date that is traded at an instant. */
function sessionsOf(
  calendar: ExchangeCalendar,
  date: string,
  at: number,
  hours: Hours,
): readonly Session[] {
  const near = calendar.sessions(at - 2 * dayMs, at + 2 * dayMs, hours);
  return near.filter((session) => session.date === date);
}
