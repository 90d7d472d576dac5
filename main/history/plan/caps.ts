import type { Timeframe } from '../../../shared/bar.ts';
import type { Hours } from '../../calendar/exchange-calendar.ts';

export type SessionCaps = Readonly<Record<Timeframe, number>>;

/** Sessions one request may cover, from what the broker's documents and users' experience allow. */
export const defaultCaps: SessionCaps = {
  '1m': 5,
  '5m': 20,
  '15m': 60,
  '30m': 120,
  '1h': 365,
  '4h': 365,
  '1d': 2520,
};

/** What even the broker's oldest table allows: a day, a week, a month, a year. No cap is halved below it. */
export const leastCaps: SessionCaps = {
  '1m': 1,
  '5m': 5,
  '15m': 5,
  '30m': 21,
  '1h': 21,
  '4h': 21,
  '1d': 252,
};

/** Extended hours hold two and a half times the minutes, so a request for them covers fewer sessions unless told. */
const extendedMinuteCap = 3;

const rememberMs = 7 * 86_400_000;

/** Within this time a cap is halved once only: what fails in a row need not have been too large. */
export const halvingRestMs = 30_000;

interface Learned {
  readonly cap: number;
  readonly until: number;
}

/** The caps, halved where the broker did not manage to answer, and remembered. */
export class Caps {
  readonly #given: Partial<SessionCaps>;
  readonly #learned = new Map<string, Learned>();
  #changed = false;

  constructor(given: Partial<SessionCaps>, saved: unknown) {
    this.#given = given;
    if (!Array.isArray(saved)) return;
    for (const item of saved) {
      const [key, learned] = Array.isArray(item) ? item : [];
      if (typeof key === 'string' && learned?.cap >= 1 && Number.isFinite(learned?.until)) {
        this.#learned.set(key, { cap: Math.floor(learned.cap), until: learned.until });
      }
    }
  }

  cap(timeframe: Timeframe, hours: Hours, now: number): number {
    const usual =
      timeframe === '1m' && hours === 'all' ? extendedMinuteCap : defaultCaps[timeframe];
    const widest = this.#given[timeframe] ?? usual;
    const learned = this.#learned.get(`${timeframe} ${hours}`);
    if (!learned || learned.until <= now) return widest;
    return Math.min(widest, Math.max(learned.cap, leastCaps[timeframe]));
  }

  /** A request over so many sessions was too much. False when the next one is not to be any smaller. */
  halve(timeframe: Timeframe, hours: Hours, days: number, now: number): boolean {
    const cap = this.cap(timeframe, hours, now);
    // It was sent before another one of its kind was found to be too much.
    if (days > cap) return true;
    const key = `${timeframe} ${hours}`;
    const learned = this.#learned.get(key);
    const halvedAt = learned ? learned.until - rememberMs : Number.NEGATIVE_INFINITY;
    if (days <= leastCaps[timeframe] || now - halvedAt < halvingRestMs) return false;
    this.#learned.set(key, {
      cap: Math.max(leastCaps[timeframe], Math.floor(days / 2)),
      until: now + rememberMs,
    });
    this.#changed = true;
    return true;
  }

  takeChanges(): unknown {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return [...this.#learned];
  }
}
