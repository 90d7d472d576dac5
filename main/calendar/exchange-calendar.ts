/** Regular hours only, or every hour in which the exchange trades. */
export type Hours = 'regular' | 'all';

/** One unbroken stretch of trading. A day with a break in it has two sessions with one date. */
export interface Session {
  /** The trade date, `YYYY-MM-DD`: the local day on which the session closes. */
  readonly date: string;
  /** Epoch ms of the first instant at which it trades. */
  readonly open: number;
  /** Epoch ms of the first instant at which it no longer trades. */
  readonly close: number;
  readonly kind: 'full' | 'half';
  /** The day trades, but its hours are not known to the minute. */
  readonly approximate?: true;
  /** Somebody who knows told these hours, so the tolerance of the rules does not apply to them. */
  readonly told?: true;
}

/**
 * How far the rules of a calendar may be wrong. A bar that lies wholly within these minutes is no hole when it is
 * missing; one that reaches beyond them is.
 */
export interface Tolerance {
  /** It may open so much later than the rules say. */
  readonly openMinutes: number;
  /** It may close so much earlier. */
  readonly closeMinutes: number;
}

export interface ExchangeCalendar {
  readonly id: string;
  /** IANA name of the exchange's own zone. */
  readonly timeZone: string;
  /** The first date for which the rules were checked. */
  readonly validFrom: string;
  /** The last date for which the rules were checked; later dates are the rules carried on. */
  readonly validThrough: string;
  /** Changes whenever an answer for some date changes. */
  readonly version: string;
  /** The sessions that overlap `[fromMs, toMs)`, in order. */
  sessions(fromMs: number, toMs: number, hours: Hours): readonly Session[];
  /** Present only where the rules are not exact. */
  readonly tolerance?: Tolerance;
}
