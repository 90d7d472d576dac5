import type { Bar } from '../../../shared/bar.ts';
import type { DailyHistory } from '../daily-bars.ts';

/** Digits of the epoch and of the time stand right-aligned in fields of this width. */
export const fieldBytes = 16;
/** What ends a slot right behind its last bar: the list, the data and the entry. */
export const slotEnd = ']}}';
export const nullEnd = 'null}}';
const datesBytes = 160;

export type HistoryHead = Omit<DailyHistory, 'bars'>;

export interface SlotHead {
  readonly text: string;
  /** Where the fields begin, counted from the start of the slot. */
  readonly epochAt: number;
  readonly updatedAt: number;
  readonly datesAt: number;
  /** Where `[` or `null` stands. */
  readonly listAt: number;
}

/**
 * The slot of a ticker up to its bars. White space is legal JSON, and it is used twice: numbers
 * that change stand in fields of a fixed width, and the low eight digits of the epoch lie in one
 * aligned word, so that one store changes them.
 */
export function slotHead(
  history: HistoryHead,
  first: boolean,
  epoch: number,
  updatedMs: number,
  pid: number,
): SlotHead {
  const name = json(history.ticker);
  let text = `${first ? ' ' : ','}${name}:{"header":{"version":1,"epoch":`;
  text = padTo8(text);
  const epochAt = text.length;
  text += `${number(epoch)},"last_update_ms":`;
  const updatedAt = text.length;
  text += `${number(updatedMs)},"writer_pid":${pid}},"data":{"ticker":${name},`;
  const datesAt = text.length;
  text += `${dates(history)},"period":"1 D","df":`;
  return { text, epochAt, updatedAt, datesAt, listAt: text.length };
}

/** The three dates, padded so that other dates can take their place. */
export function dates(history: HistoryHead): string {
  const text =
    `"start_date":${json(history.startDate)},"cur_date":${json(history.curDate)},` +
    `"end_date":${json(history.endDate)}`;
  return text.padEnd(datesBytes);
}

export function number(value: number): string {
  return String(value).padStart(fieldBytes);
}

export function rowText(bar: Bar): string {
  return (
    `{"Date":"${dateText(bar.t)}","Open":${bar.open},"High":${bar.high},"Low":${bar.low},` +
    `"Close":${bar.close},"Volume":${bar.volume}}`
  );
}

/** YYYY-MM-DD of a UTC midnight. */
export function dateText(t: number): string {
  return new Date(t).toISOString().slice(0, 10);
}

/** JSON in pure ASCII: readers that decode strictly must never meet half a character. */
export function json(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Slots begin at multiples of eight, so padding inside a slot aligns in the segment too. */
function padTo8(text: string): string {
  return text.padEnd(Math.ceil(text.length / 8) * 8);
}
