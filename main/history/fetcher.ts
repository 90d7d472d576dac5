import { basename } from 'node:path';
import { historicalErrorOf } from '../../shared/advice/index.ts';
import { type Bar, barSeconds } from '../../shared/bar.ts';
import { noBars } from '../kit/bar-columns.ts';
import type { Desk } from './desk.ts';
import { halvingRestMs } from './plan/caps.ts';
import { durationText } from './plan/duration.ts';
import type { PlannedRequest } from './plan/planner.ts';
import type { BarAnswer, Failed, SourceFailure } from './ports.ts';
import { confirmEmpty, notReached, planRest } from './reach.ts';
import { noteRestated, noteSuspect } from './restated.ts';
import { finishedBefore } from './scan/gaps.ts';
import { settle, showBars, showFile } from './show.ts';
import { restatement, suspectBefore } from './splits.ts';
import type { MergeResult } from './store/bar-store.ts';
import type { Series } from './store/file-name.ts';
import { surveyFile, totals } from './survey.ts';
import { tellUnusable } from './unusable.ts';

/** What became of one request, and so what to do with it. */
export type Outcome =
  | {
      readonly kind: 'filled';
      readonly bars: number;
      /** What the answer did not come to, to be asked for next. */
      readonly rest: readonly PlannedRequest[];
    }
  /** Asked and answered: there is nothing. */
  | { readonly kind: 'empty' }
  /** The same again after a while. */
  | { readonly kind: 'later'; readonly afterMs: number; readonly why: Meaning | 'file' }
  /** Too much at once: to be planned anew under the smaller cap, and asked for after a while. */
  | { readonly kind: 'smaller'; readonly afterMs: number }
  /** The past was restated: the whole series will be fetched, and until then nothing is written to it. */
  | { readonly kind: 'restated' }
  /** Nothing of the symbol will be answered. */
  | { readonly kind: 'hopeless'; readonly message: string }
  /** The file of this series cannot be written to; the symbol's others can. */
  | { readonly kind: 'unusable' };

export type Priority = 'person' | 'background';

/** Asks for one span, writes what came to the file, and hands it on. */
export async function fetchSpan(
  desk: Desk,
  request: PlannedRequest,
  priority: Priority,
  signal: AbortSignal,
  telling: 'at-once' | 'later' = 'at-once',
): Promise<Outcome> {
  const answer = await ask(desk, request, priority, signal);
  if (!answer.ok) return afterFailure(desk, request, answer);
  const stored = desk.store.read(request);
  const before = stored.ok ? stored.columns : noBars;
  const answered = finishedBars(desk, request, answer.bars);
  // Round-the-clock sessions bring more than was wanted; a file does not grow into the past by accident.
  const since = Math.min(before.t[0] ?? request.from, request.from);
  const bars = answered.filter(({ t }) => t >= since);
  desk.counts.barsFetched += bars.length;
  const restated = restatement(before, bars);
  if (restated) {
    noteRestated(desk, request, restated);
    return { kind: 'restated' };
  }
  if (bars.length > 0) {
    const suspect = suspectBefore(before, bars, request.from);
    if (suspect !== undefined) noteSuspect(desk, request, suspect);
    const merged = await patiently(desk, () => desk.store.merge(request, bars));
    if (!merged.ok) return afterRefusal(desk, request, merged);
    const sorted = [...bars].sort((a, b) => a.t - b.t);
    if (othersWrote(desk, request, merged)) {
      showFile(desk, request, merged.columns);
    } else {
      if (telling === 'at-once') showBars(desk, request, sorted);
      settle(desk, request, sorted.at(-1)?.t);
    }
  }
  confirmEmpty(desk, request, answered, before);
  resurvey(desk, request);
  if (bars.length === 0) return { kind: 'empty' };
  const rest = planRest(desk, request, notReached(desk, request, answered, before));
  return { kind: 'filled', bars: bars.length, rest };
}

interface Refused extends Failed {
  readonly meaning: Meaning;
  readonly askedAt: number;
}

export async function ask(
  desk: Desk,
  request: PlannedRequest,
  priority: Priority,
  signal: AbortSignal,
): Promise<Exclude<BarAnswer, Failed> | Refused> {
  desk.counts.requests++;
  const askedAt = desk.now();
  const answer = await answerOf(desk, request, priority, signal);
  if (answer.ok) {
    desk.hold.answered();
    return answer;
  }
  const meaning = meaningOf(answer, signal);
  if (meaning === 'pacing') desk.hold.violated(desk.now());
  else if (meaning === 'unreachable') desk.hold.unreachable(desk.now());
  else if (meaning === 'no-data') desk.hold.answered();
  return { ...answer, meaning, askedAt };
}

