import { basename } from 'node:path';
import type {
  FillProgress,
  HistoryActivity,
  ScanSummary,
  WaitedFor,
} from '../../shared/history.ts';
import type { Desk } from './desk.ts';
import { fetchSpan, type Outcome } from './fetcher.ts';
import { FillPace } from './fill-pace.ts';
import type { PlannedRequest } from './plan/planner.ts';
import type { QueuedRequest, Wanted } from './plan/queue.ts';
import { Rebuilder } from './rebuilder.ts';
import { showFile } from './show.ts';
import { type Series, seriesKey } from './store/file-name.ts';
import { lookAgainMs, planFor, stillWanted, survey, totals } from './survey.ts';

const minuteMs = 60_000;
const longestDelayMs = 4 * 60 * minuteMs;
/** A service that was out of reach for hours is not to be waited for as long again. */
const longestOutageDelayMs = 15 * minuteMs;
const hopelessForMs = 24 * 60 * minuteMs;
const usualIntervalMs = 300_000;
const usualBatch = 5;

interface Lane {
  busy: boolean;
  abort: AbortController | undefined;
  current: QueuedRequest | undefined;
  waitingFor: WaitedFor | undefined;
}

/**
 * Looks at the files every few minutes and works off the queue: people's requests in one lane, the filler's own in
 * another, so that nobody waits behind a slow answer for somebody else.
 */
export class Filler {
  readonly #desk: Desk;
  /** The download goes first; both at once would only share one budget. */
  readonly #yields: () => boolean;
  readonly #rebuilder: Rebuilder;
  readonly #lanes: Readonly<Record<Wanted, Lane>> = { person: lane(), filler: lane() };
  readonly #served = new Map<string, number>();
  readonly #hopeless = new Map<string, number>();
  readonly #idle = new Set<() => void>();
  #batch = new Set<string>();
  #unbounded = false;
  /** Files could not be judged when everything was asked for: the next look is for everything too. */
  #owed = false;
  #running = false;
  #paused = false;
  #scanning: Promise<number> | undefined;
  #lastScan: ScanSummary | null = null;
  #nextScanAt: number | null = null;
  #nextCycleAt = 0;
  readonly #pace = new FillPace();

