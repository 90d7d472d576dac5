/** The newest points kept of every symbol. */
export const pointsKept = 10_000;

/** What a caller gets: copies, all of one length. */
export interface MarketSeries {
  readonly timestamp: readonly number[];
  readonly close: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly volume: readonly number[];
  readonly last_update: number | null;
  readonly current_high: number | null;
  readonly current_low: number | null;
}

/** Prices of one symbol as they come, in columns that always stay in step. */
export class Series {
  readonly #kept: number;
  #timestamp: number[] = [];
  #close: number[] = [];
  #high: number[] = [];
  #low: number[] = [];
  #volume: number[] = [];
  #lastUpdate: number | null = null;
  #currentHigh: number | null = null;
  #currentLow: number | null = null;

  constructor(kept = pointsKept) {
    this.#kept = kept;
  }

  get length(): number {
    return this.#close.length;
  }

  /** A price of the given tick field; false when it is none that belongs into the series. */
  price(field: number, price: number, at: number): boolean {
    if (!(price > 0) || !Number.isFinite(price)) return false;
    switch (field) {
      case 4:
      case 68:
      case 9:
      case 75:
        this.update(price, 0, at);
        return true;
      case 6:
      case 70:
      case 72:
        this.#widen(price, null);
        return true;
      case 7:
      case 71:
      case 73:
        this.#widen(null, price);
        return true;
      default:
        return false;
    }
  }

  /** A volume belongs to the newest point; before the first there is none to carry it. */
  size(field: number, size: number): boolean {
    if (field !== 8 && field !== 72 && field !== 74) return false;
    if (!(size > 0) || this.#volume.length === 0) return false;
    this.#volume[this.#volume.length - 1] = size;
    return true;
  }

  update(price: number, size: number, at: number): void {
    this.#widen(price, price);
    this.#timestamp.push(at);
    this.#close.push(price);
    this.#high.push(this.#currentHigh as number);
    this.#low.push(this.#currentLow as number);
    this.#volume.push(size);
    this.#lastUpdate = at;
    // Cutting now and then keeps a push cheap; nobody sees more than what is kept.
    if (this.#close.length > this.#kept * 1.5) this.#cut();
  }

  copy(): MarketSeries {
    const from = Math.max(0, this.#close.length - this.#kept);
    return {
      timestamp: this.#timestamp.slice(from),
      close: this.#close.slice(from),
      high: this.#high.slice(from),
      low: this.#low.slice(from),
      volume: this.#volume.slice(from),
      last_update: this.#lastUpdate,
      current_high: this.#currentHigh,
      current_low: this.#currentLow,
    };
  }

  #widen(high: number | null, low: number | null): void {
    if (high !== null) this.#currentHigh = Math.max(this.#currentHigh ?? high, high);
    if (low !== null) this.#currentLow = Math.min(this.#currentLow ?? low, low);
  }

  #cut(): void {
    const from = this.#close.length - this.#kept;
    this.#timestamp = this.#timestamp.slice(from);
    this.#close = this.#close.slice(from);
    this.#high = this.#high.slice(from);
    this.#low = this.#low.slice(from);
    this.#volume = this.#volume.slice(from);
  }
}
