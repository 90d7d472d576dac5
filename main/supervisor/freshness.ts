import type { Quote } from '../../shared/quote.ts';
import type { TickerView } from '../../shared/state.ts';
import { type Cancel, type Clock, every } from '../kit/clock.ts';
import type { Slice } from './store.ts';

const sampleMs = 500;
/** The rate is over the newest so many samples: five seconds. */
const window = 10;

interface Counts {
  readonly perSample: number[];
  now: number;
}

export interface QuoteFeed {
  list(): readonly string[];
  get(ticker: string): Quote | undefined;
  onChange(listener: (quote: Quote) => void): () => void;
}

/**
 * Turns a stream of quotes into a few numbers per ticker, twice a second: ticks themselves never
 * enter the state.
 */
export class Freshness {
  readonly #quotes: QuoteFeed;
  readonly #slice: Slice<Readonly<Record<string, TickerView>>>;
  readonly #counts = new Map<string, Counts>();
  readonly #changed = new Set<string>();
  readonly #stops: Cancel[];

  constructor(quotes: QuoteFeed, slice: Slice<Readonly<Record<string, TickerView>>>, clock: Clock) {
    this.#quotes = quotes;
    this.#slice = slice;
    this.#stops = [
      quotes.onChange((quote) => this.#note(quote)),
      every(clock, sampleMs, () => this.#sample()),
    ];
    for (const ticker of quotes.list()) this.#changed.add(ticker);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #note(quote: Quote): void {
    this.#changed.add(quote.ticker);
    if (quote.source !== 'ibkr_tick') return;
    let counts = this.#counts.get(quote.ticker);
    if (!counts) {
      counts = { perSample: [], now: 0 };
      this.#counts.set(quote.ticker, counts);
    }
    counts.now++;
  }

  #sample(): void {
    for (const [ticker, counts] of this.#counts) {
      counts.perSample.push(counts.now);
      counts.now = 0;
      if (counts.perSample.length > window) counts.perSample.shift();
      this.#changed.add(ticker);
      if (counts.perSample.every((count) => count === 0)) this.#counts.delete(ticker);
    }
    if (this.#changed.size === 0) return;
    const views: Record<string, TickerView> = { ...this.#slice.get() };
    let moved = false;
    for (const ticker of this.#changed) {
      const quote = this.#quotes.get(ticker);
      if (!quote) continue;
      const view = this.#view(quote);
      if (sameView(views[ticker], view)) continue;
      views[ticker] = view;
      moved = true;
    }
    this.#changed.clear();
    if (moved) this.#slice.set(views);
  }

  #view(quote: Quote): TickerView {
    const perSample = this.#counts.get(quote.ticker)?.perSample ?? [];
    const ticks = perSample.reduce((sum, count) => sum + count, 0);
    const seconds = (perSample.length * sampleMs) / 1_000;
    return {
      last: quote.price,
      volume: quote.volume,
      at: quote.tsEpochMs,
      source: quote.source === 'ibkr_tick' ? 'tick' : 'bar',
      rate: seconds === 0 ? 0 : Math.round((ticks / seconds) * 10) / 10,
    };
  }
}

function sameView(a: TickerView | undefined, b: TickerView): boolean {
  return (
    a !== undefined &&
    a.last === b.last &&
    a.volume === b.volume &&
    a.at === b.at &&
    a.source === b.source &&
    a.rate === b.rate
  );
}
