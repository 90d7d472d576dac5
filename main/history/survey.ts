import { barSeconds } from '../../shared/bar.ts';
import type { ScanSummary, SeriesCoverage } from '../../shared/history.ts';
import type { ExchangeCalendar } from '../calendar/exchange-calendar.ts';
import { isBegun, planBeginnings } from './begin.ts';
import type { Desk } from './desk.ts';
import type { PlannedRequest } from './plan/planner.ts';
import type { QueuedRequest } from './plan/queue.ts';
import { planHoles } from './plan-holes.ts';
import { type Gaps, gapsOf } from './scan/gaps.ts';
import { findHoles, type Hole, uncovered } from './scan/holes.ts';
import type { FileScan } from './scan/scanner.ts';
import type { ListedFile } from './store/bar-store.ts';
import { type Series, seriesKey } from './store/file-name.ts';
import { type FileIdentity, sameState } from './store/file-stat.ts';
import { quietMs } from './store/stability.ts';
import { isUnusable, tellMended } from './unusable.ts';

const dayMs = 86_400_000;

export interface Surveyed {
  readonly summary: ScanSummary;
  readonly planned: readonly PlannedRequest[];
  /** Files somebody is writing to, to be looked at again soon. */
  readonly unstable: number;
  /** Files that are new or other than they were shown. */
  readonly changed: readonly Series[];
}

/** For so long files are looked at before others get a turn. */
const turnMs = 5;

/**
 * Looks at every file and plans requests for what is missing or to be begun, and not waited for already. `shown` is a file as
 * it went into shared memory.
 */
export async function survey(
  desk: Desk,
  shown: (file: ListedFile) => FileIdentity | undefined,
): Promise<Surveyed> {
  const began = performance.now();
  const { files, ignored } = desk.store.list();
  dropDeleted(desk, files);
  const planned = planBeginnings(desk, files);
  const seen = new Set<string>();
  let read = 0;
  let unstable = 0;
  const changed: Series[] = [];
  let turn = began;
  for (const file of files) {
    if (performance.now() - turn > turnMs) {
      await new Promise<void>((go) => setImmediate(go));
      turn = performance.now();
    }
    seen.add(seriesKey(file));
    const former = shown(file);
    const { scan, requests } = surveyFile(desk, file);
    if (scan.state === 'scanned' && !(former && sameState(former, scan.entry))) changed.push(file);
    if (scan.state === 'scanned' && scan.how !== 'index') read++;
    if (scan.state === 'unstable') unstable++;
    planned.push(...requests);
  }
  for (const key of desk.coverage.keys()) if (!seen.has(key)) desk.coverage.delete(key);
  desk.index.keepOnly(new Set(files.map(({ path }) => path.slice(desk.options.dir.length + 1))));
  totals(desk);
  const old = [...desk.coverage.values()].filter(({ oldHoles }) => oldHoles > 0);
  if (old.length > 0) {
    desk.notice(
      'old-gaps',
      'old-gaps',
      `${old.length} files have holes that ended more than ${desk.options.maxAgeDays ?? 30} days ago`,
      'They are left alone until you ask for them with "fetch".',
    );
  } else desk.dropNotice('old-gaps');
  const summary: ScanSummary = {
    at: desk.now(),
    tookMs: Math.round(performance.now() - began),
    files: files.length,
    read,
    ignored,
  };
  return { summary, planned, unstable, changed };
}

/** Looks at one file, keeps what the window shows of it, and plans what is missing. */
export function surveyFile(
  desk: Desk,
  file: ListedFile,
): { readonly scan: FileScan; readonly requests: readonly PlannedRequest[] } {
  const hours = desk.hoursOf(file.timeframe);
  const calendar = desk.calendars.calendarOf(file.symbol);
  const scan = desk.scanner.scan(file, calendar, hours, desk.now());
  const gaps = scan.state === 'scanned' && calendar ? gapsNow(desk, file, scan, calendar) : noGaps;
  desk.coverage.set(seriesKey(file), coverageOf(file, scan, calendar, gaps));
  if (scan.state === 'scanned') tellMended(desk, file);
  if (!calendar) {
    desk.notice(
      `no-calendar ${file.symbol}`,
      'no-calendar',
      `No trading hours are known for ${file.symbol}, so its gaps cannot be judged and are not filled`,
      'Connect once so that the broker can tell them, or name a calendar in the calendars file.',
    );
    return { scan, requests: [] };
  }
  desk.dropNotice(`no-calendar ${file.symbol}`);
  warnOfEnd(desk, calendar);
  return { scan, requests: planFor(desk, file, gaps.fillable, calendar) };
}

const noGaps: Gaps = { fillable: [], old: [] };

