import { type BarColumns, columnNames, columnsOver } from '../../kit/bar-columns.ts';
import { makeBlock, mostRowsOfWindow } from './block.ts';
import { type ParsedRows, parserOver, type RowParser } from './row-parser.ts';

/** Parses a piece of text at a time, whose rows stay until the next. */
export class PieceParser {
  readonly #parser: RowParser;
  readonly #columns: BarColumns;
  readonly #at: number;
  #rows = 0;

  constructor() {
    const block = makeBlock(1, mostRowsOfWindow);
    this.#parser = parserOver(block);
    this.#at = block.columnsAt;
    this.#columns = columnsOver(block.memory.buffer, this.#at, mostRowsOfWindow, 0);
  }

  /** Where the text is put. */
  get text(): Uint8Array {
    return this.#parser.text;
  }

  /** The first `length` bytes of the text, which are whole rows. */
  parse(length: number, before: number, latest: number): ParsedRows {
    const stride = mostRowsOfWindow * Float64Array.BYTES_PER_ELEMENT;
    const most = mostRowsOfWindow;
    const parsed = this.#parser.parse(0, length, before, latest, this.#at, stride, most);
    this.#rows = parsed.rows;
    return parsed;
  }

  /** The times of the rows, good until the next piece. */
  times(): Float64Array {
    return this.#columns.t.subarray(0, this.#rows);
  }

  /** Copies the rows to row `row` of `columns` and following. */
  copyTo(columns: BarColumns, row: number): void {
    for (const name of columnNames) {
      columns[name].set(this.#columns[name].subarray(0, this.#rows), row);
    }
  }
}

let parser: PieceParser | undefined;

/** The one of this thread. */
export function pieceParser(): PieceParser {
  parser ??= new PieceParser();
  return parser;
}
