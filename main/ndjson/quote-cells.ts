import type { Quote } from '../../shared/quote.ts';
import type { QuotesPort, Unsubscribe } from './ports.ts';
import { asciiJson } from './wire.ts';

/** One ticker as the wire needs it. What is rendered is null until it is needed after a change. */
interface QuoteCell {
  readonly index: number;
  readonly ticker: string;
  readonly key: Uint8Array;
  readonly hash: number;
  tsEpochMs: number;
  /** The quote as JSON up to the value of `stale`. */
  head: string | null;
  /** The answer to get_quote from behind the id to the newline, right while `stale` is as it says. */
  answer: Buffer | null;
  answerStale: boolean;
}

const answerHead = ',"type":"response","op":"get_quote","data":';
const eventHead = '{"v":1,"id":null,"type":"event","op":"quotes","data":';

/**
 * Finds a ticker's prepared answer by the bytes of its name, without making a string of them. An
 * answer is rendered when it is first asked for after a change, so that ticks nobody asks for cost
 * nothing; whether it is stale is decided at the time of the answer.
 */
export class QuoteCells {
  readonly #quotes: QuotesPort;
  readonly #freshnessMs: number;
  readonly #byTicker = new Map<string, QuoteCell>();
  readonly #byIndex: QuoteCell[] = [];
  readonly #listeners = new Set<(ticker: string) => void>();
  readonly #unsubscribe: Unsubscribe;
  #slots: (QuoteCell | undefined)[] = new Array(256).fill(undefined);

  constructor(quotes: QuotesPort, freshnessMs: number) {
    this.#quotes = quotes;
    this.#freshnessMs = freshnessMs;
    this.#unsubscribe = quotes.onChange((quote) => {
      const cell = this.#byTicker.get(quote.ticker);
      if (cell) {
        cell.head = null;
        cell.answer = null;
      }
      for (const listener of this.#listeners) listener(quote.ticker);
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

  /**
   * The end of the answer to get_quote for the ticker whose plain ASCII name stands in `buffer`,
   * where it has been asked for before.
   */
  answer(buffer: Uint8Array, start: number, end: number, now: number): Buffer | undefined {
    const cell = this.#find(buffer, start, end);
    if (cell === undefined) return undefined;
    if (cell.answer !== null && now - cell.tsEpochMs > this.#freshnessMs === cell.answerStale) {
      return cell.answer;
    }
    const data = this.#dataJson(cell, now);
    if (data === undefined) return undefined;
    cell.answer = Buffer.from(`${answerHead}${data}}\n`, 'latin1');
    cell.answerStale = this.#isStale(cell, now);
    return cell.answer;
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
    if (cell.head === null) {
      const quote = this.#quotes.get(cell.ticker);
      // A ticker that lost its quote keeps its cell, which is found to be empty here.
      if (quote === undefined) return undefined;
      cell.tsEpochMs = quote.tsEpochMs;
      cell.head = headJson(quote);
    }
    return `${cell.head}${this.#isStale(cell, now)}}`;
  }

  #isStale(cell: QuoteCell, now: number): boolean {
    return now - cell.tsEpochMs > this.#freshnessMs;
  }

  #cell(ticker: string): QuoteCell | undefined {
    const known = this.#byTicker.get(ticker);
    if (known) return known;
    if (this.#quotes.get(ticker) === undefined) return undefined;
    const key = Buffer.from(ticker, 'utf8');
    const cell: QuoteCell = {
      index: this.#byIndex.length,
      ticker,
      key,
      hash: hashOf(key, 0, key.length),
      tsEpochMs: 0,
      head: null,
      answer: null,
      answerStale: false,
    };
    this.#byTicker.set(ticker, cell);
    this.#byIndex.push(cell);
    if (this.#byIndex.length * 2 > this.#slots.length) this.#widen();
    else this.#insert(cell);
    return cell;
  }

  #find(buffer: Uint8Array, start: number, end: number): QuoteCell | undefined {
    const hash = hashOf(buffer, start, end);
    const slots = this.#slots;
    const mask = slots.length - 1;
    const length = end - start;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const cell = slots[slot];
      if (cell === undefined) return undefined;
      if (cell.hash !== hash || cell.key.length !== length) continue;
      const { key } = cell;
      let i = 0;
      while (i < length && key[i] === buffer[start + i]) i++;
      if (i === length) return cell;
    }
  }

  #widen(): void {
    this.#slots = new Array(this.#slots.length * 2).fill(undefined);
    for (const cell of this.#byIndex) this.#insert(cell);
  }

  #insert(cell: QuoteCell): void {
    const mask = this.#slots.length - 1;
    let slot = cell.hash & mask;
    while (this.#slots[slot] !== undefined) slot = (slot + 1) & mask;
    this.#slots[slot] = cell;
  }
}

function headJson(quote: Quote): string {
  const { price, volume, currency, tsEpochMs, source, ticker } = quote;
  const json = asciiJson({ price, volume, currency, ts_epoch_ms: tsEpochMs, source, ticker });
  return `${json.slice(0, -1)},"stale":`;
}

function hashOf(buffer: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (buffer[i] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x7fffffff;
}
