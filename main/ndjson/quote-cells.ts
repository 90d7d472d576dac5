import type { Quote } from '../../shared/quote.ts';
import type { QuotesPort, Unsubscribe } from './ports.ts';
import { asciiJson } from './wire.ts';

/** One ticker as the wire needs it. */
export interface QuoteCell {
  readonly index: number;
  readonly ticker: string;
  readonly key: Uint8Array;
  readonly hash: number;
  tsEpochMs: number;
  /** The answer to get_quote from after the id up to the value of `stale`; null until it is needed. */
  fragment: Buffer | null;
}

const eventHead = Buffer.from('{"v":1,"id":null,"type":"event","op":"quotes","data":');
const answerHead = ',"type":"response","op":"get_quote","data":';

/**
 * Finds a ticker's prepared answer by the bytes of its name, without making a string of them. An
 * answer is rendered when it is first asked for after a change, so that ticks nobody asks for cost
 * nothing; whether it is stale is decided at the time of the answer.
 */
export class QuoteCells {
  readonly #quotes: QuotesPort;
  readonly #byTicker = new Map<string, QuoteCell>();
  readonly #byIndex: QuoteCell[] = [];
  readonly #listeners = new Set<(ticker: string) => void>();
  #slots: (QuoteCell | undefined)[] = new Array(256).fill(undefined);
  readonly #unsubscribe: Unsubscribe;

  constructor(quotes: QuotesPort) {
    this.#quotes = quotes;
    this.#unsubscribe = quotes.onChange((quote) => {
      const cell = this.#byTicker.get(quote.ticker);
      if (cell) cell.fragment = null;
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

  /** The cell of the ticker whose UTF-8 bytes stand at `start`, with its fragment ready. */
  find(buffer: Uint8Array, start: number, end: number): QuoteCell | undefined {
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
      if (i === length) return this.#ready(cell);
    }
  }

  /** The cell of a ticker by its name; made when the ticker has a quote and none yet. */
  get(ticker: string): QuoteCell | undefined {
    const known = this.#byTicker.get(ticker);
    if (known) return this.#ready(known);
    if (this.#quotes.get(ticker) === undefined) return undefined;
    const key = Buffer.from(ticker, 'utf8');
    const cell: QuoteCell = {
      index: this.#byIndex.length,
      ticker,
      key,
      hash: hashOf(key, 0, key.length),
      tsEpochMs: 0,
      fragment: null,
    };
    this.#byTicker.set(ticker, cell);
    this.#byIndex.push(cell);
    if (this.#byIndex.length * 2 > this.#slots.length) this.#widen();
    else this.#insert(cell);
    return this.#ready(cell);
  }

  /** The quote as JSON, or undefined where there is none. */
  dataJson(ticker: string, now: number, freshnessMs: number): string | undefined {
    const cell = this.get(ticker);
    if (cell === undefined || cell.fragment === null) return undefined;
    const stale = now - cell.tsEpochMs > freshnessMs;
    return `${cell.fragment.toString('latin1', answerHead.length)}${stale}}`;
  }

  /** The line that pushes a quote; `conflated` is told where changes before it were left out. */
  event(index: number, now: number, freshnessMs: number, conflated: number): Buffer | undefined {
    const known = this.#byIndex[index];
    const cell = known && this.#ready(known);
    if (cell === undefined || cell.fragment === null) return undefined;
    const stale = now - cell.tsEpochMs > freshnessMs;
    const tail = Buffer.from(
      conflated > 0 ? `${stale},"conflated":${conflated}}}\n` : `${stale}}}\n`,
      'latin1',
    );
    return Buffer.concat([eventHead, cell.fragment.subarray(answerHead.length), tail]);
  }

  /** A ticker that lost its quote keeps its cell, which is found to be empty here. */
  #ready(cell: QuoteCell): QuoteCell | undefined {
    if (cell.fragment !== null) return cell;
    const quote = this.#quotes.get(cell.ticker);
    if (quote === undefined) return undefined;
    cell.tsEpochMs = quote.tsEpochMs;
    cell.fragment = Buffer.from(`${answerHead}${quoteHeadJson(quote)}`, 'latin1');
    return cell;
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

/** A quote's JSON up to the value of `stale`. */
export function quoteHeadJson(quote: Quote): string {
  const { price, volume, currency, tsEpochMs, source, ticker } = quote;
  const head = asciiJson({ price, volume, currency, ts_epoch_ms: tsEpochMs, source, ticker });
  return `${head.slice(0, -1)},"stale":`;
}

function hashOf(buffer: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (buffer[i] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x7fffffff;
}
