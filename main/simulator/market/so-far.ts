import type { DayPath } from './day-path.ts';
import { blankStretch, readMinute } from './minute.ts';

const stretch = blankStretch();

/** The day's open and extremes up to a minute. It goes on where it stopped, since time mostly goes forward. */
export class SoFar {
  open = 0;
  high = Number.NEGATIVE_INFINITY;
  low = Number.POSITIVE_INFINITY;
  #day = -1;
  #minute = 0;

  /** Over the minutes from `first` to before `minute`; without any, the extremes are those of nothing. */
  between(path: DayPath, first: number, minute: number): void {
    if (this.#day !== path.day.day || minute < this.#minute) {
      this.#day = path.day.day;
      this.#minute = first;
      this.high = Number.NEGATIVE_INFINITY;
      this.low = Number.POSITIVE_INFINITY;
    }
    for (; this.#minute < minute; this.#minute++) {
      readMinute(path, this.#minute, stretch);
      if (this.#minute === first) this.open = stretch.open;
      this.high = Math.max(this.high, stretch.high);
      this.low = Math.min(this.low, stretch.low);
    }
  }
}
