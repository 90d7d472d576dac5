import { type BarColumns, firstAtOrAfter } from '../../kit/bar-columns.ts';
import { formatRows } from './format.ts';
import { parseTime } from './parse-line.ts';

const stampLength = '2025-05-28 14:00:00+00:00'.length;

/**
 * The text of a plain, sorted file in which the rows from one time to another are those of the columns. All other bytes
 * stay as they are, so that a long file costs no more than what changes in it.
 */
export function splice(
  bytes: Buffer,
  columns: BarColumns,
  span: { readonly from: number; readonly to: number },
): readonly Buffer[] {
  const { t, length } = columns;
  const rows = formatRows(
    columns,
    firstAtOrAfter(t, length, span.from),
    firstAtOrAfter(t, length, span.to + 1),
  );
  return [
    bytes.subarray(0, rowAtOrAfter(bytes, span.from)),
    Buffer.from(rows, 'latin1'),
    bytes.subarray(rowAtOrAfter(bytes, span.to + 1)),
  ];
}

/** Where the first row begins that is not before a time; the end of the file where there is none. */
function rowAtOrAfter(bytes: Buffer, time: number): number {
  let low = bytes.indexOf(10) + 1;
  let high = bytes.length;
  while (low < high) {
    const row = bytes.lastIndexOf(10, ((low + high) >> 1) - 1) + 1;
    const start = parseTime(bytes.toString('latin1', row, row + stampLength));
    if (start === undefined) throw new Error(`no row begins at byte ${row} of a plain file`);
    if (start < time) low = bytes.indexOf(10, row) + 1;
    else high = row;
  }
  return low;
}