function gapsNow(
  desk: Desk,
  file: Series,
  scan: FileScan & { state: 'scanned' },
  calendar: ExchangeCalendar,
): Gaps {
  return gapsOf(
    {
      series: file,
      calendar,
      hours: desk.hoursOf(file.timeframe),
      holes: scan.entry.holes,
      last: scan.entry.last,
      now: desk.now(),
      maxAgeMs: (desk.options.maxAgeDays ?? 30) * dayMs,
      settleMs: desk.tempo.settleMs,
    },
    desk.expected,
    desk.empty,
  );
}

/** Requests for these holes, without what the queue waits for already. */
export function planFor(
  desk: Desk,
  series: Series,
  holes: readonly Hole[],
  calendar: ExchangeCalendar,
  cap?: number,
): PlannedRequest[] {
  if (isUnusable(desk, series)) return [];
  const open = withoutWaiting(desk, series, holes, calendar);
  return planHoles(desk, series, desk.hoursOf(series.timeframe), open, cap);
}

/** A file that a person deleted is not to come back through what was still waiting for it. */
function dropDeleted(desk: Desk, files: readonly Series[]): void {
  const there = new Set(files.map(seriesKey));
  desk.queue.removeWhere(
    (item) => item.wanted === 'filler' && !there.has(seriesKey(item)) && !isBegun(desk, item),
  );
}

/** Not when its file is gone, nor when the download or another program has brought the bars meanwhile. */
export function stillWanted(desk: Desk, request: QueuedRequest): boolean {
  if (request.wanted === 'filler' && !desk.store.stat(request) && !isBegun(desk, request))
    return false;
  return stillMissing(desk, request);
}

export function stillMissing(desk: Desk, request: PlannedRequest): boolean {
  const calendar = desk.calendars.calendarOf(request.symbol);
  const stored = desk.store.read(request);
  if (!calendar || !stored.ok) return true;
  const { timeframe, hours, from, to } = request;
  const wanted = desk.expected.within(calendar, timeframe, hours, from, to + 1);
  const { t, length } = stored.columns;
  return findHoles(t, length, wanted, barSeconds(timeframe) * 1000).holes.length > 0;
}

function withoutWaiting(
  desk: Desk,
  series: Series,
  holes: readonly Hole[],
  calendar: ExchangeCalendar,
): readonly Hole[] {
  const waiting = desk.queue.waiting(series).toSorted((a, b) => a.from - b.from);
  if (waiting.length === 0) return holes;
  const hours = desk.hoursOf(series.timeframe);
  return holes.flatMap((hole) => {
    const left = uncovered(hole, waiting);
    if (left.length === 1 && left[0]?.from === hole.from && left[0].to === hole.to) return [hole];
    return left.flatMap(({ from, to }) => {
      const bars = desk.expected.within(calendar, series.timeframe, hours, from, to + 1);
      const [first] = bars;
      return first === undefined
        ? []
        : [{ from: first, to: bars[bars.length - 1] as number, count: bars.length }];
    });
  });
}

function coverageOf(
  file: Series,
  scan: FileScan,
  calendar: ExchangeCalendar | undefined,
  gaps: Gaps,
): SeriesCoverage {
  const entry = scan.state === 'unusable' ? undefined : scan.entry;
  const count = (holes: readonly Hole[]) => holes.reduce((sum, hole) => sum + hole.count, 0);
  const state = (): SeriesCoverage['state'] => {
    if (scan.state !== 'scanned') return scan.state;
    if (!calendar) return 'no-calendar';
    if (gaps.fillable.length > 0) return 'gaps';
    return gaps.old.length > 0 ? 'old-gaps' : 'whole';
  };
  return {
    symbol: file.symbol,
    timeframe: file.timeframe,
    state: state(),
    first: entry?.first ?? null,
    last: entry?.last ?? null,
    rows: entry?.rows ?? 0,
    missing: count(gaps.fillable) + count(gaps.old),
    holes: gaps.fillable.length,
    oldHoles: gaps.old.length,
    outside: entry?.outside ?? 0,
    calendar: calendar?.id ?? null,
    notes: scan.state === 'unusable' ? [scan.reason] : (entry?.notes ?? []),
  };
}

export function totals(desk: Desk): void {
  let rows = 0;
  let missing = 0;
  for (const one of desk.coverage.values()) {
    rows += one.rows;
    missing += one.missing;
  }
  Object.assign(desk.counts, { files: desk.coverage.size, rows, missing });
  desk.changed();
}

function warnOfEnd(desk: Desk, calendar: ExchangeCalendar): void {
  const today = new Date(desk.now()).toISOString().slice(0, 10);
  const id = `calendar-ends ${calendar.id}`;
  if (today <= calendar.validThrough || calendar.validThrough === '1970-01-01') {
    desk.dropNotice(id);
    return;
  }
  desk.notice(
    id,
    'calendar-ends',
    `The trading hours of ${calendar.id} were checked until ${calendar.validThrough} only and are carried on by rule`,
    'Update Gatehouse, or put holidays it does not know into the calendars file.',
  );
}

/** When a file that was being written to may be believed again. */
export const lookAgainMs = quietMs + 500;
