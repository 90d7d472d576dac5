import type { Block, TextWindow } from './block.ts';
import { rowCode } from './row-code.generated.ts';

export interface ParsedRows {
  readonly rows: number;
  /** Behind the last row that was parsed. */
  readonly at: number;
  /** The start of the last row, or what was before it where there is none. */
  readonly lastTime: number;
  readonly outOfOrder: number;
  readonly crlfRows: number;
  readonly zonelessRows: number;
}

/** Turns plain rows of text into columns, both in one block. */
export interface RowParser {
  /** Where the text is put. */
  readonly text: Uint8Array;
  /** How many lines of the text end from `from` up to `end`. */
  countLines(from: number, end: number): number;
  /**
   * Parses whole rows `2025-05-28 14:00:00+00:00,1.5,2,1,1.75,300` of the text from `from` up to `end`, which is behind
   * a newline, and stops before the first row that is not of this form: the caller decides about that one. Also plain:
   * no zone (taken as UTC), CRLF. `before` is the time of the row above the first one; what is later than `latest` is not
   * plain.
   *
   * Time, open, high, low, close and volume go to six columns, the first from byte `to` of the block on, each `stride`
   * bytes behind the one before, `most` rows at most.
   */
  readonly parse: Parse<ParsedRows>;
}

type Parse<Answer> = (
  from: number,
  end: number,
  before: number,
  latest: number,
  to: number,
  stride: number,
  most: number,
) => Answer;

/** What the folder assembly exports. */
interface RowCode {
  readonly at: WebAssembly.Global<'i32'>;
  readonly lastTime: WebAssembly.Global<'f64'>;
  readonly outOfOrder: WebAssembly.Global<'i32'>;
  readonly crlfRows: WebAssembly.Global<'i32'>;
  readonly zonelessRows: WebAssembly.Global<'i32'>;
  countLines(from: number, end: number): number;
  readonly parse: Parse<number>;
}

let module: WebAssembly.Module | undefined;

export function rowModule(): WebAssembly.Module {
  module ??= new WebAssembly.Module(Buffer.from(rowCode, 'base64'));
  return module;
}

/** Of one window of a block, for one thread. */
export function parserOver(block: Block, window = 0): RowParser {
  return makeRowParser(rowModule(), block.memory, block.windows[window] as TextWindow);
}

/**
 * It must not use anything outside itself: its text is handed to worker threads, which know no modules of ours whether
 * the program runs from source, from a bundle or from an archive.
 */
export function makeRowParser(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  window: TextWindow,
): RowParser {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const code = instance.exports as unknown as RowCode;
  return {
    text: new Uint8Array(memory.buffer, window.at, window.bytes),
    countLines: (from, end) => code.countLines(window.at + from, window.at + end),
    parse(from, end, before, latest, to, stride, most) {
      const start = window.at + from;
      const rows = code.parse(start, window.at + end, before, latest, to, stride, most);
      return {
        rows,
        at: code.at.value - window.at,
        lastTime: code.lastTime.value,
        outOfOrder: code.outOfOrder.value,
        crlfRows: code.crlfRows.value,
        zonelessRows: code.zonelessRows.value,
      };
    },
  };
}
