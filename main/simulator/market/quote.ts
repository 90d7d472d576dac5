import { minuteMs } from '../../calendar/civil.ts';
import type { MarketQuote, MarketTick } from '../ports.ts';
import { Accumulator } from './accumulator.ts';
import type { DayPath } from './day-path.ts';
import type { ListingState } from './listing-state.ts';
import { lastTick } from './ticks.ts';
import type { TradingDay } from './trading-days.ts';

const sum = new Accumulator();

export function makeQuote(state: ListingState, atMs: number): MarketQuote {
  for (let day = newestDay(state, atMs); day; day = state.days.onOrBefore(day.day - 1)) {
    if (!state.trades(day)) break;
    const path = state.path(day);
    const last = lastTick(state, path, atMs);
    if (last) return quoteOf(state, path, last);
  }
  return beforeTheFirst(state);
}

function newestDay(state: ListingState, atMs: number): TradingDay | undefined {
  const opened = state.days.lastOpenedBy(atMs);
  return opened && opened.day > state.listing.lastDay
    ? state.days.onOrBefore(state.listing.lastDay)
    : opened;
}

function quoteOf(state: ListingState, path: DayPath, last: MarketTick): MarketQuote {
  const unit = path.character.ticksPerUnit;
  const minute = Math.floor((last.t - path.day.open) / minuteMs);
  state.soFar.upTo(path, minute);
  sum.reset();
  sum.addSpan(path, path.day.open + minute * minuteMs, last.t + 1);
  return {
    ...last,
    open: (minute === 0 ? sum.open : state.soFar.open) / unit,
    high: Math.max(sum.high, state.soFar.high) / unit,
    low: Math.min(sum.low, state.soFar.low) / unit,
    previousClose: state.closeBefore(path.day) / unit,
  };
}

/** Nothing traded yet: the price of the listing, with nothing bought and nothing sold. */
function beforeTheFirst(state: ListingState): MarketQuote {
  const { firstDay, character } = state.listing;
  const day = state.days.next(firstDay - 1);
  const price = day ? (state.path(day).prices[0] as number) : character.price;
  const at = price / character.ticksPerUnit;
  return {
    t: day?.open ?? 0,
    price: at,
    size: 0,
    bid: (price - character.halfSpread) / character.ticksPerUnit,
    ask: (price + character.halfSpread) / character.ticksPerUnit,
    bidSize: character.quoteSize,
    askSize: character.quoteSize,
    volume: 0,
    open: at,
    high: at,
    low: at,
    previousClose: at,
  };
}
