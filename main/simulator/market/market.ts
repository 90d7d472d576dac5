import { dateText, dayMs, minuteMs } from '../../calendar/civil.ts';
import type { ExchangeCalendar } from '../../calendar/exchange-calendar.ts';
import type { Instrument, Market, MarketSession } from '../ports.ts';
import { makeBars } from './bars.ts';
import { seedKey } from './hash.ts';
import { InstrumentIndex } from './instrument-index.ts';
import { ListingState } from './listing-state.ts';
import { makeListings } from './listings.ts';
import { makeQuote } from './quote.ts';
import { makeTicks } from './ticks.ts';
import { TradingDays } from './trading-days.ts';

export interface MarketOptions {
  readonly seed: number;
  /**
   * Which instruments, as people write them (`AAPL`, `BRK.B`, `EUR.USD`, `ES`); an unknown name
   * becomes an invented stock. Absent: the 20 demo tickers, SPY, QQQ, EUR.USD and ES.
   */
  readonly symbols?: readonly string[];
  /** How many invented stocks besides; their symbols are the same in every market. */
  readonly generated?: number;
  /** `always`: every instrument trades round the clock on UTC days. */
  readonly hours: 'real' | 'always';
  /** The continuous future names the front month of this instant; absent: of 1 December 2026. */
  readonly frontMonthAtMs?: number;
}

/** A market whose every answer follows from its seed and the question. */
export function createMarket(options: MarketOptions): Market {
  const listings = makeListings({
    ...options,
    atMs: options.frontMonthAtMs ?? Date.UTC(2026, 11, 1),
  });
  const instruments = listings.map((listing) => listing.instrument);
  const index = new InstrumentIndex(instruments);
  const key = seedKey(options.seed);
  const daysOf = new Map<ExchangeCalendar, TradingDays>();
  const kept = new Set<ListingState>();
  const states = new Map<number, ListingState>();
  for (const listing of listings) {
    let days = daysOf.get(listing.calendar);
    if (!days) {
      days = new TradingDays(listing.calendar);
      daysOf.set(listing.calendar, days);
    }
    states.set(listing.instrument.conId, new ListingState(key, listing, days, kept));
  }

  function stateOf(instrument: Instrument): ListingState {
    const state = states.get(instrument.conId);
    if (!state) throw new Error(`${instrument.localSymbol} is not of this market`);
    return state;
  }

  return {
    seed: options.seed,
    instruments,
    resolve: (query) => index.resolve(query),
    byConId: (conId) => index.byConId(conId),
    search: (pattern, limit) => index.search(pattern, limit),
    bars: (instrument, query) => makeBars(stateOf(instrument), query),
    ticks: (instrument, fromMs, toMs, perSecond) =>
      makeTicks(stateOf(instrument), fromMs, toMs, perSecond),
    quote: (instrument, atMs) => makeQuote(stateOf(instrument), atMs),
    isOpen: (instrument, atMs) => stateOf(instrument).dayAt(atMs) !== undefined,
    sessions: (instrument, fromMs, toMs) => sessionsOf(stateOf(instrument), fromMs, toMs),
    headTimestamp(instrument, regularHours) {
      const state = stateOf(instrument);
      const first = state.days.next(state.listing.firstDay - 1);
      if (!first) throw new Error(`${instrument.localSymbol} has no trading day`);
      return first.open + (regularHours ? first.regularFrom * minuteMs : 0);
    },
  };
}

function sessionsOf(state: ListingState, fromMs: number, toMs: number): readonly MarketSession[] {
  if (!(fromMs < toMs)) return [];
  const { firstDay, lastDay } = state.listing;
  return state.days
    .between(
      Math.max(firstDay, Math.floor(fromMs / dayMs) - 2),
      Math.min(lastDay, Math.floor(toMs / dayMs) + 2),
    )
    .filter((day) => day.open < toMs && day.close > fromMs)
    .map((day) => ({
      date: dateText(day.day).replaceAll('-', ''),
      startMs: day.open,
      endMs: day.close,
      regularStartMs: day.open + day.regularFrom * minuteMs,
      regularEndMs: day.open + day.regularTo * minuteMs,
    }));
}
