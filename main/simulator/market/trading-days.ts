import { dayMs, minuteMs } from '../../calendar/civil.ts';
import type { ExchangeCalendar, Session } from '../../calendar/exchange-calendar.ts';
import { dateMs } from '../../calendar/expected-bars.ts';
import { zoneOf } from '../../calendar/zone.ts';
import { type DayShape, dayShape } from './day-shape.ts';

/** One trade date of a calendar. Regular hours are the minutes `regularFrom` to `regularTo`. */
export interface TradingDay {
  /** The day number of the trade date. */
  readonly day: number;
  readonly open: number;
  readonly close: number;
  readonly minutes: number;
  readonly regularFrom: number;
  readonly regularTo: number;
  /** Local time minus UTC at the open, in ms: bars stand on the local clock. */
  readonly offset: number;
  readonly shape: DayShape;
}

/** The trading days of a calendar, worked out month by month, and whatever day an instant lies in. */
export class TradingDays {
  readonly #calendar: ExchangeCalendar;
  readonly #blocks = new Map<number, readonly TradingDay[]>();
  /** The stretch in which the last answer of `at` holds. */
  #from = 1;
  #to = 0;
  #at: TradingDay | undefined;

  constructor(calendar: ExchangeCalendar) {
    this.#calendar = calendar;
  }

  /** The day whose hours, extended ones included, hold an instant. */
  at(ms: number): TradingDay | undefined {
    if (ms >= this.#from && ms < this.#to) return this.#at;
    const before = this.lastOpenedBy(ms);
    if (before !== undefined && ms < before.close) {
      this.#from = before.open;
      this.#to = before.close;
      this.#at = before;
    } else {
      const next = this.next(before?.day ?? Math.floor(ms / dayMs) - 3);
      this.#from = before?.close ?? ms;
      this.#to = next?.open ?? ms + 1;
      this.#at = undefined;
    }
    return this.#at;
  }

  /** The newest day that had opened by an instant. */
  lastOpenedBy(ms: number): TradingDay | undefined {
    let found = this.onOrBefore(Math.floor(ms / dayMs) + 2);
    while (found !== undefined && found.open > ms) found = this.onOrBefore(found.day - 1);
    return found;
  }

  onOrBefore(day: number): TradingDay | undefined {
    for (let block = blockOf(day); block >= blockOf(day) - 1; block--) {
      const days = this.#block(block);
      for (let i = days.length - 1; i >= 0; i--) {
        if ((days[i] as TradingDay).day <= day) return days[i];
      }
    }
    return undefined;
  }

  /** The first trading day after a day. */
  next(day: number): TradingDay | undefined {
    for (let block = blockOf(day); block <= blockOf(day) + 1; block++) {
      for (const candidate of this.#block(block)) if (candidate.day > day) return candidate;
    }
    return undefined;
  }

  /** Trading days with `firstDay <= day <= lastDay`. */
  between(firstDay: number, lastDay: number): readonly TradingDay[] {
    const found: TradingDay[] = [];
    for (let block = blockOf(firstDay); block <= blockOf(lastDay); block++) {
      for (const day of this.#block(block)) {
        if (day.day >= firstDay && day.day <= lastDay) found.push(day);
      }
    }
    return found;
  }

  #block(block: number): readonly TradingDay[] {
    let days = this.#blocks.get(block);
    if (!days) {
      days = this.#work(block);
      this.#blocks.set(block, days);
    }
    return days;
  }

  #work(block: number): readonly TradingDay[] {
    const first = block * blockDays;
    const from = (first - 2) * dayMs;
    const to = (first + blockDays + 2) * dayMs;
    const regular = new Map<number, [number, number]>();
    for (const session of this.#calendar.sessions(from, to, 'regular')) widen(regular, session);
    const all = new Map<number, [number, number]>();
    for (const session of this.#calendar.sessions(from, to, 'all')) widen(all, session);
    const days: TradingDay[] = [];
    for (const [day, [open, close]] of all) {
      if (blockOf(day) !== block) continue;
      const minutes = (close - open) / minuteMs;
      const [regularOpen, regularClose] = regular.get(day) ?? [close, close];
      const regularFrom = (regularOpen - open) / minuteMs;
      const regularTo = (regularClose - open) / minuteMs;
      days.push({
        day,
        open,
        close,
        minutes,
        regularFrom,
        regularTo,
        offset: zoneOf(this.#calendar.timeZone).offsetAt(open),
        shape: dayShape(minutes, regularFrom, regularTo),
      });
    }
    return days;
  }
}

const blockDays = 64;

function blockOf(day: number): number {
  return Math.floor(day / blockDays);
}

function widen(spans: Map<number, [number, number]>, session: Session): void {
  const day = dateMs(session.date) / dayMs;
  const span = spans.get(day);
  if (!span) {
    spans.set(day, [session.open, session.close]);
    return;
  }
  span[0] = Math.min(span[0], session.open);
  span[1] = Math.max(span[1], session.close);
}
