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
 * the next is a wait for memory. So the table is flat, a row in half a cache line, the answers lie in
 * one piece of memory, and the name is compared with the one inside the answer, which has to be read
 * anyway.
 */
export class QuoteCells {
  readonly #quotes: QuotesPort;
  readonly #freshnessMs: number;
  readonly #byTicker = new Map<string, QuoteCell>();
  readonly #byIndex: QuoteCell[] = [];
  readonly #listeners = new Set<(ticker: string) => void>();
  readonly #unsubscribe: Unsubscribe;
  #rows = new Rows(256);
  /** The answers, from behind the id to the newline, one after the other. */
  #texts: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
  #textsEnd = 0;
  /** Where the answer that was found last lies in `texts`. */
  from = 0;
  to = 0;

  constructor(quotes: QuotesPort, freshnessMs: number) {
    this.#quotes = quotes;
    this.#freshnessMs = freshnessMs;
    this.#unsubscribe = quotes.onChange((changed) => {
      const cell = this.#byTicker.get(changed.ticker);
      if (cell) {
        cell.head = null;
        this.#rows.length(cell.slot, 0);
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

  /** Where the answers lie; good until the next one is rendered. */
  get texts(): Buffer {
    return this.#texts;
  }

  /**
   * Finds the end of the answer to get_quote for the ticker whose plain ASCII name stands in `buffer`,
   * where it has been rendered since the last change: then it lies at `from` to `to` of `texts`.
   */
  find(buffer: Uint8Array, start: number, end: number, now: number): boolean {
    const hash = hashOf(buffer, start, end);
    const { numbers, turns, mask } = this.#rows;
    const texts = this.#texts;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = slot * rowNumbers;
      if (numbers[row + rowRoom] === 0) return false;
      const length = numbers[row + rowLength] as number;
      if (numbers[row] !== hash || length === 0) continue;
      const turn = turns[slot * rowTurns + rowTurn] as number;
      const isStale = turn < 0;
      if (isStale !== now > Math.abs(turn)) continue;
      const from = numbers[row + rowAt] as number;
      const to = from + length;
      const name = to - (isStale ? afterTicker.stale : afterTicker.fresh) - (end - start);
      if (texts[name - 1] !== quote) continue;
      let at = start;
      while (at < end && texts[name + at - start] === buffer[at]) at++;
      if (at < end) continue;
      this.from = from;
      this.to = to;
      return true;
    }
  }

  /** Renders the answer of a ticker that has a quote; `find` finds it from now on. */
  prepare(ticker: string, now: number): boolean {
    const cell = this.#cell(ticker);
    if (cell === undefined) return false;
    const data = this.#dataJson(cell, now);
    if (data === undefined) return false;
    const text = `${answerHead}${data}}\n`;
    const rows = this.#rows;
    if (rows.room(cell.slot) < text.length) this.#makeRoom(cell.slot, text.length);
    const at = rows.at(cell.slot);
    this.#texts.write(text, at, 'latin1');
    rows.length(cell.slot, text.length);
    const turn = cell.tsEpochMs + this.#freshnessMs;
    rows.turns[cell.slot * rowTurns + rowTurn] = now > turn ? -turn : turn;
    this.from = at;
    this.to = at + text.length;
    return true;
  }

  /** Places an answer at the end. What it leaves behind is small: prices seldom gain a digit. */
  #makeRoom(slot: number, length: number): void {
    const room = Math.ceil((length + roomToGrow) / 64) * 64;
    if (this.#textsEnd + room > this.#texts.length) {
      const wider = Buffer.allocUnsafeSlow(2 * (this.#texts.length + room));
      this.#texts.copy(wider, 0, 0, this.#textsEnd);
      this.#texts = wider;
    }
    this.#rows.place(slot, this.#textsEnd, room);
    this.#textsEnd += room;
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
    if (this.#byIndex.length * 2 > this.#rows.mask + 1) this.#widen();
    else this.#insert(cell);
    return cell;
  }

  #widen(): void {
    const before = this.#rows;
    this.#rows = new Rows((before.mask + 1) * 2);
    for (const cell of this.#byIndex) {
      const { slot } = cell;
      this.#insert(cell);
      if (slot >= 0) this.#rows.take(cell.slot, before, slot);
    }
  }

  #insert(cell: QuoteCell): void {
    const rows = this.#rows;
    let slot = cell.hash & rows.mask;
    while (rows.room(slot) !== 0) slot = (slot + 1) & rows.mask;
    rows.open(slot, cell.hash);
    cell.slot = slot;
  }
}

/** Of a row: its hash, where its answer lies, how long it is, and how much room it has there. */
const rowNumbers = 8;
const rowAt = 1;
const rowLength = 2;
const rowRoom = 3;
/** When the quote turns stale, negative where the answer says that it has. */
const rowTurns = 4;
const rowTurn = 2;

/** A longer price fits in the same place. */
const roomToGrow = 16;

/** The rows of the table, 32 bytes each, in one piece of memory. A row without room is empty. */
class Rows {
  readonly mask: number;
  readonly numbers: Int32Array;
  readonly turns: Float64Array;

  constructor(slots: number) {
    const memory = new ArrayBuffer(slots * rowNumbers * 4);
    this.mask = slots - 1;
    this.numbers = new Int32Array(memory);
    this.turns = new Float64Array(memory);
  }

  at(slot: number): number {
    return this.numbers[slot * rowNumbers + rowAt] as number;
  }

  room(slot: number): number {
    return this.numbers[slot * rowNumbers + rowRoom] as number;
  }

  length(slot: number, length: number): void {
    this.numbers[slot * rowNumbers + rowLength] = length;
  }

  open(slot: number, hash: number): void {
    this.numbers[slot * rowNumbers] = hash;
    // So little room that the first answer finds a place of its own.
    this.numbers[slot * rowNumbers + rowRoom] = 1;
  }

  place(slot: number, at: number, room: number): void {
    this.numbers[slot * rowNumbers + rowAt] = at;
    this.numbers[slot * rowNumbers + rowRoom] = room;
  }

  /** Takes over what another table knew of the same ticker. */
  take(slot: number, from: Rows, other: number): void {
    const start = other * rowNumbers;
    this.numbers.set(from.numbers.subarray(start, start + rowNumbers), slot * rowNumbers);
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
