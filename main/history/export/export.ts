import fs from 'node:fs';
import type { Writable } from 'node:stream';
import type { Series } from '../store/file-name.ts';
import { arrowFile } from './arrow.ts';
import { csvFile } from './csv.ts';
import { parquetFile } from './parquet.ts';
import { filesIn, type Part, partsOf, type Selection } from './selection.ts';

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
  /** Symbols asked for by name of which no file is there. */
  readonly missing: readonly string[];
  /** `nothing` when no file was selected; `unread` when the reader left before the end. */
  readonly end: 'whole' | 'nothing' | 'unread';
}

const makers = { csv: csvFile, arrow: arrowFile, parquet: parquetFile } as const;

/** Writes a selection of the bar files. A file appears under its name only when it is whole. */
export async function exportBars(options: ExportOptions): Promise<ExportResult> {
  const files = filesIn(options.dir, options);
  const there = new Set(files.map(({ symbol }) => symbol));
  const missing = [...new Set(options.symbols)].filter((symbol) => !there.has(symbol));
  if (files.length === 0) {
    return { rows: 0, bytes: 0, series: 0, skipped: [], missing, end: 'nothing' };
  }
  const skipped: { series: Series; reason: string }[] = [];
  const seen = new Set<string>();
  let rows = 0;
  function* counted(): Generator<Part> {
    const parts = partsOf(options.dir, files, options, (series, reason) =>
      skipped.push({ series, reason }),
    );
    for (const part of parts) {
      rows += part.columns.length;
      seen.add(`${part.series.symbol}_${part.series.timeframe}`);
      yield part;
    }
  }
  const chunks = makers[options.format](counted());
  const { bytes, end } =
    options.out === '-'
      ? await writeTo(chunks, process.stdout)
      : { bytes: await writeFile(chunks, options.out), end: 'whole' as const };
  return { rows, bytes, series: seen.size, skipped, missing, end };
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

/** A reader that has seen enough, as `head` has, ends it without being a fault. */
async function writeTo(
  chunks: Iterable<Uint8Array>,
  stream: Writable,
): Promise<{ readonly bytes: number; readonly end: 'whole' | 'unread' }> {
  // The stream also tells of what the callback of `write` is told, and unheard that would end the process.
  const heard = () => {};
  stream.on('error', heard);
  try {
    const bytes = await writeAll(
      chunks,
      (chunk) =>
        new Promise((done, fail) => {
          stream.write(chunk, (error) => (error ? fail(error) : done()));
        }),
    );
    stream.off('error', heard);
    return { bytes, end: 'whole' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    return { bytes: 0, end: 'unread' };
  }
}
