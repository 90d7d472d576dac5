import type { Quote } from '../../shared/quote.ts';
import { AnswerTable } from './answer-table.ts';
import type { QuotesPort, Unsubscribe } from './ports.ts';
import { asciiJson } from './wire.ts';

/** One ticker. What is rendered is null until it is needed after a change. */
interface QuoteCell {
  readonly index: number;
  readonly ticker: string;
  tsEpochMs: number;
  /** The quote as JSON, from the price to the ticker. */
  own: string | null;
}

const dataHead = '{"price":';
const tail = { fresh: ',"stale":false}', stale: ',"stale":true}' };
const answerHead = ',"type":"response","op":"get_quote","data":';
const eventHead = '{"v":1,"id":null,"type":"event","op":"quotes","data":';

/**
 * The quotes as they are told, rendered when they are first asked for after a change, so that ticks
 * nobody asks for cost nothing; whether one is stale is decided at the time of the answer.
 */
export class QuoteCells {
  readonly #quotes: QuotesPort;
  readonly #freshnessMs: number;
  readonly #byTicker = new Map<string, QuoteCell>();
  readonly #byIndex: QuoteCell[] = [];
  readonly #listeners = new Set<(ticker: string) => void>();
  readonly #unsubscribe: Unsubscribe;
  /** From behind the id to the newline, by name. */
  readonly answers = new AnswerTable({
    before: `${answerHead}${dataHead}`,
    afterFresh: `${tail.fresh}}\n`,
    afterStale: `${tail.stale}}\n`,
  });

  constructor(quotes: QuotesPort, freshnessMs: number) {
    this.#quotes = quotes;
    this.#freshnessMs = freshnessMs;
    this.#unsubscribe = quotes.onChange((changed) => {
      const cell = this.#byTicker.get(changed.ticker);
      if (cell) {
        cell.own = null;
        this.answers.forget(cell.index);
      }
      for (const listener of this.#listeners) listener(changed.ticker);
    });
  }

  /** Calls after a ticker's cell has been told of the change. */
  onChange(listener: (ticker: string) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tickers(): readonly string[] {
    return this.#quotes.list();
  }

  close(): void {
    this.#unsubscribe();
  }

  /** Renders the answer to get_quote of a ticker that has a quote. */
  prepare(ticker: string, now: number): boolean {
    const cell = this.#cell(ticker);
    const own = cell && this.#own(cell);
    if (cell === undefined || own === undefined) return false;
    this.answers.write(cell.index, own, this.#turn(cell), now);
    return true;
  }

  /** The quote as JSON, or undefined where there is none. */
  dataJson(ticker: string, now: number): string | undefined {
    const cell = this.#cell(ticker);
    return cell && this.#dataJson(cell, now);
  }

  /** The number of a ticker that has a quote. Numbers are small, dense, and never change. */
  indexOf(ticker: string): number | undefined {
    return this.#cell(ticker)?.index;
  }

  /** The line that pushes a quote; `conflated` is told where changes before it were left out. */
  event(index: number, now: number, conflated: number): Buffer | undefined {
    const cell = this.#byIndex[index];
    const data = cell && this.#dataJson(cell, now);
    if (data === undefined) return undefined;
    const told = conflated > 0 ? `${data.slice(0, -1)},"conflated":${conflated}}` : data;
    return Buffer.from(`${eventHead}${told}}\n`, 'latin1');
  }

  #dataJson(cell: QuoteCell, now: number): string | undefined {
    const own = this.#own(cell);
    return own && `${dataHead}${own}${now > this.#turn(cell) ? tail.stale : tail.fresh}`;
  }

  /** A ticker that lost its quote keeps its cell, which is found to be empty here. */
  #own(cell: QuoteCell): string | undefined {
    if (cell.own !== null) return cell.own;
    const quote = this.#quotes.get(cell.ticker);
    if (quote === undefined) return undefined;
    cell.tsEpochMs = quote.tsEpochMs;
    cell.own = ownJson(quote);
    return cell.own;
  }

  /** The last moment at which the quote is fresh. */
  #turn(cell: QuoteCell): number {
    return cell.tsEpochMs + this.#freshnessMs;
  }

  #cell(ticker: string): QuoteCell | undefined {
    const known = this.#byTicker.get(ticker);
    if (known) return known;
    if (this.#quotes.get(ticker) === undefined) return undefined;
    const index = this.answers.add(Buffer.from(ticker, 'utf8'));
    const cell: QuoteCell = { index, ticker, tsEpochMs: 0, own: null };
    this.#byTicker.set(ticker, cell);
    this.#byIndex.push(cell);
    return cell;
  }
}

function ownJson(quote: Quote): string {
  const { price, volume, currency, tsEpochMs, source, delayed, ticker } = quote;
  const json = asciiJson({
    ...{ price, volume, currency, ts_epoch_ms: tsEpochMs, source },
    // The ticker stays last, where the table of answers looks for it.
    ...(delayed ? { delayed, ticker } : { ticker }),
  });
  return json.slice(dataHead.length, -1);
}
