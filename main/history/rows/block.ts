import { bytesPerRow } from '../../kit/bar-columns.ts';

/**
 * Memory in which rows of text become columns: a page that the compiled code keeps for itself, a window of text for each
 * thread, and the columns of as many files as there is room for.
 */
export interface Block {
  readonly memory: WebAssembly.Memory;
  readonly windows: readonly TextWindow[];
  /** Where columns begin, of how many rows altogether. */
  readonly columnsAt: number;
  readonly rows: number;
}

export interface TextWindow {
  readonly at: number;
  readonly bytes: number;
}

/** A piece of this size stays in the cache of a processor while it is read and parsed. */
const windowBytes = 128 << 10;
/** The parser looks a little beyond the rows it is given. */
const windowRoom = windowBytes + 64;
const pageBytes = 64 << 10;
const mostPages = 65536;
/** `2025-05-28 14:00:00,1,1,1,1,1` and a newline. */
const shortestRow = 30;

/** No window holds more rows. */
export const mostRowsOfWindow = Math.ceil(windowBytes / shortestRow);

/** As many rows at most as asked for: a block has an end, at 4 GiB. */
export function makeBlock(threads: number, rows: number): Block {
  const columnsAt = pageBytes + threads * windowRoom;
  const pages = Math.min(mostPages, Math.ceil((columnsAt + rows * bytesPerRow) / pageBytes));
  return {
    memory: new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }),
    windows: Array.from({ length: threads }, (_, nth) => ({
      at: pageBytes + nth * windowRoom,
      bytes: windowBytes,
    })),
    columnsAt,
    rows: Math.floor((pages * pageBytes - columnsAt) / bytesPerRow),
  };
}
