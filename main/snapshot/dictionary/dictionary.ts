import type { Bar } from '../../../shared/bar.ts';
import { powerOfTwoAtLeast, roundUp } from '../columns/layout.ts';
import type { DailyHistory } from '../daily-bars.ts';
import type { Segment, SegmentOs } from '../os/segment-os.ts';
import { type RowPlan, Slot } from './slot.ts';
import { type HistoryHead, slotHead } from './slot-text.ts';
import { TextMemory } from './text-memory.ts';

export interface DictionaryOptions {
  readonly os: SegmentOs;
  readonly name: string;
  readonly pid: number;
  readonly mirrorBars: number;
  readonly initialBytes: number;
}

/** Byte 0 is `{`; slots begin behind it, on a cache line. */
const firstSlotAt = 64;
/** The closing brace stands this far before the end; behind it there is only NUL. */
const tailBytes = 64;
/** A replaced segment goes on being readable this long, then says that it is empty. */
const retireMs = 60_000;
/** A row with ordinary prices; spare room is counted in these. */
const typicalRow = 104;
const spareRows = 32;

/**
 * The writer of `shm0`: one JSON object that every program can parse, changed in place. At every
 * moment between two native copies the text is JSON: the brace that closes it stands at the end of
 * the segment, new slots grow into white space before it, and bars come and go one row at a time.
 */
export class Dictionary {
  readonly #options: DictionaryOptions;
  #slots = new Map<string, Slot>();
  #memory: TextMemory;
  #usedTo = firstSlotAt;
  #retired: { readonly memory: TextMemory; readonly until: number }[] = [];
  #checkFrom = 0;

  constructor(options: DictionaryOptions) {
    this.#options = options;
    this.#memory = this.#blankMemory(options.initialBytes);
    this.#memory.flush(0, this.#memory.segment.size);
    this.#memory.segment.publish();
  }

  get segment(): Segment {
    return this.#memory.segment;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Writes a ticker's entry. `from` is the index of the first bar that is not as it was before. */
  put(history: DailyHistory, from: number, now: number): void {
    const { mirrorBars } = this.#options;
    const known = this.#slots.get(history.ticker);
    const plan = known?.plan(history.bars, from, mirrorBars);
    if (known && plan && known.bytesMissing(plan) === undefined) {
      known.apply(plan, history, mirrorBars, now);
      return;
    }
    const slot = known
      ? this.#enlarge(known, plan as RowPlan, now)
      : this.#add(history, Math.min(history.bars?.length ?? 0, mirrorBars), now);
    slot.apply(slot.plan(history.bars, from, mirrorBars), history, mirrorBars, now);
    this.#settle(known, slot);
  }

  /** One daily bar is new or changes the last one. */
  putBar(ticker: string, bar: Bar, now: number): void {
    const { mirrorBars } = this.#options;
    const known = this.#slots.get(ticker);
    if (!known) {
      this.put(historyOfOneDay(ticker, bar), 0, now);
      return;
    }
    if (bar.t < known.lastT) return;
    const plan = known.planBar(bar);
    const slot = known.bytesMissing(plan) === undefined ? known : this.#enlarge(known, plan, now);
    slot.apply(plan, undefined, mirrorBars, now);
    this.#settle(known, slot);
  }

  historyOf(ticker: string): HistoryHead | undefined {
    return this.#slots.get(ticker)?.history;
  }

  /** True when the next stretch of text is what was written; otherwise it is written again. */
  repair(budget: number): boolean {
    const bytes = Math.min(budget, this.segment.size - this.#checkFrom);
    const intact = this.#memory.matches(this.#checkFrom, bytes);
    if (!intact) this.#memory.flush(this.#checkFrom, bytes);
    this.#checkFrom = (this.#checkFrom + bytes) % this.segment.size;
    return intact;
  }

  /** Makes a new segment with the same entries. */
  rebuild(now: number): void {
    this.#replace(this.segment.size, now, undefined, 0);
  }

  /** Ends what was replaced long enough ago. */
  retire(now: number): void {
    const due = this.#retired.filter((old) => old.until <= now);
    this.#retired = this.#retired.filter((old) => old.until > now);
    for (const { memory } of due) memory.retire();
  }

  close(): void {
    this.segment.remove();
    this.retire(Number.POSITIVE_INFINITY);
    this.#memory.retire();
  }

  #add(history: DailyHistory, rows: number, now: number): Slot {
    const bytes = slotBytes(history, rows);
    if (!this.#fits(bytes)) this.#replace(this.#sizeFor(bytes), now, undefined, 0);
    const first = this.#slots.size === 0;
    const slot = new Slot(
      this.#memory,
      this.#takePlace(bytes, first),
      history,
      1,
      this.#options.pid,
      'live',
    );
    this.#slots.set(history.ticker, slot);
    return slot;
  }

  /** A slot that holds the same rows and has room for more. */
  #enlarge(slot: Slot, plan: RowPlan, now: number): Slot {
    const rows = (plan.rows?.length ?? 0) + plan.keep;
    const missing = slot.bytesMissing(plan) as number;
    const bytes = roundUp(missing + spareBytes(rows), 64);
    if (slot.place.first || !this.#fits(bytes)) {
      // The first slot has no comma before it and cannot be blanked without taking its neighbour's.
      this.#replace(this.#sizeFor(bytes), now, slot, bytes);
      return this.#slots.get(slot.history.ticker) as Slot;
    }
    const moved = slot.moved(this.#memory, this.#takePlace(bytes, false), 'live');
    this.#slots.set(slot.history.ticker, moved);
    return moved;
  }

  #settle(before: Slot | undefined, after: Slot): void {
    const inPlace = before === undefined || before === after || !before.livesIn(this.#memory);
    if (!inPlace) before.erase();
  }

  #fits(bytes: number): boolean {
    return this.#usedTo + bytes <= this.segment.size - tailBytes;
  }

  #takePlace(bytes: number, first: boolean): { at: number; bytes: number; first: boolean } {
    const at = this.#usedTo;
    this.#usedTo += bytes;
    return { at, bytes, first };
  }

