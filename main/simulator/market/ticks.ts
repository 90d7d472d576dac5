import { minuteMs } from '../../calendar/civil.ts';
import type { MarketTick } from '../ports.ts';
import type { DayPath } from './day-path.ts';
import { mix } from './hash.ts';
import type { ListingState } from './listing-state.ts';
import { eachTick, type RawTick } from './second-ticks.ts';

export function makeTicks(
  state: ListingState,
  fromMs: number,
  toMs: number,
  perSecond: number,
): MarketTick[] {
  const ticks: MarketTick[] = [];
  if (!(perSecond > 0) || !Number.isFinite(fromMs) || !Number.isFinite(toMs)) return ticks;
  for (let at = fromMs; at < toMs; ) {
    const day = state.dayAt(at);
    if (day === undefined) {
      const next = state.days.next(state.days.lastOpenedBy(at)?.day ?? state.listing.firstDay - 1);
      if (next === undefined || next.day > state.listing.lastDay) break;
      at = next.open;
      continue;
    }
    const path = state.path(day);
    const end = Math.min(toMs, day.close);
    for (let second = Math.floor((at - day.open) / 1000); ; second++) {
      const startMs = day.open + second * 1000;
      if (startMs >= end) break;
      // Fractions add up: a half a second is one in every second one.
      const epochSecond = startMs / 1000;
      const wanted =
        Math.floor((epochSecond + 1) * perSecond) - Math.floor(epochSecond * perSecond);
      if (wanted === 0) continue;
      const minute = Math.floor(second / 60);
      state.seconds.load(path, minute);
      eachTick(state.seconds, second % 60, startMs, wanted, fromMs, toMs, (tick) => {
        ticks.push(tickOf(path, minute, tick));
      });
    }
    at = day.close;
  }
  return ticks;
}

/** The trade as told to the outside, with the quote beside it. */
export function tickOf(path: DayPath, minute: number, tick: RawTick): MarketTick {
  const { halfSpread, quoteSize, ticksPerUnit } = path.character;
  const sizes = mix(tick.hash, 7);
  return {
    t: tick.t,
    price: tick.price / ticksPerUnit,
    size: tick.size,
    bid: (tick.price - halfSpread) / ticksPerUnit,
    ask: (tick.price + halfSpread) / ticksPerUnit,
    bidSize: quoteSize * (1 + (sizes & 15)),
    askSize: quoteSize * (1 + ((sizes >>> 8) & 15)),
    volume: (path.volumes[minute] as number) + tick.volume,
  };
}

/** The newest trade of a day at or before an instant, out of four a second. */
export function lastTick(state: ListingState, path: DayPath, atMs: number): MarketTick | undefined {
  const { open, close } = path.day;
  const last = Math.min(atMs, close - 1);
  let found: MarketTick | undefined;
  let second = Math.floor((last - open) / 1000);
  for (; found === undefined && second >= 0; second--) {
    const minute = Math.floor((second * 1000) / minuteMs);
    const startMs = open + second * 1000;
    state.seconds.load(path, minute);
    eachTick(state.seconds, second % 60, startMs, 4, startMs, last + 1, (tick) => {
      found = tickOf(path, minute, tick);
    });
  }
  return found;
}