async function answerOf(
  desk: Desk,
  request: PlannedRequest,
  priority: Priority,
  signal: AbortSignal,
): Promise<BarAnswer> {
  try {
    return await desk.ports.source.request({
      symbol: request.symbol,
      timeframe: request.timeframe,
      end: request.end,
      duration: durationText(request.duration),
      useRth: request.hours === 'regular',
      priority,
      signal,
      deadlineMs: desk.tempo.requestMs,
    });
  } catch (error) {
    return { ok: false, reason: 'error', message: String(error) };
  }
}

/** A bar that is still being made would be written half and look whole. */
export function finishedBars(
  desk: Desk,
  request: PlannedRequest,
  bars: readonly Bar[],
): readonly Bar[] {
  const calendar = desk.calendars.calendarOf(request.symbol);
  const now = desk.now();
  const limit = calendar
    ? finishedBefore(calendar, request.timeframe, request.hours, now)
    : now - barSeconds(request.timeframe) * 1000 + 1;
  return bars
    .filter((bar) => bar.t < limit)
    .map((bar) => ({ ...bar, volume: Math.max(0, bar.volume) }));
}

/** What a failure says of the request, or of the service, which is out of reach for any request. */
type Meaning = SourceFailure | 'unreachable' | 'withdrawn';

/** The login is in use from another address: nothing is wrong with this symbol. */
const elsewhere: readonly (number | undefined)[] = [10187, 10197];

function meaningOf(failed: Failed, signal: AbortSignal): Meaning {
  if (failed.reason === 'cancelled' && signal.aborted) return 'withdrawn';
  if (elsewhere.includes(failed.code)) return 'unreachable';
  const other = failed.reason === 'error' && historicalErrorOf(failed.message) === 'unreachable';
  return other ? 'unreachable' : failed.reason;
}

const minuteMs = 60_000;

export function afterFailure(desk: Desk, request: PlannedRequest, failed: Refused): Outcome {
  const said = `${request.symbol} ${request.timeframe}: ${failed.message}`;
  switch (failed.meaning) {
    case 'no-data':
      confirmEmpty(desk, request, []);
      resurvey(desk, request);
      return { kind: 'empty' };
    case 'pacing':
      desk.error(request, said);
      return { kind: 'later', afterMs: minuteMs, why: 'pacing' };
    case 'unreachable':
      desk.error(request, said);
      return { kind: 'later', afterMs: minuteMs / 4, why: 'unreachable' };
    case 'withdrawn':
      return { kind: 'later', afterMs: 5000, why: 'withdrawn' };
    case 'cancelled':
      desk.error(request, said);
      return { kind: 'later', afterMs: minuteMs / 2, why: 'cancelled' };
    case 'not-connected':
      return { kind: 'later', afterMs: 0, why: 'not-connected' };
    case 'timeout':
    case 'error':
      desk.error(request, said);
      if (
        tooMuch(failed) &&
        desk.caps.halve(request.timeframe, request.hours, request.days, desk.now())
      ) {
        // A time-out has taken long enough; what is refused at once would be refused again.
        const waitedMs = desk.now() - failed.askedAt;
        return { kind: 'smaller', afterMs: Math.max(0, halvingRestMs - waitedMs) };
      }
      return { kind: 'later', afterMs: 5 * minuteMs, why: failed.meaning };
    case 'no-permission':
    case 'unknown-symbol':
      desk.error(request, said);
      return { kind: 'hopeless', message: failed.message };
  }
}

/** The broker says so in several ways, the plainest being that it never answers. */
function tooMuch({ reason, code }: Failed): boolean {
  return reason === 'timeout' || code === 162 || code === 321;
}

export function afterRefusal(
  desk: Desk,
  request: Series,
  refused: MergeResult & { readonly ok: false },
): Outcome {
  desk.error(request, refused.message);
  if (refused.reason === 'disk') {
    desk.notice('disk', 'disk', refused.message, refused.advice);
  }
  if (refused.reason === 'unusable') {
    tellUnusable(desk, request, refused.message);
    return { kind: 'unusable' };
  }
  return { kind: 'later', afterMs: minuteMs, why: 'file' };
}

/** Another program may be at the file for a moment. */
export async function patiently(
  desk: Desk,
  write: () => Promise<MergeResult>,
): Promise<MergeResult> {
  for (let tries = 1; ; tries++) {
    const result = await write();
    if (result.ok) desk.dropNotice('disk');
    const passing = !result.ok && (result.reason === 'busy' || result.reason === 'unstable');
    if (!passing || tries === 5) return result;
    await new Promise<void>((go) => desk.options.clock.after(1000, go));
  }
}

/** Whether another program wrote between our last look at the file and this write of ours. */
function othersWrote(desk: Desk, series: Series, merged: MergeResult & { ok: true }): boolean {
  const known = desk.index.get(basename(desk.store.path(series)));
  return merged.columns.length - merged.added !== (known?.rows ?? 0);
}

/** The window shows the file as it is now, without waiting for the next scan. */
export function resurvey(desk: Desk, request: Series): void {
  surveyFile(desk, { ...request, path: desk.store.path(request) });
  totals(desk);
}
