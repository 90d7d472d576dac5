import fs from 'node:fs';

/**
 * The files from one on that share a block, at least one and no more than `most` bytes of them, and how many
 * rows they may all have, judged by the sizes of all and the length of rows in a few.
 */
export function oneBlock<File extends { readonly path: string }>(
  files: readonly File[],
  from: number,
  most: number,
): { readonly files: readonly File[]; readonly rows: number } {
  let to = from;
  let text = 0;
  for (; to < files.length; to++) {
    const size = sizeOf((files[to] as File).path);
    if (to > from && text + size > most) break;
    text += size;
  }
  const some = files.slice(from, to);
  const rows = Math.ceil((text / shortestRow(some.map(({ path }) => path))) * 1.06);
  return { files: some, rows: rows + 8 * some.length };
}

/** How many rows there may be in these files. */
export function roughlyRows(paths: readonly string[]): number {
  if (paths.length === 0) return 0;
  return Math.ceil(paths.reduce((sum, path) => sum + sizeOf(path), 0) / shortestRow(paths));
}

/** The average row of a few of the files, where it is shortest. */
function shortestRow(paths: readonly string[]): number {
  const every = Math.ceil(paths.length / 8);
  return Math.min(...paths.filter((_, nth) => nth % every === 0).map(rowLength));
}

function sizeOf(path: string): number {
  try {
    const stat = fs.statSync(path);
    return stat.isFile() ? stat.size : 0;
  } catch {
    return 0;
  }
}

const usualRowLength = 60;

/** Of the first rows. What cannot be read is declined later, with its reason. */
function rowLength(path: string): number {
  const head = Buffer.alloc(4096);
  try {
    if (!fs.statSync(path).isFile()) return usualRowLength;
    const fd = fs.openSync(path, 'r');
    try {
      const text = head.toString('latin1', 0, fs.readSync(fd, head, 0, head.length, 0));
      const rows = text.split('\n').slice(1, -1);
      const bytes = rows.reduce((sum, row) => sum + row.length + 1, 0);
      return rows.length === 0 ? usualRowLength : Math.min(usualRowLength, bytes / rows.length);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return usualRowLength;
  }
}
