import fs from 'node:fs';
import { join } from 'node:path';
import { type Timeframe, timeframes } from '../../../shared/bar.ts';
import { type BarColumns, firstAtOrAfter, viewOf } from '../../kit/bar-columns.ts';
import { type Series, seriesOfFile } from '../store/file-name.ts';
import { loadFile } from '../store/loader.ts';
import { timeRules } from '../store/time-rules.ts';

/** What to export; what is left out means all. */
export interface Selection {
  readonly symbols?: readonly string[] | undefined;
  readonly timeframes?: readonly Timeframe[] | undefined;
  /** Epoch milliseconds, both ends included. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface SelectedFile extends Series {
  readonly name: string;
}

export interface Part {
  readonly series: Series;
  readonly columns: BarColumns;
}

/** The columns of every format, in order. */
export const exportColumns = [
  'symbol',
  'timeframe',
  'timestamp',
  'open',
  'high',
  'low',
  'close',
  'volume',
] as const;

/** A part this long still fits well into memory in every format. */
const rowsAtOnce = 65_536;

/** The bars of these files, oldest first, in parts of bounded length. */
export function* partsOf(
  dir: string,
  files: readonly SelectedFile[],
  selection: Selection,
  skipped: (series: Series, reason: string) => void,
): Generator<Part> {
  const now = Date.now();
  for (const series of files) {
    const rules = timeRules(series.timeframe, now);
    const loaded = loadFile({ path: join(dir, series.name), rules });
    if (!loaded.ok) {
      skipped(series, loaded.reason);
      continue;
    }
    const { columns } = loaded;
    const from = firstAtOrAfter(columns.t, columns.length, selection.from ?? -Infinity);
    const to = firstAtOrAfter(columns.t, columns.length, (selection.to ?? Infinity) + 1);
    for (let at = from; at < to; at += rowsAtOnce) {
      yield {
        series: { symbol: series.symbol, timeframe: series.timeframe },
        columns: viewOf(columns, at, Math.min(to, at + rowsAtOnce)),
      };
    }
  }
}

/** The files selected, by symbol and timeframe. */
export function filesIn(dir: string, selection: Selection): readonly SelectedFile[] {
  const symbols = selection.symbols && new Set(selection.symbols);
  const wanted = new Set<string>(selection.timeframes ?? timeframes);
  return fs
    .readdirSync(dir)
    .flatMap((name) => {
      const series = seriesOfFile(name);
      return 'ignored' in series ? [] : [{ ...series, name }];
    })
    .filter(({ symbol, timeframe }) => (symbols?.has(symbol) ?? true) && wanted.has(timeframe))
    .sort((a, b) =>
      a.symbol === b.symbol
        ? timeframes.indexOf(a.timeframe) - timeframes.indexOf(b.timeframe)
        : a.symbol < b.symbol
          ? -1
          : 1,
    );
}
