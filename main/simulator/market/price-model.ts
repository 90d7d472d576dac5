import { gauss, hashText, mix, unit } from './hash.ts';
import type { Character } from './listing.ts';
import type { TradingDay } from './trading-days.ts';

/** Trades of one second; every second of a minute has so many, or the minute would have no room for its bars. */
const tradesPerSecond = 4;
/** The least volume of a minute: one unit for each of its trades. */
export const leastMinuteVolume = 60 * tradesPerSecond;

/** Days between two points that are drawn independently: over longer times a price stays where it belongs. */
const blockDays = 1024;

/** The price of one listing at every minute of every day, in whole ticks. */
export class PriceModel {
  readonly character: Character;
  readonly #key: number;
  readonly #logPrice: number;
  /** Deviation of one calendar day's logarithmic return. */
  readonly #daily: number;
  readonly #lowest: number;

  constructor(seed: number, name: string, character: Character) {
    this.character = character;
    this.#key = mix(seed, hashText(name));
    this.#logPrice = Math.log(character.price);
    this.#daily = character.volatility / Math.sqrt(365);
    this.#lowest = character.halfSpread + 10;
  }

  dayKey(day: number): number {
    return mix(this.#key, day);
  }

  /** How much livelier than usual a day is. */
  #mood(dayKey: number): number {
    return 0.6 + 1.1 * unit(mix(dayKey, 1)) ** 2;
  }

  /** Deviation of a whole day's price, in ticks: what a minute's range is measured by. */
  dayRange(day: TradingDay): number {
    const dayKey = this.dayKey(day.day);
    const price = Math.exp(this.#logAt(day.day)) * this.character.ticksPerUnit;
    return price * this.#daily * this.#mood(dayKey);
  }

  /** Writes the price at each minute's edge: `minutes + 1` of them. */
  fillPrices(day: TradingDay, prices: Int32Array): void {
    const dayKey = this.dayKey(day.day);
    const noise = mix(dayKey, 2);
    const { minutes, shape } = day;
    const deviation = this.#daily * this.#mood(dayKey);
    const start = this.#logAt(day.day - 1) + 0.35 * this.#daily * gauss(mix(dayKey, 3));
    const end = this.#logAt(day.day);
    if (scratch.length < minutes + 1) scratch = new Float64Array(minutes + 1);
    let walked = 0;
    for (let i = 0; i < minutes; i++) {
      walked += deviation * (shape.step[i] as number) * gauss(mix(noise, i));
      scratch[i + 1] = walked;
    }
    const missing = end - start - walked;
    const first = Math.exp(start) * this.character.ticksPerUnit;
    prices[0] = Math.max(this.#lowest, Math.round(first));
    for (let i = 1; i <= minutes; i++) {
      const log = (scratch[i] as number) + (shape.elapsed[i] as number) * missing;
      const ticks = Math.round(first * Math.exp(log));
      prices[i] = Math.max(ticks, this.#lowest);
    }
  }

  /** Writes the volume of the day before each minute's edge. */
  fillVolumes(day: TradingDay, volumes: Float64Array): void {
    const { minuteVolume } = this.character;
    volumes[0] = 0;
    if (minuteVolume === 0) {
      volumes.fill(0, 0, day.minutes + 1);
      return;
    }
    const dayKey = this.dayKey(day.day);
    const noise = mix(dayKey, 4);
    const usual = minuteVolume * this.#mood(dayKey);
    let sum = 0;
    for (let i = 0; i < day.minutes; i++) {
      const hash = mix(noise, i);
      const spread = 0.35 + unit(hash) + ((hash & 63) === 0 ? 2 : 0);
      sum += leastMinuteVolume + Math.floor(usual * (day.shape.volume[i] as number) * spread);
      volumes[i + 1] = sum;
    }
  }

  /** Logarithm of the price at the end of a calendar day: a bridge between far points, halved down to the day. */
  #logAt(day: number): number {
    let low = Math.floor(day / blockDays) * blockDays;
    let left = 0;
    let right = 0;
    const far = (day - low) / blockDays;
    const base = (1 - far) * this.#farPoint(low) + far * this.#farPoint(low + blockDays);
    for (let length = blockDays; day !== low; ) {
      length /= 2;
      const middle = low + length;
      const noise = gauss(mix(this.#key ^ 0x5bd1e995, middle));
      const at = (left + right) / 2 + noise * Math.sqrt(length / 2);
      if (day < middle) {
        right = at;
      } else {
        left = at;
        low = middle;
      }
    }
    return base + this.#daily * left;
  }

  #farPoint(day: number): number {
    return this.#logPrice + 0.4 * (unit(mix(this.#key ^ 0x27d4eb2f, day)) - 0.5);
  }
}

let scratch = new Float64Array(1441);
