import type { Desk } from './desk.ts';
import { type Series, seriesKey } from './store/file-name.ts';
import type { LoadedFile } from './store/loader.ts';

/** The file of this series takes no bars: told to the person, and nothing is asked for it while it stays as it is. */
export function tellUnusable(desk: Desk, series: Series, message: string): void {
  desk.faults.add(series, desk.store.stat(series));
  desk.notice(
    noticeOf(series),
    'file',
    message,
    'Mend or remove the file; it is left as it is, and nothing is fetched for it.',
  );
}

/** Whether bars could not be written to this file, which is still the same. */
export function isUnusable(desk: Desk, series: Series): boolean {
  if (!desk.faults.has(series)) return false;
  if (desk.faults.stands(series, desk.store.stat(series))) return true;
  desk.faults.forget(series);
  desk.dropNotice(noticeOf(series));
  return false;
}

/** The file was read and is in order: what was said of it does not hold any more. */
export function tellMended(desk: Desk, series: Series): void {
  if (!isUnusable(desk, series)) desk.dropNotice(noticeOf(series));
}

/** Why no bar can be written to a file that was just read, if so. One that is not there, or empty, can be begun. */
export function faultOf(desk: Desk, series: Series, read: LoadedFile): string | undefined {
  const stat = read.ok ? undefined : desk.store.stat(series);
  if (read.ok || !stat || stat.size === 0) return undefined;
  return `${seriesKey(series)}.csv: ${read.reason}`;
}

function noticeOf({ symbol, timeframe }: Series): string {
  return `file ${symbol} ${timeframe}`;
}
