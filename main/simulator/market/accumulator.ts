import { minuteMs } from '../../calendar/civil.ts';
import type { DayPath } from './day-path.ts';
import { blankStretch, readMinute, type Stretch } from './minute.ts';
import { MinuteSeconds } from './minute-seconds.ts';
import { eachTick, type RawTick, wholeTicks } from './second-ticks.ts';

/** Adds stretches of trading up to one bar, in whole ticks, so that sums are exact in any order. */
export class Accumulator {
  empty = true;
  open = 0;
  high = 0;
  low = 0;
  close = 0;
  volume = 0;
  count = 0;
  /** Four times price times volume: what the average price is made of. */
  flow = 0;
  readonly #stretch: Stretch = blankStretch();
  readonly #seconds = new MinuteSeconds();

  reset(): void {
    this.empty = true;
    this.volume = 0;
    this.count = 0;
    this.flow = 0;
  }

  /** Adds what traded at `fromMs <= t < toMs` of a day; `fromMs` lies on a whole second. */
  addSpan(path: DayPath, fromMs: number, toMs: number): void {
    const { open, close } = path.day;
    const from = Math.max(fromMs, open) - open;
    const to = Math.min(toMs, close) - open;
    for (let at = from; at < to; ) {
      const minute = Math.floor(at / minuteMs);
      const end = (minute + 1) * minuteMs;
      if (at === minute * minuteMs && end <= to) {
        readMinute(path, minute, this.#stretch);
        this.add(this.#stretch);
      } else {
        this.#addSeconds(
          path,
          minute,
          at - minute * minuteMs,
          Math.min(end, to) - minute * minuteMs,
        );
      }
      at = end;
    }
  }

  add(stretch: Stretch): void {
    const { high, low, close, volume } = stretch;
    if (this.empty) {
      this.empty = false;
      this.open = stretch.open;
      this.high = high;
      this.low = low;
    } else {
      if (high > this.high) this.high = high;
      if (low < this.low) this.low = low;
    }
    this.close = close;
    this.volume += volume;
    this.count += stretch.count;
    this.flow += (stretch.open + high + low + close) * volume;
  }

  #addSeconds(path: DayPath, minute: number, fromMs: number, toMs: number): void {
    this.#seconds.load(path, minute);
    const whole = Math.floor(toMs / 1000);
    for (let second = Math.floor(fromMs / 1000); second < whole; second++) {
      this.#seconds.read(second, this.#stretch);
      this.add(this.#stretch);
    }
    if (whole * 1000 >= toMs) return;
    eachTick(this.#seconds, whole, whole * 1000, wholeTicks, whole * 1000, toMs, this.#addTick);
  }

  readonly #addTick = (tick: RawTick): void => {
    const stretch = this.#stretch;
    stretch.open = tick.price;
    stretch.high = tick.price;
    stretch.low = tick.price;
    stretch.close = tick.price;
    stretch.volume = tick.size;
    stretch.count = tick.size === 0 ? 0 : 1;
    this.add(stretch);
  };
}
