import { allocateColumns, type BarColumns, setBar, viewOf } from '../../kit/bar-columns.ts';
import { pieceParser } from '../rows/piece-parser.ts';
import { header } from './format.ts';
import {
  type FieldOrder,
  type LineFault,
  lineFaults,
  parseLine,
  usualOrder,
} from './parse-line.ts';
import { anyTimes, dateOf, type TimeRules } from './time-rules.ts';

/** What was odd in a file, for a person and for the decision how to write to it. */
export interface FileReport {
  /** Lines left out, by reason. */
  readonly faults: readonly { readonly fault: LineFault; readonly count: number }[];
  readonly outOfOrder: number;
  readonly duplicates: number;
  /** Rows that are right but not in the form we write. */
  readonly foreignRows: number;
  /** The header has more columns, or others, than ours: a rewrite would drop them. */
  readonly foreignHeader: boolean;
  /** Bytes after the last newline: a row somebody is writing, or one torn by a crash. */
  readonly tornBytes: number;
}

export type ParsedFile =
  | { readonly ok: true; readonly columns: BarColumns; readonly report: FileReport }
  | { readonly ok: false; readonly reason: string };

/** A whole bar file. Sorted, one row a time (the later row wins, as the later write), and what was odd about it. */
export function parseFile(bytes: Uint8Array, rules: TimeRules = anyTimes): ParsedFile {
  const end = bytes.lastIndexOf(10) + 1;
  const head = readHeader(bytes, end);
  if (!head.ok) return head;
  const parser = pieceParser();
  const most = parser.text.length;
  let columns = allocateColumns(Math.max(16, estimateRows(bytes, head.bytes, end)));
  let at = head.bytes;
  let row = 0;
  let outOfOrder = 0;
  let foreignRows = 0;
  const faults = new Map<LineFault, number>();
  // Where odd rows follow each other, little is handed to the quick parser in vain.
  let piece = most;
  while (at < end) {
    const before = row > 0 ? (columns.t[row - 1] as number) : Number.NEGATIVE_INFINITY;
    if (head.order === usualOrder) {
      const length = wholeRows(bytes, at, Math.min(end, at + piece));
      parser.text.set(bytes.subarray(at, at + length));
      const parsed = parser.parse(length, before, rules.latest);
      if (parsed.rows > 0) {
        if (row + parsed.rows > columns.length) columns = grown(columns, row, parsed.rows);
        parser.copyTo(columns, row);
        row += parsed.rows;
        at += parsed.at;
        outOfOrder += parsed.outOfOrder;
        foreignRows += parsed.crlfRows + parsed.zonelessRows;
      }
      if (length > 0 && parsed.at === length) {
        piece = Math.min(most, piece * 4);
        continue;
      }
      piece = oddPiece;
    }
    const newline = bytes.indexOf(10, at);
    const verdict = parseLine(textOf(bytes, at, newline), head.order, rules);
    if (typeof verdict === 'string') {
      faults.set(verdict, (faults.get(verdict) ?? 0) + 1);
    } else {
      if (row > 0 && verdict.t <= (columns.t[row - 1] as number)) outOfOrder++;
      if (row === columns.length) columns = grown(columns, row, 1);
      setBar(columns, row++, verdict);
      foreignRows++;
    }
    at = newline + 1;
  }
  const filled = viewOf(columns, 0, row);
  if (rules.daily) {
    const moved = toDates(filled.t);
    foreignRows += moved;
    if (moved > 0) outOfOrder = rowsNotLater(filled.t);
  }
  const sorted = outOfOrder > 0 ? sortColumns(filled) : filled;
  return {
    ok: true,
    columns: sorted,
    report: {
      faults: [...faults].map(([fault, count]) => ({ fault, count })),
      outOfOrder: Math.max(0, outOfOrder - (row - sorted.length)),
      duplicates: row - sorted.length,
      foreignRows,
      foreignHeader: head.foreign,
      tornBytes: bytes.length - end,
    },
  };
}

/** Answers how many were not at midnight. */
function toDates(t: Float64Array): number {
  let moved = 0;
  for (let row = 0; row < t.length; row++) {
    const date = dateOf(t[row] as number);
    if (date !== t[row]) moved++;
    t[row] = date;
  }
  return moved;
}

function rowsNotLater(t: Float64Array): number {
  let rows = 0;
  for (let row = 1; row < t.length; row++)
    if (!((t[row] as number) > (t[row - 1] as number))) rows++;
  return rows;
}

/** Room for a row of any length that may be met, and little more. */
const oddPiece = 512;

/** How many bytes from `at` on, up to `end` at most, are whole rows. */
function wholeRows(bytes: Uint8Array, at: number, end: number): number {
  const last = bytes.lastIndexOf(10, end - 1);
  return Math.max(0, last + 1 - at);
}

