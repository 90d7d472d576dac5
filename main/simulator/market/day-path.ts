import { mix } from './hash.ts';
import type { Character } from './listing.ts';
import type { PriceModel } from './price-model.ts';
import type { TradingDay } from './trading-days.ts';

/** One day of one listing: the price and the volume so far at each minute's edge. */
export class DayPath {
  readonly day: TradingDay;
  readonly character: Character;
  /** What the day's finer noise is drawn from. */
  readonly key: number;
  readonly prices: Int32Array;
  readonly volumes: Float64Array;
  /** Deviation of the whole day's price, in ticks. */
  readonly range: number;

  constructor(model: PriceModel, day: TradingDay, prices: Int32Array, volumes: Float64Array) {
    this.day = day;
    this.character = model.character;
    this.key = mix(model.dayKey(day.day), 5);
    this.prices = prices;
    this.volumes = volumes;
    this.range = model.dayRange(day);
    model.fillPrices(day, prices);
    model.fillVolumes(day, volumes);
  }
}

export function makeDayPath(model: PriceModel, day: TradingDay): DayPath {
  return new DayPath(
    model,
    day,
    new Int32Array(day.minutes + 1),
    new Float64Array(day.minutes + 1),
  );
}
