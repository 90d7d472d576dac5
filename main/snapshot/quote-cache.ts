import type { Quote } from '../../shared/quote.ts';

export type QuoteListener = (quote: Quote) => void;

/** What the rest of the program may ask of the quotes. */
export interface Quotes {
  /** The tickers that have a quote, in the order they were first written. */
  list(): readonly string[];
  get(ticker: string): Quote | undefined;
  /** Calls after every change; the answer takes the listener off again. */
  onChange(listener: QuoteListener): () => void;
  readonly size: number;
}

/** The newest price of every ticker. It needs no segment, so it answers when there is none. */
export class QuoteCache implements Quotes {
  readonly #quotes = new Map<string, Quote>();
  readonly #listeners = new Set<QuoteListener>();
  #list: readonly string[] | undefined;

  list(): readonly string[] {
    this.#list ??= Object.freeze([...this.#quotes.keys()]);
    return this.#list;
  }

  get(ticker: string): Quote | undefined {
    return this.#quotes.get(ticker);
  }

  get size(): number {
    return this.#quotes.size;
  }

  onChange(listener: QuoteListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  set(quote: Quote): void {
    if (!this.#quotes.has(quote.ticker)) this.#list = undefined;
    this.#quotes.set(quote.ticker, quote);
    for (const listener of this.#listeners) listener(quote);
  }
}
