import type { Bar } from '../../shared/bar.ts';
import type { Desk } from './desk.ts';
import {
  afterFailure,
  afterRefusal,
  ask,
  finishedBars,
  type Outcome,
  patiently,
  resurvey,
} from './fetcher.ts';
import type { PlannedRequest } from './plan/planner.ts';
import { planHoles } from './plan-holes.ts';
import { notReached, planRest } from './reach.ts';
import { finishedBefore } from './scan/gaps.ts';
import type { Hole } from './scan/holes.ts';
import { showFile } from './show.ts';
import { ratioText } from './splits.ts';
import type { Series } from './store/file-name.ts';

/** Parts much older than the rest might be from before another split. */
const keptForMs = 12 * 3_600_000;

/**
 * A series being fetched anew, one request at a time. What was fetched is kept, so that it goes on where it stopped.
 * Nothing is changed before all of it is there: a file never holds prices of both kinds for that.
 */
export class Rebuild {
  readonly #desk: Desk;
  readonly #series: Series;
  readonly #ratio: number;
  readonly #begunAt: number;
  readonly #since: number;
  #requests: readonly PlannedRequest[];
  #bars: Bar[] = [];

  /** Undefined when there is nothing that could be fetched anew. */
  static plan(desk: Desk, series: Series, ratio: number): Rebuild | undefined {
    const stored = desk.store.read(series);
    const first = stored.ok ? stored.columns.t[0] : undefined;
    const calendar = desk.calendars.calendarOf(series.symbol);
    if (first === undefined || !calendar) return undefined;
    const hours = desk.hoursOf(series.timeframe);
    const until = finishedBefore(
      calendar,
      series.timeframe,
      hours,
      desk.now() - desk.tempo.settleMs,
    );
    const bars = desk.expected.within(calendar, series.timeframe, hours, first, until);
    const to = bars[bars.length - 1];
    if (to === undefined) return undefined;
    const hole = { from: bars[0] as number, to, count: bars.length };
    return new Rebuild(desk, series, ratio, first, hole);
  }

  private constructor(desk: Desk, series: Series, ratio: number, first: number, hole: Hole) {
    this.#desk = desk;
    this.#series = series;
    this.#ratio = ratio;
    this.#begunAt = desk.now();
    this.#since = first;
    this.#requests = this.#planned(hole);
  }

  get stale(): boolean {
    return this.#desk.now() - this.#begunAt > keptForMs;
  }

  /** Asks for the next part, and writes the file after the last. Undefined while there is more to ask for. */
  async next(signal: AbortSignal): Promise<Outcome | undefined> {
    const desk = this.#desk;
    const [request] = this.#requests;
    if (!request) return this.#replace();
    if (request.days > desk.caps.cap(request.timeframe, request.hours, desk.now())) {
      return this.#inSmallerParts();
    }
    const answer = await ask(desk, request, 'background', signal);
    if (!answer.ok && answer.reason !== 'no-data') {
      const outcome = afterFailure(desk, request, answer);
      return outcome.kind === 'smaller' ? this.#inSmallerParts() : outcome;
    }
    const bars = answer.ok ? finishedBars(desk, request, answer.bars) : [];
    desk.counts.barsFetched += bars.length;
    for (const bar of bars) if (bar.t >= this.#since) this.#bars.push(bar);
    const rest = planRest(desk, request, notReached(desk, request, bars));
    this.#requests = [...rest, ...this.#requests.slice(1)];
    return this.#requests.length === 0 ? this.#replace() : undefined;
  }

  #inSmallerParts(): undefined {
    const [newest] = this.#requests;
    const oldest = this.#requests.at(-1);
    if (!newest || !oldest) return;
    this.#requests = this.#planned({ from: oldest.from, to: newest.to, count: 1 });
  }

  #planned(hole: Hole): readonly PlannedRequest[] {
    const series = this.#series;
    return planHoles(this.#desk, series, this.#desk.hoursOf(series.timeframe), [hole]);
  }

  async #replace(): Promise<Outcome> {
    const desk = this.#desk;
    const series = this.#series;
    const bars = this.#bars;
    if (bars.length === 0) return { kind: 'empty' };
    const replaced = await patiently(desk, () => desk.store.replace(series, bars));
    if (!replaced.ok) return afterRefusal(desk, series, replaced);
    desk.empty.forget(series);
    showFile(desk, series, replaced.columns);
    resurvey(desk, series);
    desk.notice(
      `split ${series.symbol} ${series.timeframe}`,
      'split',
      `${series.symbol} was split (${ratioText(this.#ratio)}); its ${series.timeframe} bars were fetched anew`,
      'The bars before the split were kept in the folder .gatehouse beside the files.',
    );
    return { kind: 'filled', bars: bars.length, rest: [] };
  }
}
