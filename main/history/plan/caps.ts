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

/** Extended hours hold two and a half times the minutes, so a request for them covers fewer sessions unless told. */
const extendedMinuteCap = 3;

const rememberMs = 7 * 86_400_000;

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
    return learned && learned.until > now ? Math.min(widest, learned.cap) : widest;
  }

  /** A request over so many sessions was too much. False when it cannot be made smaller. */
  halve(timeframe: Timeframe, hours: Hours, days: number, now: number): boolean {
    if (days <= 1) return false;
    this.#learned.set(`${timeframe} ${hours}`, {
      cap: Math.max(1, Math.floor(Math.min(days, this.cap(timeframe, hours, now)) / 2)),
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
