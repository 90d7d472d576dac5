import type { Bar } from '../../../shared/bar.ts';
import {
  dates,
  dateText,
  fieldBytes,
  type HistoryHead,
  nullEnd,
  number,
  rowText,
  type SlotHead,
  slotEnd,
  slotHead,
} from './slot-text.ts';
import type { TextMemory } from './text-memory.ts';

interface Row {
  readonly from: number;
  readonly to: number;
}

export interface SlotPlace {
  readonly at: number;
  readonly bytes: number;
  readonly first: boolean;
}

/**
 * One ticker's place in the text. Its bars change only by adding a row, taking the last row away,
 * rewriting the last row or blanking the first: each is one native copy of about a hundred bytes,
 * before and after which the whole text is JSON.
 */
export class Slot {
  readonly place: SlotPlace;
  readonly #memory: TextMemory;
  readonly #pid: number;
  readonly #head: SlotHead;
  readonly #rows: Row[] = [];
  #history: HistoryHead;
  #epoch: number;
  #list = false;
  /** How many bars the whole history has; the rows are the last of them. */
  #total = 0;
  #lastT = Number.NEGATIVE_INFINITY;

  /** Lays the slot without bars under an odd epoch; `draft` writes only the private copy. */
  constructor(
    memory: TextMemory,
    place: SlotPlace,
    history: HistoryHead,
    epoch: number,
    pid: number,
    mode: 'live' | 'draft',
  ) {
    this.place = place;
    this.#memory = memory;
    this.#pid = pid;
    this.#history = history;
    this.#epoch = epoch;
    this.#head = slotHead(history, place.first, epoch, 0, pid);
    const text = this.#head.text + nullEnd;
    if (mode === 'live') memory.write(place.at, text);
    else memory.draft(place.at, text);
  }

  get history(): HistoryHead {
    return this.#history;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get rowCount(): number {
    return this.#rows.length;
  }

  get lastT(): number {
    return this.#lastT;
  }

  /** Bytes in use, the end of the list included. */
  get usedBytes(): number {
    return this.#tail + slotEnd.length - this.place.at;
  }

