import type { DayPath } from './day-path.ts';
import { mix, unit } from './hash.ts';
import { blankStretch, readMinute, type Stretch } from './minute.ts';
import { leastMinuteVolume } from './price-model.ts';

/** One minute taken apart into its seconds, whose aggregate it is. One object serves minute after minute. */
export class MinuteSeconds {
  readonly minute: Stretch = blankStretch();
  /** Price at each second's edge. */
  readonly prices = new Int32Array(61);
  readonly highs = new Int32Array(60);
  readonly lows = new Int32Array(60);
  /** Volume of the minute before each second's edge. */
  readonly volumes = new Float64Array(61);
  /** What the noise inside its seconds is drawn from. */
  key = 0;
  #path: DayPath | undefined;
  #index = -1;

  load(path: DayPath, index: number): void {
    if (this.#path === path && this.#index === index) return;
    this.#path = path;
    this.#index = index;
    readMinute(path, index, this.minute);
    this.key = mix(path.key ^ 0x165667b1, index);
    this.#layPrices();
    this.#layEdges();
    this.#layVolumes();
  }

  /** Reads a second of the minute. */
  read(second: number, into: Stretch): void {
    const before = this.volumes[second] as number;
    const after = this.volumes[second + 1] as number;
    into.open = this.prices[second] as number;
    into.close = this.prices[second + 1] as number;
    into.high = this.highs[second] as number;
    into.low = this.lows[second] as number;
    into.volume = after - before;
    into.count = this.countBefore(second + 1) - this.countBefore(second);
  }

  countBefore(second: number): number {
    const { count, volume } = this.minute;
    if (volume === 0) return 0;
    return Math.floor((count * (this.volumes[second] as number)) / volume);
  }

  /** From the open to one extreme, to the other, to the close; the noise never leaves the minute's range. */
  #layPrices(): void {
    const { open, high, low, close } = this.minute;
    const hash = mix(this.key, 1);
    const atHigh = 1 + ((hash & 0xffff) % 59);
    const drawn = 1 + ((hash >>> 16) % 58);
    const atLow = drawn >= atHigh ? drawn + 1 : drawn;
    const highFirst = atHigh < atLow;
    const first = highFirst ? atHigh : atLow;
    const second = highFirst ? atLow : atHigh;
    this.prices[0] = open;
    this.prices[60] = close;
    this.#bridge(0, open, first, highFirst ? high : low);
    this.#bridge(first, highFirst ? high : low, second, highFirst ? low : high);
    this.#bridge(second, highFirst ? low : high, 60, close);
    this.prices[atHigh] = high;
    this.prices[atLow] = low;
  }

  #bridge(from: number, start: number, to: number, end: number): void {
    const { high, low } = this.minute;
    const slope = (end - start) / (to - from);
    const noise = 0.3 * (high - low);
    for (let second = from + 1; second < to; second++) {
      const shift = noise * (unit(mix(this.key, 64 + second)) - 0.5);
      const price = Math.round(start + slope * (second - from) + shift);
      this.prices[second] = price > high ? high : Math.max(price, low);
    }
  }

  #layEdges(): void {
    const { high, low } = this.minute;
    const width = 0.12 * (high - low);
    for (let second = 0; second < 60; second++) {
      const a = this.prices[second] as number;
      const b = this.prices[second + 1] as number;
      const hash = mix(this.key, 128 + second);
      const up = Math.max(a, b) + Math.floor((width * (hash & 1023)) / 1024);
      const down = Math.min(a, b) - Math.floor((width * ((hash >>> 10) & 1023)) / 1024);
      this.highs[second] = Math.min(up, high);
      this.lows[second] = Math.max(down, low);
    }
  }

  /** Four units for each second and the rest by drawn weights, rounded so that the sum is exact. */
  #layVolumes(): void {
    const { volume } = this.minute;
    if (volume === 0) {
      this.volumes.fill(0);
      return;
    }
    let sum = 0;
    for (let second = 0; second < 60; second++) {
      const hash = mix(this.key, 192 + second);
      sum += 16 + (hash & 255) + (((hash >>> 8) & 31) === 0 ? 1024 : 0);
      this.volumes[second + 1] = sum;
    }
    const rest = volume - leastMinuteVolume;
    const least = leastMinuteVolume / 60;
    for (let second = 1; second <= 60; second++) {
      const share = Math.floor((rest * (this.volumes[second] as number)) / sum);
      this.volumes[second] = least * second + share;
    }
  }
}