  /** Blanked slots are not counted: a new segment is also how their room comes back. */
  #sizeFor(extra: number): number {
    let used = firstSlotAt + tailBytes + extra;
    for (const slot of this.#slots.values()) used += slot.place.bytes;
    return Math.max(this.segment.size, powerOfTwoAtLeast(used + used / 8));
  }

  /** Lays all slots into a new segment and gives it the name; one slot may get more room. */
  #replace(size: number, now: number, larger: Slot | undefined, largerBytes: number): void {
    const memory = this.#roomyMemory(size);
    const slots = new Map<string, Slot>();
    let at = firstSlotAt;
    for (const [ticker, slot] of this.#slots) {
      const bytes = slot === larger ? largerBytes : slot.place.bytes;
      slots.set(ticker, slot.moved(memory, { at, bytes, first: slots.size === 0 }, 'draft'));
      at += bytes;
    }
    memory.flush(0, size);
    memory.segment.publish();
    this.#retired.push({ memory: this.#memory, until: now + retireMs });
    this.#memory = memory;
    this.#slots = slots;
    this.#usedTo = at;
    this.#checkFrom = 0;
  }

  /** Gives up what is kept for readers of replaced segments before it gives up altogether. */
  #roomyMemory(size: number): TextMemory {
    try {
      return this.#blankMemory(size);
    } catch (error) {
      if (this.#retired.length === 0) throw error;
      this.retire(Number.POSITIVE_INFINITY);
      return this.#blankMemory(size);
    }
  }

  #blankMemory(size: number): TextMemory {
    const { os, name } = this.#options;
    const memory = new TextMemory(os, os.create(name, size));
    memory.draft(0, '{');
    memory.blank(1, size - tailBytes);
    memory.draft(size - tailBytes, '}');
    return memory;
  }
}

function slotBytes(history: DailyHistory, rows: number): number {
  const head = slotHead(history, false, 0, 0, 4_294_967_295).listAt;
  return roundUp(head + rows * typicalRow + spareBytes(rows), 64);
}

function spareBytes(rows: number): number {
  return typicalRow * Math.max(rows === 0 ? spareRows / 4 : spareRows, rows >> 3);
}

function historyOfOneDay(ticker: string, bar: Bar): DailyHistory {
  const day = new Date(bar.t).toISOString().slice(0, 10);
  return { ticker, startDate: day, curDate: day, endDate: day, bars: [bar] };
}
