/** Where a quote's price came from, in the words the wire protocol uses. */
export type QuoteSource = 'shared_memory_manager' | 'ibkr_tick';

/** The newest price of one ticker. */
export interface Quote {
  readonly ticker: string;
  readonly price: number;
  readonly volume: number;
  readonly currency: string;
  /** The last tick's time, else local midnight of the last daily bar. */
  readonly tsEpochMs: number;
  readonly source: QuoteSource;
  /** Only where the price is of delayed data, 15 minutes old or more. */
  readonly delayed?: true;
}
