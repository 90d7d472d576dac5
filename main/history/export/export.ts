import fs from 'node:fs';
import type { Series } from '../store/file-name.ts';
import { arrowFile } from './arrow.ts';
import { csvFile } from './csv.ts';
import { parquetFile } from './parquet.ts';
import { type Part, partsOf, type Selection } from './selection.ts';

export const exportFormats = ['csv', 'arrow', 'parquet'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportOptions extends Selection {
  /** The folder of the bar files. */
  readonly dir: string;
  readonly format: ExportFormat;
  /** A file, or `-` for the standard output. */
  readonly out: string;
}

export interface ExportResult {
  readonly rows: number;
  readonly bytes: number;
  readonly series: number;
  /** Files that could not be read, and why. */
  readonly skipped: readonly { readonly series: Series; readonly reason: string }[];
}

const makers = { csv: csvFile, arrow: arrowFile, parquet: parquetFile } as const;

/** Writes a selection of the bar files. A file appears under its name only when it is whole. */
export async function exportBars(options: ExportOptions): Promise<ExportResult> {
  const skipped: { series: Series; reason: string }[] = [];
  const seen = new Set<string>();
  let rows = 0;
  function* counted(): Generator<Part> {
    const parts = partsOf(options.dir, options, (series, reason) =>
      skipped.push({ series, reason }),
    );
    for (const part of parts) {
      rows += part.columns.length;
      seen.add(`${part.series.symbol}_${part.series.timeframe}`);
      yield part;
    }
  }
  const chunks = makers[options.format](counted());
  const bytes =
    options.out === '-'
      ? await writeAll(chunks, toStandardOutput)
      : await writeFile(chunks, options.out);
  return { rows, bytes, series: seen.size, skipped };
}

async function writeFile(chunks: Iterable<Uint8Array>, path: string): Promise<number> {
  const temporary = `${path}.${process.pid}.new`;
  const file = await fs.promises.open(temporary, 'wx');
  try {
    const bytes = await writeAll(chunks, async (chunk) => {
      await file.write(chunk);
    });
    await file.sync();
    await file.close();
    await fs.promises.rename(temporary, path);
    return bytes;
  } catch (error) {
    await file.close().catch(() => {});
    await fs.promises.rm(temporary, { force: true });
    throw error;
  }
}

async function writeAll(
  chunks: Iterable<Uint8Array>,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<number> {
  let bytes = 0;
  for (const chunk of chunks) {
    if (chunk.length === 0) continue;
    await write(chunk);
    bytes += chunk.length;
  }
  return bytes;
}

function toStandardOutput(chunk: Uint8Array): Promise<void> {
  return new Promise((done, fail) => {
    process.stdout.write(chunk, (error) => (error ? fail(error) : done()));
  });
}
