import { rowCode } from './row-code.generated.ts';

export interface ParsedRows {
  readonly rows: number;
  /** Behind the last row that was parsed. */
  readonly at: number;
  readonly outOfOrder: number;
  readonly crlfRows: number;
  readonly zonelessRows: number;
}

/** Turns plain rows of text into columns, a piece at a time, in memory of its own. */
export interface RowParser {
  /** Where the text is put. */
  readonly text: Uint8Array;
  /**
   * Parses whole rows `2025-05-28 14:00:00+00:00,1.5,2,1,1.75,300` of the text from `from` up to `end`, which is behind
   * a newline, and stops before the first row that is not of this form: the caller decides about that one. Also plain:
   * no zone (taken as UTC), CRLF. `before` is the time of the row above the first one.
   */
  parse(from: number, end: number, before: number): ParsedRows;
  /** The start of the last row parsed. */
  lastTime(): number;
  /** Copies the rows parsed to row `row` and following of time, open, high, low, close, volume. */
  copyTo(columns: readonly Float64Array[], row: number): void;
}

/** What the folder assembly exports. */
interface RowCode {
  readonly memory: WebAssembly.Memory;
  readonly textAt: WebAssembly.Global<'i32'>;
  readonly textBytes: WebAssembly.Global<'i32'>;
  readonly columnsAt: WebAssembly.Global<'i32'>;
  readonly columnRows: WebAssembly.Global<'i32'>;
  readonly at: WebAssembly.Global<'i32'>;
  readonly outOfOrder: WebAssembly.Global<'i32'>;
  readonly crlfRows: WebAssembly.Global<'i32'>;
  readonly zonelessRows: WebAssembly.Global<'i32'>;
  parse(from: number, end: number, before: number): number;
}

let module: WebAssembly.Module | undefined;
let parser: RowParser | undefined;

export function rowModule(): WebAssembly.Module {
  module ??= new WebAssembly.Module(Buffer.from(rowCode, 'base64'));
  return module;
}

/** The one of this thread. */
export function parserHere(): RowParser {
  parser ??= makeRowParser(rowModule());
  return parser;
}

/**
 * It must not use anything outside itself: its text is handed to worker threads, which know no modules of ours whether
 * the program runs from source, from a bundle or from an archive.
 */
export function makeRowParser(module: WebAssembly.Module): RowParser {
  const code = new WebAssembly.Instance(module).exports as unknown as RowCode;
  const { buffer } = code.memory;
  const most = code.columnRows.value;
  const columnsAt = code.columnsAt.value;
  const parsed = [0, 1, 2, 3, 4, 5].map(
    (nth) => new Float64Array(buffer, columnsAt + nth * most * 8, most),
  );
  let rows = 0;
  return {
    text: new Uint8Array(buffer, code.textAt.value, code.textBytes.value),
    parse(from, end, before) {
      rows = code.parse(from, end, before);
      return {
        rows,
        at: code.at.value,
        outOfOrder: code.outOfOrder.value,
        crlfRows: code.crlfRows.value,
        zonelessRows: code.zonelessRows.value,
      };
    },
    lastTime: () => (parsed[0] as Float64Array)[rows - 1] as number,
    copyTo(columns, row) {
      for (let nth = 0; nth < 6; nth++) {
        const column = parsed[nth] as Float64Array;
        (columns[nth] as Float64Array).set(column.subarray(0, rows), row);
      }
    },
  };
}