  /** Index of the history's bar that stands first. */
  get #base(): number {
    return this.#total - this.#rows.length;
  }

  /** Where the list's end begins, or would begin if there were one. */
  get #tail(): number {
    return this.#rows.at(-1)?.to ?? this.#listAt + (this.#list ? 1 : nullEnd.length);
  }

  get #listAt(): number {
    return this.place.at + this.#head.listAt;
  }

  livesIn(memory: TextMemory): boolean {
    return this.#memory === memory;
  }

  /** The same bars in another place, before anybody can see it or under an odd epoch. */
  moved(memory: TextMemory, place: SlotPlace, mode: 'live' | 'draft'): Slot {
    const epoch = mode === 'live' ? this.#epoch + 1 : this.#epoch;
    const copy = new Slot(memory, place, this.#history, epoch, this.#pid, mode);
    const updated = this.#memory.read(this.#updatedAt, this.#updatedAt + fieldBytes);
    memory.draft(copy.#updatedAt, updated);
    if (this.#list) {
      copy.#openList(mode);
      for (const { from, to } of this.#rows) copy.#append(this.#memory.read(from, to), mode);
    }
    copy.#total = this.#total;
    copy.#lastT = this.#lastT;
    return copy;
  }

  /** How many bytes the slot would need to hold this history; undefined when it already has them. */
  bytesMissing(plan: RowPlan): number | undefined {
    const needed = this.#tailAfter(plan) + slotEnd.length - this.place.at;
    return needed > this.place.bytes ? needed : undefined;
  }

  /** Finds which rows stay and which are to be written for the history's newest bars. */
  plan(bars: readonly Bar[] | null, from: number, mirror: number): RowPlan {
    if (bars === null) return { keep: 0, rows: null, total: 0, lastT: Number.NEGATIVE_INFINITY };
    const skipped = Math.max(0, bars.length - mirror);
    const usable = this.#list && this.#base <= skipped && from > this.#base;
    const keep = usable ? Math.min(this.#rows.length, from - this.#base) : 0;
    const start = keep > 0 ? this.#base + keep : skipped;
    return {
      keep,
      rows: bars.slice(Math.max(start, skipped)).map(rowText),
      total: bars.length,
      lastT: bars.at(-1)?.t ?? Number.NEGATIVE_INFINITY,
    };
  }

  /** One more bar, or another last one. */
  planBar(bar: Bar): RowPlan {
    const revises = bar.t === this.#lastT;
    return {
      keep: this.#rows.length - (revises ? 1 : 0),
      rows: [rowText(bar)],
      total: this.#total + (revises ? 0 : 1),
      lastT: bar.t,
    };
  }

  apply(plan: RowPlan, history: HistoryHead | undefined, mirror: number, now: number): void {
    this.#begin();
    const revises = plan.rows?.length === 1 && plan.keep === this.#rows.length - 1;
    if (revises) {
      this.#reviseLast(plan.rows[0] as string);
    } else {
      while (this.#rows.length > plan.keep) this.#removeLast();
      if (plan.rows === null) this.#closeList();
      else if (!this.#list) this.#openList('live');
      for (const row of plan.rows ?? []) this.#append(row, 'live');
    }
    while (this.#rows.length > mirror) this.#blankFirst();
    this.#total = plan.total;
    const opened = plan.lastT > this.#lastT && history === undefined;
    this.#lastT = plan.lastT;
    if (history) this.#setHistory(history);
    else if (opened) this.#setHistory(withDay(this.#history, dateText(plan.lastT)));
    this.#end(now);
  }

  /** Takes the slot out of the text. The entry must stand elsewhere by now: the later one counts. */
  erase(): void {
    while (this.#rows.length > 0) this.#removeLast();
    this.#memory.write(this.place.at, ' '.repeat(this.usedBytes));
  }

  get #updatedAt(): number {
    return this.place.at + this.#head.updatedAt;
  }

  #tailAfter(plan: RowPlan): number {
    let tail =
      plan.keep > 0 ? (this.#rows[plan.keep - 1] as Row).to : this.#listAt + nullEnd.length;
    for (const row of plan.rows ?? []) tail += row.length + 1;
    return tail;
  }

  #begin(): void {
    if (this.#epoch % 2 === 0) this.#setEpoch(this.#epoch + 1);
    this.#memory.fence();
  }

  #end(now: number): void {
    this.#memory.write(this.#updatedAt, number(now));
    this.#memory.fence();
    this.#setEpoch(this.#epoch + 1);
  }

  /**
   * From even to odd only the last digit changes. On the way back a carry may reach the upper eight
   * digits; they go first, while the last digit still says odd.
   */
  #setEpoch(epoch: number): void {
    this.#epoch = epoch;
    const at = this.place.at + this.#head.epochAt;
    const half = fieldBytes / 2;
    const text = number(epoch);
    const upper = text.slice(0, half);
    if (upper !== this.#memory.read(at, at + half)) {
      this.#memory.write(at, upper);
      this.#memory.fence();
    }
    this.#memory.write(at + half, text.slice(half));
  }

  #setHistory(history: HistoryHead): void {
    const text = dates(history);
    const at = this.place.at + this.#head.datesAt;
    if (text !== this.#memory.read(at, at + text.length)) this.#memory.write(at, text);
    this.#history = history;
  }

  #openList(mode: 'live' | 'draft'): void {
    this.#list = true;
    // As long as what it covers, so that nothing of it is left behind.
    this.#put(this.#listAt, `[${slotEnd}`.padEnd(nullEnd.length), mode);
  }

  #closeList(): void {
    if (!this.#list) return;
    this.#list = false;
    this.#put(this.#listAt, nullEnd, 'live');
  }

  #append(row: string, mode: 'live' | 'draft'): void {
    const tail = this.#rows.at(-1)?.to;
    const at = tail ?? this.#listAt + 1;
    this.#put(at, `${tail === undefined ? '' : ','}${row}${slotEnd}`, mode);
    const from = at + (tail === undefined ? 0 : 1);
    this.#rows.push({ from, to: from + row.length });
  }

  #removeLast(): void {
    const gone = this.#rows.pop() as Row;
    const before = this.#rows.at(-1);
    const at = before?.to ?? this.#listAt + 1;
    this.#put(at, slotEnd.padEnd(gone.to + slotEnd.length - at), 'live');
  }

  #reviseLast(row: string): void {
    const old = this.#rows.pop() as Row;
    const to = old.from + row.length;
    const text = `${row}${slotEnd}`.padEnd(old.to - old.from + slotEnd.length);
    this.#put(old.from, text, 'live');
    this.#rows.push({ from: old.from, to });
  }

  #blankFirst(): void {
    const gone = this.#rows.shift() as Row;
    const to = this.#rows[0]?.from ?? gone.to;
    this.#put(gone.from, ' '.repeat(to - gone.from), 'live');
  }

  #put(at: number, text: string, mode: 'live' | 'draft'): void {
    if (mode === 'live') this.#memory.write(at, text);
    else this.#memory.draft(at, text);
  }
}

/** What is to be done to a slot's rows: how many stay, and which follow (null: no list at all). */
export interface RowPlan {
  readonly keep: number;
  readonly rows: readonly string[] | null;
  readonly total: number;
  readonly lastT: number;
}

function withDay(history: HistoryHead, day: string): HistoryHead {
  return { ...history, curDate: day, endDate: day };
}
