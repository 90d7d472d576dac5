import os from 'node:os';
import path from 'node:path';
import { isTimeframe, type Timeframe, timeframes } from '../../shared/bar.ts';
import { defaultDataDir } from '../config/data-dir.ts';
import { Exit, exitCode } from '../config/exit.ts';
import { exportBars, exportFormats } from '../history/export/export.ts';
import { listOf, oneOf, readWords, refusedWord } from './words.ts';

const help = `gatehouse export --out FILE [--format csv|arrow|parquet] [selection]

  --out FILE           where to write; - is standard output
  --format FORMAT      csv, arrow or parquet (the file's ending decides without it)
  --symbols LIST       these tickers only
  --timeframes LIST    these of ${timeframes.join(' ')} only
  --from TIME          from this time on, as 2026-01-31 or 2026-01-31T14:30:00Z
  --to TIME            up to this time
  --data-dir DIR       the data folder, when it is not the usual one

It ends with 1 when a ticker of the list has no file; without any file nothing is written.
`;

export async function exportCommand(args: readonly string[]): Promise<number> {
  const given = readWords(args, {
    out: { type: 'string' },
    format: { type: 'string' },
    symbols: { type: 'string' },
    timeframes: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    'data-dir': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (given.help || given.out === undefined) {
    process.stdout.write(help);
    return given.help ? exitCode.ok : exitCode.usage;
  }
  const dataDir =
    given['data-dir'] ??
    process.env['GATEHOUSE_DATA_DIR'] ??
    defaultDataDir(
      { cwd: process.cwd(), env: process.env, home: os.homedir(), platform: process.platform },
      false,
    );
  const ofTimeframes = given.timeframes === undefined ? '' : ` of ${given.timeframes}`;
  const format = given.format ?? path.extname(given.out).slice(1);
  try {
    const result = await exportBars({
      dir: path.join(dataDir, 'bars'),
      out: given.out,
      format: oneOf('format', format === '' ? 'csv' : format, exportFormats),
      symbols: listOf(given.symbols),
      timeframes: listOf(given.timeframes)?.map(timeframe),
      from: time('from', given.from),
      to: time('to', given.to),
    });
    // Who has closed the reading end may have closed that of the messages, too.
    if (result.end === 'unread') return exitCode.ok;
    for (const { series, reason } of result.skipped) {
      process.stderr.write(`skipped ${series.symbol}_${series.timeframe}: ${reason}\n`);
    }
    for (const symbol of result.missing) {
      process.stderr.write(`${symbol} has no file${ofTimeframes}\n`);
    }
    if (result.end === 'nothing') {
      throw new Exit(exitCode.failed, 'Nothing was exported: no bar file was selected.');
    }
    process.stderr.write(
      `${result.rows} bars of ${result.series} series, ${result.bytes} bytes, to ${given.out}\n`,
    );
    return result.missing.length > 0 ? exitCode.failed : exitCode.ok;
  } catch (error) {
    if (error instanceof Exit) throw error;
    throw new Exit(exitCode.config, `Nothing was exported: ${(error as Error).message}.`);
  }
}

function timeframe(word: string): Timeframe {
  if (isTimeframe(word)) return word;
  throw refusedWord('timeframes', word, `of ${timeframes.join(', ')}`);
}

function time(name: string, raw: string | undefined): number | undefined {
  if (raw === undefined) return undefined;
  const ms = Date.parse(raw);
  if (!Number.isNaN(ms)) return ms;
  throw refusedWord(name, raw, 'a time, as in 2026-01-31 or 2026-01-31T14:30:00Z');
}
