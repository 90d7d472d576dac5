import type { Bar } from '../../shared/bar.ts';
import { type BarColumns, withBars } from '../kit/bar-columns.ts';
import type { Desk } from './desk.ts';
import type { Series } from './store/file-name.ts';

/** Lays bars, oldest first, over those in shared memory. With `until` the last is being made of ticks until then. */
export function showBars(
  desk: Desk,
  series: Series,
  bars: readonly Bar[],
  until: number | null = null,
): void {
  attempt(desk, series, () => {
    desk.ports.snapshot.writeBars(series.symbol, series.timeframe, bars, until);
  });
}

/** Does so with the bars of a whole file. */
export function showRows(desk: Desk, series: Series, rows: BarColumns): void {
  attempt(desk, series, () => {
    desk.ports.snapshot.writeRows(series.symbol, series.timeframe, rows);
  });
}

/** Makes shared memory hold what the file holds, no more and no less, and the day's bars made of ticks. */
export function showFile(desk: Desk, series: Series, rows: BarColumns): void {
  const { symbol, timeframe } = series;
  const last = rows.t[rows.length - 1];
  settle(desk, series, last);
  const live = desk.live.bars(symbol, timeframe, last ?? Number.NEGATIVE_INFINITY);
  if (rows.length + live.length === 0) return;
  attempt(desk, series, () => {
    const all = live.length > 0 ? withBars(rows, live) : rows;
    const until = live.length > 0 ? desk.live.minutesClose(symbol) : null;
    desk.ports.snapshot.replaceRows(symbol, timeframe, all, until);
  });
}

/** What the broker has told, up to the bar that starts at `last`, takes the place of what was made of ticks. */
export function settle(desk: Desk, series: Series, last: number | undefined): void {
  if (last !== undefined) desk.live.settle(series.symbol, series.timeframe, last);
}

function attempt(desk: Desk, series: Series, write: () => void): void {
  try {
    write();
  } catch (error) {
    desk.error(series, `the bars could not be put into shared memory: ${String(error)}`);
  }
}
