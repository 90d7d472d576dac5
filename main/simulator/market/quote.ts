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
  const [from, to] = counted(state, path.day);
  const figures = last.t < from ? dayBefore(state, path.day) : soFar(state, path, from, to, last.t);
  return {
    ...last,
    open: figures ? figures.open / unit : last.price,
    high: figures ? figures.high / unit : last.price,
    low: figures ? figures.low / unit : last.price,
    previousClose: state.closeBefore(path.day) / unit,
    figuresFrom: from,
    figuresTo: to,
  };
}

interface Figures {
  readonly open: number;
  readonly high: number;
  readonly low: number;
}

/** The stretch of a day whose trades make its open, high and low: a stock's are those of regular hours. */
function counted({ listing }: ListingState, day: TradingDay): readonly [number, number] {
  if (listing.instrument.secType !== 'STK') return [day.open, day.close];
  return [day.open + day.regularFrom * minuteMs, day.open + day.regularTo * minuteMs];
}

function soFar(state: ListingState, path: DayPath, from: number, to: number, at: number): Figures {
  const { open } = path.day;
  const first = (from - open) / minuteMs;
  const minute = Math.floor((Math.min(at, to) - open) / minuteMs);
  const { soFar } = state;
  soFar.between(path, first, minute);
  sum.reset();
  sum.addSpan(path, open + minute * minuteMs, Math.min(at + 1, to));
  if (sum.empty) return soFar;
  return {
    open: minute === first ? sum.open : soFar.open,
    high: Math.max(sum.high, soFar.high),
    low: Math.min(sum.low, soFar.low),
  };
}

/** Until a day's figures begin, those of the day before are told. */
function dayBefore(state: ListingState, day: TradingDay): Figures | undefined {
  const before = state.days.onOrBefore(day.day - 1);
  if (!before || !state.trades(before)) return undefined;
  sum.reset();
  sum.addSpan(state.passingPath(before), ...counted(state, before));
  return sum.empty ? undefined : { open: sum.open, high: sum.high, low: sum.low };
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
    figuresFrom: day?.open ?? 0,
    figuresTo: day?.close ?? 0,
  };
}