export function describeReport(report: FileReport): string[] {
  const told = report.faults.map(
    ({ fault, count }) =>
      `${count} ${count === 1 ? 'line' : 'lines'} left out: ${lineFaults[fault]}`,
  );
  if (report.outOfOrder > 0) told.push(`${report.outOfOrder} rows out of order`);
  if (report.duplicates > 0) told.push(`${report.duplicates} rows for a time that has another`);
  if (report.tornBytes > 0) told.push(`a last row of ${report.tornBytes} bytes without its end`);
  return told;
}

/** A rewrite would lose something that a person may want back. */
export function rewriteLoses(report: FileReport): boolean {
  return report.faults.length > 0 || report.foreignHeader || report.duplicates > 0;
}

/** Rows may be added at the end of such a file as it is. */
export function isPlain(report: FileReport): boolean {
  return report.foreignRows === 0 && !report.foreignHeader && report.tornBytes === 0;
}

/** Each of its lines is a row, and each row is later than the one before. */
export function isTidy(report: FileReport): boolean {
  return report.faults.length === 0 && report.outOfOrder === 0 && report.duplicates === 0;
}

type Header =
  | {
      readonly ok: true;
      readonly bytes: number;
      readonly order: FieldOrder;
      readonly foreign: boolean;
    }
  | { readonly ok: false; readonly reason: string };

/** In UTF-8, its bytes taken for characters. */
const byteOrderMark = /^\u00ef\u00bb\u00bf/;

const columnWords = [
  ['timestamp', 'date', 'datetime', 'time', ''],
  ['open'],
  ['high'],
  ['low'],
  ['close'],
  ['volume'],
] as const;

export function readHeader(bytes: Uint8Array, end: number): Header {
  const newline = bytes.indexOf(10);
  if (bytes.length === 0) return { ok: false, reason: 'the file is empty' };
  if (newline < 0 || newline >= end) return { ok: false, reason: 'the file has no whole line' };
  const text = textOf(bytes, 0, newline);
  const line = text.replace(byteOrderMark, '');
  if (line === header) return { ok: true, bytes: newline + 1, order: usualOrder, foreign: false };
  const first = parseLine(line);
  if (typeof first !== 'string') {
    return { ok: true, bytes: text.length - line.length, order: usualOrder, foreign: true };
  }
  const words = line
    .toLowerCase()
    .split(',')
    .map((word) => word.trim());
  const order = columnWords.map((names) =>
    words.findIndex((word) => (names as readonly string[]).includes(word)),
  );
  const missing = columnWords.filter((_, nth) => (order[nth] as number) < 0).map(([name]) => name);
  if (missing.length > 0) {
    return { ok: false, reason: `its header lacks ${missing.join(', ')}` };
  }
  const usual = words.length === 6 && order.every((place, nth) => place === nth);
  return {
    ok: true,
    bytes: newline + 1,
    order: usual ? usualOrder : (order as unknown as FieldOrder),
    foreign: true,
  };
}

export function arrays(columns: BarColumns): readonly Float64Array[] {
  return [columns.t, columns.open, columns.high, columns.low, columns.close, columns.volume];
}

/** How many rows there may be, from the average length in three places, a little more than less. */
export function estimateRows(bytes: Uint8Array, start: number, end: number): number {
  const size = end - start;
  const sample = 2048;
  if (size <= 3 * sample) return countLines(bytes, start, end) + 1;
  let lines = 0;
  for (const at of [start, start + ((size - sample) >> 1), end - sample]) {
    lines += countLines(bytes, at, at + sample);
  }
  return Math.ceil(((lines + 1) / (3 * sample)) * size * 1.02);
}

function countLines(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at++) if (bytes[at] === 10) lines++;
  return lines;
}

function grown(columns: BarColumns, rows: number, more: number): BarColumns {
  const bigger = allocateColumns(Math.ceil((rows + more) * 1.3) + 64);
  const into = arrays(bigger);
  arrays(columns).forEach((column, nth) => {
    (into[nth] as Float64Array).set(column.subarray(0, rows));
  });
  return bigger;
}

function textOf(bytes: Uint8Array, from: number, newline: number): string {
  const to = newline > from && bytes[newline - 1] === 13 ? newline - 1 : newline;
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}

function sortColumns(columns: BarColumns): BarColumns {
  const rows = Uint32Array.from({ length: columns.length }, (_, row) => row);
  rows.sort((a, b) => (columns.t[a] as number) - (columns.t[b] as number) || a - b);
  let kept = 0;
  for (let nth = 0; nth < rows.length; nth++) {
    const row = rows[nth] as number;
    const next = rows[nth + 1];
    if (next === undefined || columns.t[next] !== columns.t[row]) rows[kept++] = row;
  }
  const sorted = allocateColumns(kept);
  const into = arrays(sorted);
  arrays(columns).forEach((column, nth) => {
    const target = into[nth] as Float64Array;
    for (let row = 0; row < kept; row++) target[row] = column[rows[row] as number] as number;
  });
  return sorted;
}
