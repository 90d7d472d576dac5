import { type Bar, barSeconds, type Timeframe } from '../../../shared/bar.ts';
import { instrumentOf } from '../../../shared/instrument.ts';
import { zoneOf } from '../../calendar/zone.ts';
import type { Clock } from '../../kit/clock.ts';
import type {
  BarAnswer,
  BarRequest,
  Failed,
  HistorySource,
  HoursAnswer,
  ScheduleAnswer,
} from '../ports.ts';

interface MarketSession {
  readonly date: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly regularStartMs: number;
  readonly regularEndMs: number;
}

/** As much of the simulated market as a source of history needs. */
export interface MarketLike<I> {
  resolve(query: never): readonly I[];
  bars(
    instrument: I,
    query: {
      readonly barSeconds: number;
      readonly fromMs: number;
      readonly toMs: number;
      readonly regularHours: boolean;
      readonly what: 'TRADES' | 'MIDPOINT';
    },
  ): readonly Bar[];
  sessions(instrument: I, fromMs: number, toMs: number): readonly MarketSession[];
}

export type RangeOf<I> = (
  market: never,
  instrument: I,
  duration: { readonly count: number; readonly unit: 'S' | 'D' | 'Y' },
  endMs: number,
  regularHours: boolean,
) => { readonly fromMs: number; readonly toMs: number };

/** Fails a request, or lets it pass with undefined. */
export type Trouble = (request: BarRequest, nth: number) => Failed | 'hang' | undefined;

/** Answers history from a simulated market at once, counts what is asked, and fails when told to. */
export class MarketSource<I extends { readonly symbol: string }> implements HistorySource {
  readonly requests: (BarRequest & { readonly at: number })[] = [];
  scheduleRequests = 0;
  connected = true;
  perWindow = 60;
  trouble: Trouble = () => undefined;
  /** Bars that the broker does not have either. */
  lacks: (symbol: string, timeframe: Timeframe, t: number) => boolean = () => false;
  scale: (symbol: string, t: number) => number = () => 1;
  /** The broker leaves out the oldest of what would be more. */
  mostBars = Number.POSITIVE_INFINITY;
  readonly #market: MarketLike<I>;
  readonly #rangeOf: RangeOf<I>;
  readonly #clock: Clock;

  constructor(market: MarketLike<I>, rangeOf: RangeOf<I>, clock: Clock) {
    this.#market = market;
    this.#rangeOf = rangeOf;
    this.#clock = clock;
  }

  available(): boolean {
    return this.connected;
  }

  pacing(): { readonly left: number; readonly total: number } {
    const since = this.#clock.now() - 600_000;
    const used = this.requests.filter(({ at }) => at > since).length;
    return { left: Math.max(0, this.perWindow - used), total: this.perWindow };
  }

  async request(request: BarRequest): Promise<BarAnswer> {
    this.requests.push({ ...request, at: this.#clock.now() });
    const trouble = this.trouble(request, this.requests.length);
    if (trouble === 'hang') {
      return new Promise((answer) => {
        const cancelled = { ok: false, reason: 'cancelled', message: 'cancelled' } as const;
        request.signal.addEventListener('abort', () => answer(cancelled));
      });
    }
    if (trouble) return trouble;
    const instrument = this.#instrument(request.symbol);
    if (!instrument)
      return { ok: false, reason: 'unknown-symbol', code: 200, message: 'no such contract' };
    const whole = this.#answer(instrument, request);
    const bars = whole.slice(Math.max(0, whole.length - this.mostBars));
    if (bars.length === 0) {
      return { ok: false, reason: 'no-data', code: 162, message: 'HMDS query returned no data' };
    }
    return { ok: true, bars };
  }

  #answer(instrument: I, request: BarRequest): readonly Bar[] {
    const [count, unit] = request.duration.split(' ') as [string, 'S' | 'D' | 'Y'];
    const end = Math.min(request.end, this.#clock.now());
    const duration = { count: Number(count), unit };
    const range = this.#rangeOf(this.#market as never, instrument, duration, end, request.useRth);
    const daily = request.timeframe === '1d';
    const first = this.#market.sessions(instrument, range.fromMs, range.toMs)[0];
    const fromMs = daily && first ? midnight(first.date) : range.fromMs;
    return this.#bars(
      instrument,
      request.symbol,
      request.timeframe,
      fromMs,
      range.toMs,
      request.useRth,
    );
  }

  /** The market's own history, to compare files with. */
  truth(
    symbol: string,
    timeframe: Timeframe,
    fromMs: number,
    toMs: number,
    regularHours: boolean,
  ): readonly Bar[] {
    const instrument = this.#instrument(symbol);
    return instrument ? this.#bars(instrument, symbol, timeframe, fromMs, toMs, regularHours) : [];
  }

  #bars(
    instrument: I,
    symbol: string,
    timeframe: Timeframe,
    fromMs: number,
    toMs: number,
    regularHours: boolean,
  ): readonly Bar[] {
    const what = instrumentOf(symbol).whatToShow === 'MIDPOINT' ? 'MIDPOINT' : 'TRADES';
    return this.#market
      .bars(instrument, { barSeconds: barSeconds(timeframe), fromMs, toMs, regularHours, what })
      .filter(({ t }) => !this.lacks(symbol, timeframe, t))
      .map(({ t, open, high, low, close, volume }) => {
        const by = this.scale(symbol, t);
        return {
          t,
          open: open / by,
          high: high / by,
          low: low / by,
          close: close / by,
          volume: Math.max(0, volume),
        };
      });
  }

  async schedule(symbol: string, useRth: boolean): Promise<ScheduleAnswer> {
    this.scheduleRequests++;
    const instrument = this.#instrument(symbol);
    if (!instrument) return { ok: false, reason: 'unknown-symbol', message: 'no such contract' };
    const now = this.#clock.now();
    const sessions = this.#market
      .sessions(instrument, now - 365 * 86_400_000, now)
      .map(({ date, startMs, endMs, regularStartMs, regularEndMs }) => ({
        date,
        start: onNewYorksClock(useRth ? regularStartMs : startMs),
        end: onNewYorksClock(useRth ? regularEndMs : endMs),
      }));
    return { ok: true, timeZone: 'US/Eastern', sessions };
  }

  async contractHours(_symbol: string): Promise<HoursAnswer> {
    this.scheduleRequests++;
    return { ok: true, tradingHours: '', liquidHours: '', timeZoneId: 'US/Eastern' };
  }

  #instrument(ticker: string): I | undefined {
    const { symbol, secType, exchange, currency } = instrumentOf(ticker);
    const query = {
      conId: 0,
      symbol,
      secType,
      exchange,
      currency,
      lastTradeDate: '',
      primaryExchange: '',
      localSymbol: '',
      tradingClass: '',
      multiplier: '',
      includeExpired: false,
    };
    return this.#market.resolve(query as never)[0];
  }
}

/** `yyyymmdd-hh:mm:ss` */
function onNewYorksClock(ms: number): string {
  const text = new Date(zoneOf('America/New_York').toLocal(ms)).toISOString();
  return `${text.slice(0, 10).replaceAll('-', '')}-${text.slice(11, 19)}`;
}

function midnight(date: string): number {
  return Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`);
}
