import type { Bar } from '../../../shared/bar.ts';
import { type BarColumns, barAt } from '../../kit/bar-columns.ts';

export const header = 'timestamp,open,high,low,close,volume';
export const headerLine = `${header}\n`;

/** `2025-05-28 14:00:00+00:00`, as the other programs that share the folder write it. */
export function formatTime(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}+00:00`;
}

export function formatBar(bar: Bar): string {
  return `${formatTime(bar.t)},${bar.open},${bar.high},${bar.low},${bar.close},${bar.volume}\n`;
}

export function formatBars(bars: readonly Bar[]): string {
  return bars.map(formatBar).join('');
}

export function formatFile(columns: BarColumns): string {
  return headerLine + formatRows(columns, 0, columns.length);
}

/** The rows [from, to). */
export function formatRows(columns: BarColumns, from: number, to: number): string {
  const parts: string[] = [];
  for (let row = from; row < to; row++) parts.push(formatBar(barAt(columns, row)));
  return parts.join('');
}
