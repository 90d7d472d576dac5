import { barAt } from '../../kit/bar-columns.ts';
import { formatBar } from '../store/format.ts';
import { exportColumns, type Part } from './selection.ts';

export function* csvFile(parts: Iterable<Part>): Generator<Uint8Array> {
  yield Buffer.from(`${exportColumns.join(',')}\n`);
  for (const { series, columns } of parts) {
    const prefix = `${quoted(series.symbol)},${series.timeframe},`;
    const rows: string[] = [];
    for (let row = 0; row < columns.length; row++)
      rows.push(prefix + formatBar(barAt(columns, row)));
    yield Buffer.from(rows.join(''));
  }
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
