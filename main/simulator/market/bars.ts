import { civilDate, dayMs, minuteMs } from '../../calendar/civil.ts';
import type { BarsQuery, MarketBar, WhatToShow } from '../ports.ts';
import { Accumulator } from './accumulator.ts';
import type { DayPath } from './day-path.ts';
import type { Character } from './listing.ts';
import type { ListingState } from './listing-state.ts';
import type { TradingDay } from './trading-days.ts';

const daySeconds = 86_400;
const weekSeconds = 7 * daySeconds;
/** Ranges up to so many days keep the path of the day they read: somebody follows it live. */
const fewDays = 3;

const sum = new Accumulator();

export function makeBars(state: ListingState, query: BarsQuery): MarketBar[] {
  if (!Number.isFinite(query.fromMs) || !Number.isFinite(query.toMs)) return [];
  if (!(query.barSeconds >= 1)) return [];
  const hasTrades = state.listing.character.minuteVolume > 0;
  if (!hasTrades && (query.what === 'TRADES' || query.what === 'ADJUSTED_LAST')) return [];
  return query.barSeconds < daySeconds ? intradayBars(state, query) : longBars(state, query);
}

function intradayBars(state: ListingState, query: BarsQuery): MarketBar[] {
  const { fromMs, toMs, what } = query;
  const { character } = state.listing;
  const bars: MarketBar[] = [];
  const sizeMs = Math.floor(query.barSeconds) * 1000;
  const days = tradingDays(state, Math.floor(fromMs / dayMs) - 2, Math.floor(toMs / dayMs) + 2);
  for (const day of days) {
    const [start, end] = span(day, query.regularHours);
    if (start >= toMs || end <= fromMs || start >= end) continue;
    const path = pathFor(state, day, days.length);
    let t = start;
    let next = (Math.floor((t + day.offset) / sizeMs) + 1) * sizeMs - day.offset;
    if (t < fromMs) {
      t = next + Math.max(0, Math.ceil((fromMs - next) / sizeMs)) * sizeMs;
      next = t + sizeMs;
    }
    for (; t < end && t < toMs; t = next, next += sizeMs) {
      sum.reset();
      sum.addSpan(path, t, Math.min(next, end, toMs));
      if (!sum.empty) bars.push(barOf(t, character, what));
    }
  }
  return bars;
}

/** Bars of a day, a week or a month: each named by the first of its trade dates. */
function longBars(state: ListingState, query: BarsQuery): MarketBar[] {
  const { fromMs, toMs, what, barSeconds } = query;
  const { character } = state.listing;
  const bars: MarketBar[] = [];
  const firstDay = Math.ceil(fromMs / dayMs);
  const lead = barSeconds <= daySeconds ? 0 : barSeconds <= weekSeconds ? 7 : 31;
  const days = tradingDays(state, firstDay - lead, Math.floor(toMs / dayMs) + lead);
  let group: number | undefined;
  let label = 0;
  const flush = (): void => {
    const t = label * dayMs;
    if (!sum.empty && t >= fromMs && t < toMs) bars.push(barOf(t, character, what));
  };
  sum.reset();
  for (const day of days) {
    const own = groupOf(day.day, barSeconds);
    if (own !== group) {
      flush();
      sum.reset();
      group = own;
      label = day.day;
    }
    if (label * dayMs < fromMs || label * dayMs >= toMs) continue;
    const [start, end] = span(day, query.regularHours);
    if (start >= Math.min(end, toMs)) continue;
    sum.addSpan(pathFor(state, day, days.length), start, Math.min(end, toMs));
  }
  flush();
  return bars;
}

function pathFor(state: ListingState, day: TradingDay, days: number): DayPath {
  // The range is two days longer at either end than what was asked for.
  return days <= fewDays + 4 ? state.path(day) : state.passingPath(day);
}

function tradingDays(state: ListingState, first: number, last: number): readonly TradingDay[] {
  const { firstDay, lastDay } = state.listing;
  return state.days.between(Math.max(first, firstDay), Math.min(last, lastDay));
}

function span(day: TradingDay, regularHours: boolean): readonly [start: number, end: number] {
  return regularHours
    ? [day.open + day.regularFrom * minuteMs, day.open + day.regularTo * minuteMs]
    : [day.open, day.close];
}

function groupOf(day: number, barSeconds: number): number {
  if (barSeconds <= daySeconds) return day;
  // Day 0 was a Thursday; weeks begin on Monday.
  if (barSeconds <= weekSeconds) return Math.floor((day + 3) / 7);
  const { year, month } = civilDate(day);
  return year * 12 + month;
}

/** What the accumulator holds, as a bar of what was asked to be shown. */
function barOf(t: number, character: Character, what: WhatToShow): MarketBar {
  const unit = character.ticksPerUnit;
  switch (what) {
    case 'TRADES':
    case 'ADJUSTED_LAST':
      return {
        t,
        open: sum.open / unit,
        high: sum.high / unit,
        low: sum.low / unit,
        close: sum.close / unit,
        volume: sum.volume,
        wap: sum.flow / (4 * unit * sum.volume),
        count: sum.count,
      };
    case 'MIDPOINT':
      return quoteBar(t, sum.open, sum.high, sum.low, sum.close, unit);
    case 'BID':
      return shifted(t, -character.halfSpread, unit);
    case 'ASK':
      return shifted(t, character.halfSpread, unit);
    case 'BID_ASK': {
      // The average bid, the highest ask, the lowest bid and the average ask.
      const average =
        sum.volume > 0
          ? sum.flow / (4 * sum.volume)
          : (sum.open + sum.high + sum.low + sum.close) / 4;
      const half = character.halfSpread;
      return quoteBar(t, average - half, sum.high + half, sum.low - half, average + half, unit);
    }
  }
}

function shifted(t: number, by: number, unit: number): MarketBar {
  return quoteBar(t, sum.open + by, sum.high + by, sum.low + by, sum.close + by, unit);
}

/** A bar of quotes has no volume. */
function quoteBar(
  t: number,
  open: number,
  high: number,
  low: number,
  close: number,
  unit: number,
): MarketBar {
  return {
    t,
    open: open / unit,
    high: high / unit,
    low: low / unit,
    close: close / unit,
    volume: 0,
    wap: 0,
    count: 0,
  };
}