  constructor(desk: Desk, yields: () => boolean, rebuilt: (series: Series) => void) {
    this.#desk = desk;
    this.#yields = yields;
    const mayWork = () => (this.#running || this.#unbounded) && !this.#paused && !yields();
    this.#rebuilder = new Rebuilder(desk, mayWork, rebuilt);
  }

  get running(): boolean {
    return this.#running;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get lastScan(): ScanSummary | null {
    return this.#lastScan;
  }

  get nextScanAt(): number | null {
    return this.#running ? this.#nextScanAt : null;
  }

  get intervalMs(): number {
    return this.#desk.options.checkIntervalMs ?? usualIntervalMs;
  }

  start(): void {
    this.#running = true;
    this.#nextScanAt = this.#desk.now();
    // What was left in the queue does not wait for the end of a cycle begun before.
    this.#nextCycleAt = 0;
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#nextScanAt = null;
    this.abort();
    await this.#scanning;
    await this.whenIdle();
  }

  pause(): void {
    this.#paused = true;
    this.abort();
    this.#desk.changed();
  }

  resume(): void {
    this.#paused = false;
    this.#desk.changed();
  }

  /** Ends what is under way and forgets what waits; the next scan finds again what is still missing. */
  cancel(): number {
    this.abort();
    this.#rebuilder.postpone(this.#nextScanAt ?? this.#desk.now());
    const dropped = this.#desk.queue.clear();
    this.#batch = new Set();
    this.#pace.end();
    this.#desk.changed();
    return dropped;
  }

  /** What is under way stays in the queue and is asked for again. */
  abort(): void {
    for (const one of Object.values(this.#lanes)) one.abort?.abort();
    this.#rebuilder.abort();
  }

  /** Called every second, and whenever something may have changed. */
  beat(): void {
    const now = this.#desk.now();
    if (this.#running && this.#nextScanAt !== null && now >= this.#nextScanAt)
      void this.scan(false);
    this.#runLanes();
  }

  #runLanes(): void {
    void this.#run('person');
    void this.#run('filler');
    void this.#rebuild();
  }

  async #rebuild(): Promise<void> {
    if (this.#rebuilder.busy) return;
    await this.#rebuilder.run();
    this.#tellIdle();
  }

  /**
   * Looks at all files now. `unbounded` works off everything, not only the next few files. Resolves to how many were
   * left unjudged, because somebody was writing to them.
   */
  async scan(unbounded: boolean): Promise<number> {
    // One at a time; who asks while one runs wants one that begins after.
    while (this.#scanning) await this.#scanning;
    const scanning = this.#scan(unbounded);
    this.#scanning = scanning;
    try {
      return await scanning;
    } finally {
      this.#scanning = undefined;
      this.#desk.changed();
      if (this.#running || this.#unbounded) this.#runLanes();
    }
  }

  async #scan(asked: boolean): Promise<number> {
    const desk = this.#desk;
    this.#nextScanAt = desk.now() + this.intervalMs;
    const unbounded = asked || this.#owed;
    if (asked) {
      this.#hopeless.clear();
      desk.faults.clear();
      desk.hold.tryService();
    }
    let unstable = 0;
    try {
      // Our own writes are shown, and looked at, when they are made.
      const seen = await survey(
        desk,
        (file) => desk.loaded.get(seriesKey(file)) ?? desk.index.get(basename(file.path)),
      );
      desk.loaded.clear();
      const { summary, planned } = seen;
      unstable = seen.unstable;
      this.#owed = unbounded && unstable > 0;
      await this.#showChanged(seen.changed);
      this.#lastScan = summary;
      if (unstable > 0) this.#nextScanAt = Math.min(this.#nextScanAt, desk.now() + lookAgainMs);
      const now = desk.now();
      const worth = planned.filter(({ symbol }) => (this.#hopeless.get(symbol) ?? 0) <= now);
      desk.counts.gapsDetected += worth.reduce((sum, { holes }) => sum + holes, 0);
      desk.queue.add(worth, 'filler', now);
      // A look between two cycles, at files somebody was writing to, begins no new cycle.
      if (unbounded || now >= this.#nextCycleAt) {
        this.#nextCycleAt = now + this.intervalMs;
        this.#chooseBatch(unbounded);
      }
    } catch (error) {
      desk.error(null, `the bar files could not be looked at: ${String(error)}`);
    }
    desk.save();
    return unstable;
  }

  /** What other programs wrote into the files belongs into shared memory as well. */
  async #showChanged(changed: readonly Series[]): Promise<void> {
    for (const series of changed) {
      const stored = this.#desk.store.read(series);
      if (stored.ok) showFile(this.#desk, series, stored.columns);
      await new Promise<void>((go) => setImmediate(go));
    }
  }

  /** The next few files: those begun, then those served longest ago, the newest hole first among equals. */
  #chooseBatch(unbounded: boolean): void {
    const now = this.#desk.now();
    const ready = this.#desk.queue
      .items()
      .filter(({ wanted, notBefore }) => wanted === 'filler' && notBefore <= now)
      .filter((item) => !this.#desk.restated.rebuilding(item));
    const keys = [...new Set(ready.map(seriesKey))];
    this.#unbounded = unbounded;
    const rank = (key: string) => (this.#batch.has(key) ? -1 : (this.#served.get(key) ?? 0));
    // Sorting is stable, and the queue has the newest holes first.
    const sorted = keys.sort((a, b) => rank(a) - rank(b));
    const size = this.#desk.options.batchSize ?? usualBatch;
    this.#batch = new Set(unbounded ? sorted : sorted.slice(0, size));
  }

  /** Puts requests of a person into the queue, and on the disk before it is confirmed. */
  want(requests: readonly PlannedRequest[], series: Series): void {
    const desk = this.#desk;
    this.#hopeless.delete(series.symbol);
    desk.faults.forget(series);
    desk.hold.tryService();
    desk.queue.promote(series);
    desk.queue.add(requests, 'person', desk.now());
    desk.counts.gapsDetected += requests.reduce((sum, { holes }) => sum + holes, 0);
    desk.save(true);
    this.beat();
  }

  /** Resolves when nothing can be done at the moment. */
  whenIdle(): Promise<void> {
    if (!this.#busy()) return Promise.resolve();
    return new Promise((idle) => this.#idle.add(idle));
  }

  #busy(): boolean {
    return this.#lanes.person.busy || this.#lanes.filler.busy || this.#rebuilder.busy;
  }

  #tellIdle(): void {
    if (this.#busy()) return;
    for (const idle of this.#idle) idle();
    this.#idle.clear();
  }

  async #run(wanted: Wanted): Promise<void> {
    const one = this.#lanes[wanted];
    if (one.busy) return;
    one.busy = true;
    try {
      for (let item = this.#next(wanted); item; item = this.#next(wanted)) {
        await this.#work(item, one);
      }
    } finally {
      one.busy = false;
      this.#tellIdle();
      if (this.#desk.queue.length === 0) this.#pace.end();
      this.#desk.changed();
    }
  }

  #next(wanted: Wanted): QueuedRequest | undefined {
    const one = this.#lanes[wanted];
    one.waitingFor = undefined;
    const now = this.#desk.now();
    const active = this.#running || this.#unbounded || wanted === 'person';
    if (!active || this.#paused) return undefined;
    const item = this.#desk.queue.items().find((each) => {
      if (each.wanted !== wanted || each.notBefore > now) return false;
      if (this.#desk.restated.rebuilding(each)) return false;
      return wanted === 'person' || this.#batch.has(seriesKey(each));
    });
    if (!item) return undefined;
    if (wanted === 'filler' && this.#yields()) return undefined;
    const may = this.#desk.mayAsk(wanted === 'person' ? 'person' : 'background');
    if (may !== 'yes') {
      one.waitingFor = may;
      return undefined;
    }
    return item;
  }

  async #work(item: QueuedRequest, one: Lane): Promise<void> {
    const desk = this.#desk;
    const abort = new AbortController();
    one.abort = abort;
    one.current = item;
    this.#pace.begin(desk.now());
    this.#served.set(seriesKey(item), desk.now());
    desk.changed();
    const began = desk.now();
    try {
      const priority = item.wanted === 'person' ? 'person' : 'background';
      if (stillWanted(desk, item)) {
        const { timeframe, hours, days } = item;
        // Planned before it was learnt that so much at once is too much.
        const outcome: Outcome =
          days > desk.caps.cap(timeframe, hours, desk.now())
            ? { kind: 'smaller', afterMs: 0 }
            : await fetchSpan(desk, item, priority, abort.signal);
        this.#settle(item, outcome);
      } else desk.queue.remove(item.id);
    } catch (error) {
      desk.error(item, `${seriesKey(item)}: ${String(error)}`);
      desk.queue.delay(item.id, desk.now() + 5 * minuteMs);
    } finally {
      one.abort = undefined;
      one.current = undefined;
      this.#pace.asked(desk.now() - began);
      desk.changed();
    }
  }

  #settle(item: QueuedRequest, outcome: Outcome): void {
    const desk = this.#desk;
    const key = seriesKey(item);
    switch (outcome.kind) {
      case 'filled':
        desk.queue.remove(item.id);
        desk.queue.add(outcome.rest, item.wanted, desk.now());
        desk.processed.add(key);
        desk.counts.gapsFilled += item.holes;
        this.#count('done');
        return;
      case 'empty':
        desk.queue.remove(item.id);
        desk.counts.gapsFailed += item.holes;
        this.#count('failed');
        return;
      case 'smaller': {
        desk.queue.remove(item.id);
        const calendar = desk.calendars.calendarOf(item.symbol);
        const hole = { from: item.from, to: item.to, count: item.holes };
        const now = desk.now();
        const notBefore = now + outcome.afterMs;
        if (calendar)
          desk.queue.add(planFor(desk, item, [hole], calendar), item.wanted, now, notBefore);
        return;
      }
      case 'later': {
        if (outcome.why === 'not-connected' || outcome.why === 'withdrawn') {
          // Nothing is wrong with the request; it is not worth counting.
          desk.queue.postpone(item.id, desk.now() + Math.max(1000, outcome.afterMs));
          return;
        }
        const longest = outcome.why === 'unreachable' ? longestOutageDelayMs : longestDelayMs;
        const wait = Math.min(longest, outcome.afterMs * 2 ** item.attempts);
        desk.queue.delay(item.id, desk.now() + wait);
        return;
      }
      case 'restated':
        // It comes with the rest of the series.
        this.#runLanes();
        return;
      case 'hopeless':
        desk.queue.removeSymbol(item.symbol);
        this.#hopeless.set(item.symbol, desk.now() + hopelessForMs);
        desk.counts.gapsFailed += item.holes;
        this.#count('failed');
        return;
      case 'unusable':
        desk.queue.removeSeries(item);
        desk.counts.gapsFailed += item.holes;
        this.#count('failed');
        return;
    }
  }

  #count(what: 'done' | 'failed'): void {
    this.#pace.count(what);
    totals(this.#desk);
  }

  progress(): FillProgress | null {
    const current = this.#lanes.person.current ?? this.#lanes.filler.current;
    const items = this.#desk.queue.items();
    const files = new Set(items.filter(({ wanted }) => wanted === 'filler').map(seriesKey)).size;
    const size = this.#desk.options.batchSize ?? usualBatch;
    return this.#pace.progress({
      left: items.length,
      current: current ? seriesKey(current) : null,
      budget: this.#desk.ports.source.pacing(),
      cyclesMs: this.#unbounded ? 0 : (Math.ceil(files / size) - 1) * this.intervalMs,
    });
  }

  activity(): HistoryActivity {
    if (this.#scanning) return { kind: 'scanning' };
    if (this.#paused) return { kind: 'paused' };
    const { person, filler } = this.#lanes;
    if (person.current || filler.current || this.#rebuilder.asking) return { kind: 'filling' };
    const waitingFor = person.waitingFor ?? filler.waitingFor ?? this.#rebuilder.waitingFor;
    if (waitingFor) return { kind: 'waiting', for: waitingFor };
    return this.#running ? { kind: 'idle' } : { kind: 'stopped' };
  }
}

function lane(): Lane {
  return { busy: false, abort: undefined, current: undefined, waitingFor: undefined };
}
