import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { barsOf, columnsOf } from '../../kit/bar-columns.ts';
import { formatFile, formatTime } from '../store/format.ts';
import { parseFile } from '../store/parse-file.ts';
import { workBar, workBars } from '../testing/store-work.ts';
import { type ExportFormat, exportBars } from './export.ts';
import { exportColumns } from './selection.ts';

let dir: string;
const out = () => join(dir, 'out');

beforeEach(() => {
  dir = fs.mkdtempSync(join(os.tmpdir(), 'export-'));
  put('AAPL_1m.csv', 0, 40);
  put('AAPL_1d.csv', 0, 3);
  put('BRK.B_1m.csv', 10, 20);
  fs.writeFileSync(join(dir, 'MSFT_1m.csv'), 'what is this\n');
});

afterEach(() => fs.rmSync(dir, { recursive: true }));

function put(name: string, from: number, to: number): void {
  const bars = workBars(from, to);
  // One a day in a daily file.
  const dated = bars.map((bar, nth) => ({ ...bar, t: Date.UTC(2026, 0, 5 + nth) }));
  const those = name.endsWith('_1d.csv') ? dated : bars;
  fs.writeFileSync(join(dir, name), formatFile(columnsOf(those)));
}

async function export_(format: ExportFormat, more: object = {}) {
  const result = await exportBars({ dir, format, out: out(), ...more });
  return { result, bytes: fs.readFileSync(out()) };
}

describe('exporting', () => {
  it('writes any selection to CSV, by symbol and timeframe', async () => {
    const { result, bytes } = await export_('csv');
    const lines = bytes.toString().trimEnd().split('\n');
    expect(lines[0]).toBe(exportColumns.join(','));
    expect(lines[1]).toBe('AAPL,1m,2026-01-05 14:30:00+00:00,100,101,99,100,1000');
    expect(lines.slice(1).map((line) => line.split(',').slice(0, 2).join(' '))).toEqual([
      ...Array(40).fill('AAPL 1m'),
      ...Array(3).fill('AAPL 1d'),
      ...Array(10).fill('BRK.B 1m'),
    ]);
    expect(result).toMatchObject({ rows: 53, series: 3, bytes: bytes.length });
    expect(result.skipped.map(({ series, reason }) => [series.symbol, reason])).toEqual([
      ['MSFT', 'its header lacks timestamp, open, high, low, close, volume'],
    ]);
  });

  it('takes symbols, timeframes and a range of time, both ends included', async () => {
    const { result, bytes } = await export_('csv', {
      symbols: ['AAPL'],
      timeframes: ['1m'],
      from: workBar(5).t,
      to: workBar(7).t,
    });
    expect(result.rows).toBe(3);
    const body = bytes.toString().replaceAll('AAPL,1m,', '').replace('symbol,timeframe,', '');
    const parsed = parseFile(Buffer.from(body));
    expect(parsed.ok && barsOf(parsed.columns)).toEqual(workBars(5, 8));
  });

  it.each(['arrow', 'parquet'] as const)('writes %s between its marks', async (format) => {
    const { result, bytes } = await export_(format);
    const mark = format === 'arrow' ? 'ARROW1' : 'PAR1';
    expect(bytes.subarray(0, mark.length).toString('latin1')).toBe(mark);
    expect(bytes.subarray(-mark.length).toString('latin1')).toBe(mark);
    expect(bytes.length).toBe(result.bytes);
    // The prices stand in it plainly, one column after the other.
    const closes = Buffer.from(Float64Array.from(workBars(0, 40), ({ close }) => close).buffer);
    expect(bytes.includes(closes)).toBe(true);
  });

  it('leaves nothing behind when the place cannot be written to', async () => {
    fs.mkdirSync(out());
    await expect(exportBars({ dir, format: 'csv', out: out() })).rejects.toThrow();
    expect(fs.readdirSync(dir).filter((name) => name.endsWith('.new'))).toEqual([]);
  });
});

interface Row {
  readonly symbol: string;
  readonly timeframe: string;
  readonly timestamp: number | bigint | Date;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

function linesOf(rows: Iterable<Row>): string[] {
  return Array.from(rows, (row) =>
    [
      row.symbol,
      row.timeframe,
      formatTime(Number(row.timestamp)),
      row.open,
      row.high,
      row.low,
      row.close,
      row.volume,
    ].join(),
  );
}

/** Readers nobody here wrote; absent where they are not installed. */
async function foreign<T>(name: string): Promise<T | undefined> {
  try {
    return (await import(/* @vite-ignore */ name)) as T;
  } catch {
    return undefined;
  }
}

const arrow = await foreign<{ tableFromIPC(bytes: Uint8Array): Iterable<Row> }>('apache-arrow');
const parquet = await foreign<{
  parquetReadObjects(options: { file: ArrayBuffer }): Promise<Row[]>;
}>('hyparquet');

describe('other programs', () => {
  const expected = async () =>
    (await export_('csv')).bytes.toString().trimEnd().split('\n').slice(1);

  it.skipIf(!arrow)('read the Arrow file as it was meant', async () => {
    const lines = await expected();
    const { bytes } = await export_('arrow');
    expect(linesOf(arrow?.tableFromIPC(bytes) ?? [])).toEqual(lines);
  });

  it.skipIf(!parquet)('read the Parquet file as it was meant', async () => {
    const lines = await expected();
    const { bytes } = await export_('parquet');
    const file = Uint8Array.from(bytes).buffer;
    expect(linesOf((await parquet?.parquetReadObjects({ file })) ?? [])).toEqual(lines);
  });
});
