import { DayPath, makeDayPath } from './day-path.ts';
import type { Listing } from './listing.ts';
import { MinuteSeconds } from './minute-seconds.ts';
import { PriceModel } from './price-model.ts';
import { SoFar } from './so-far.ts';
import type { TradingDay, TradingDays } from './trading-days.ts';

/** So many listings keep the day they were last asked for; 12 bytes for each of its minutes. */
const mostKept = 4096;

/** A listing at work: its model, its days, and the day and minute it was last asked for. */
export class ListingState {
  readonly listing: Listing;
  readonly model: PriceModel;
  readonly days: TradingDays;
  readonly seconds = new MinuteSeconds();
  readonly soFar = new SoFar();
  readonly #kept: Set<ListingState>;
  #path: DayPath | undefined;
  #closeDay = -1;
  #close = 0;

  constructor(seed: number, listing: Listing, days: TradingDays, kept: Set<ListingState>) {
    this.listing = listing;
    this.model = new PriceModel(seed, listing.priceName, listing.character);
    this.days = days;
    this.#kept = kept;
  }

  trades(day: TradingDay): boolean {
    return day.day >= this.listing.firstDay && day.day <= this.listing.lastDay;
  }

  /** The day that trades at an instant. */
  dayAt(ms: number): TradingDay | undefined {
    const day = this.days.at(ms);
    return day !== undefined && this.trades(day) ? day : undefined;
  }

  path(day: TradingDay): DayPath {
    const known = this.#path;
    if (known?.day === day) return known;
    const made = makeDayPath(this.model, day);
    this.#path = made;
    this.#kept.delete(this);
    this.#kept.add(this);
    if (this.#kept.size > mostKept) {
      for (const oldest of this.#kept) {
        oldest.#path = undefined;
        this.#kept.delete(oldest);
        break;
      }
    }
    return made;
  }

  /** The day's path for one reading: of a long range, no day is kept. */
  passingPath(day: TradingDay): DayPath {
    if (this.#path?.day === day) return this.#path;
    if (passing.prices.length < day.minutes + 1) {
      passing.prices = new Int32Array(day.minutes + 1);
      passing.volumes = new Float64Array(day.minutes + 1);
    }
    return new DayPath(this.model, day, passing.prices, passing.volumes);
  }

  /** The price, in ticks, at which regular hours ended on the trading day before. */
  closeBefore(day: TradingDay): number {
    if (this.#closeDay !== day.day) {
      const before = this.days.onOrBefore(day.day - 1);
      this.#close =
        before !== undefined && this.trades(before)
          ? (this.passingPath(before).prices[before.regularTo] as number)
          : (this.path(day).prices[0] as number);
      this.#closeDay = day.day;
    }
    return this.#close;
  }
}

const passing = { prices: new Int32Array(1441), volumes: new Float64Array(1441) };
