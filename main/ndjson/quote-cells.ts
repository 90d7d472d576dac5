import type { Quote } from '../../shared/quote.ts';
import type { QuotesPort, Unsubscribe } from './ports.ts';
import { asciiJson } from './wire.ts';

/** One ticker. What is rendered is null until it is needed after a change. */
interface QuoteCell {
  readonly index: number;
  readonly ticker: string;
  readonly hash: number;
  /** Where the table of answers has it. */
  slot: number;
  tsEpochMs: number;
  /** The quote as JSON up to the value of `stale`. */
  head: string | null;
}

const answerHead = ',"type":"response","op":"get_quote","data":';
const eventHead = '{"v":1,"id":null,"type":"event","op":"quotes","data":';

/** What stands behind the ticker in an answer. */
const afterTicker = { fresh: '","stale":false}}\n'.length, stale: '","stale":true}}\n'.length };
const quote = 0x22;

/**
 * Finds a ticker's prepared answer by the bytes of its name, without making a string of them. An
 * answer is rendered when it is first asked for after a change, so that ticks nobody asks for cost
 * nothing; whether it is stale is decided at the time of the answer.
 *
 * With many tickers nothing of this is in the processor's caches, and each step from one object to
 * the next is a wait for memory. So the table is three flat arrays that are read side by side, and
 * the name is compared with the one inside the answer, which has to be read anyway.
 */
export class QuoteCells {
  readonly #quotes: QuotesPort;
  readonly #freshnessMs: number;
  readonly #byTicker = new Map<string, QuoteCell>();
  readonly #byIndex: QuoteCell[] = [];
  readonly #listeners = new Set<(ticker: string) => void>();
  readonly #unsubscribe: Unsubscribe;
  #hashes = new Int32Array(256);
  /** From behind the id to the newline; null where it is not rendered, undefined where nothing is. */
  #answers: (Buffer | null | undefined)[] = new Array(256).fill(undefined);
  /** When the quote turns stale, negative where the answer says that it has. */
  #turns = new Float64Array(256);

  constructor(quotes: QuotesPort, freshnessMs: number) {
    this.#quotes = quotes;
    this.#freshnessMs = freshnessMs;
    this.#unsubscribe = quotes.onChange((changed) => {
      const cell = this.#byTicker.get(changed.ticker);
      if (cell) {
        cell.head = null;
        this.#answers[cell.slot] = null;
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

  /**
   * The end of the answer to get_quote for the ticker whose plain ASCII name stands in `buffer`,
   * where it has been rendered since the last change.
   */
  answer(buffer: Uint8Array, start: number, end: number, now: number): Buffer | undefined {
    const hash = hashOf(buffer, start, end);
    const hashes = this.#hashes;
    const mask = hashes.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const answer = this.#answers[slot];
      if (answer === undefined) return undefined;
      if (hashes[slot] !== hash || answer === null) continue;
      const turn = this.#turns[slot] as number;
      const isStale = turn < 0;
      if (isStale !== now > Math.abs(turn)) continue;
      const from =
        answer.length - (isStale ? afterTicker.stale : afterTicker.fresh) - (end - start);
      if (answer[from - 1] !== quote) continue;
      let at = start;
      while (at < end && answer[from + at - start] === buffer[at]) at++;
      if (at === end) return answer;
    }
  }

  /** Renders the answer of a ticker that has a quote; `answer` finds it from now on. */
  prepare(ticker: string, now: number): Buffer | undefined {
    const cell = this.#cell(ticker);
    if (cell === undefined) return undefined;
    const data = this.#dataJson(cell, now);
    if (data === undefined) return undefined;
    const turn = cell.tsEpochMs + this.#freshnessMs;
    const answer = Buffer.from(`${answerHead}${data}}\n`, 'latin1');
    this.#answers[cell.slot] = answer;
    this.#turns[cell.slot] = now > turn ? -turn : turn;
    return answer;
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
    return now > cell.tsEpochMs + this.#freshnessMs;
  }

  #cell(ticker: string): QuoteCell | undefined {
    const known = this.#byTicker.get(ticker);
    if (known) return known;
    if (this.#quotes.get(ticker) === undefined) return undefined;
    const key = Buffer.from(ticker, 'utf8');
    const cell: QuoteCell = {
      index: this.#byIndex.length,
      ticker,
      hash: hashOf(key, 0, key.length),
      slot: -1,
      tsEpochMs: 0,
      head: null,
    };
    this.#byTicker.set(ticker, cell);
    this.#byIndex.push(cell);
    if (this.#byIndex.length * 2 > this.#hashes.length) this.#widen();
    else this.#insert(cell);
    return cell;
  }

  /** What was rendered is left behind: it is made anew when it is asked for. */
  #widen(): void {
    const slots = this.#hashes.length * 2;
    this.#hashes = new Int32Array(slots);
    this.#answers = new Array(slots).fill(undefined);
    this.#turns = new Float64Array(slots);
    for (const cell of this.#byIndex) this.#insert(cell);
  }

  #insert(cell: QuoteCell): void {
    const mask = this.#hashes.length - 1;
    let slot = cell.hash & mask;
    while (this.#answers[slot] !== undefined) slot = (slot + 1) & mask;
    this.#hashes[slot] = cell.hash;
    this.#answers[slot] = null;
    cell.slot = slot;
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
