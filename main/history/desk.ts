import { join } from 'node:path';
import type { Timeframe } from '../../shared/bar.ts';
import type {
  HistoryCounts,
  HistoryError,
  HistoryNotice,
  SeriesCoverage,
  WaitedFor,
} from '../../shared/history.ts';
import { instrumentOf } from '../../shared/instrument.ts';
import type { Hours } from '../calendar/exchange-calendar.ts';
import { CalendarBook } from './calendar-book.ts';
import { FileFaults } from './file-faults.ts';
import { Hold } from './hold.ts';
import { LiveBars } from './live-bars.ts';
import { type HistoryOptions, keptForPeople, type Tempo, usualTempo } from './options.ts';
import { Caps } from './plan/caps.ts';
import { RequestQueue } from './plan/queue.ts';
import type { HistoryPorts } from './ports.ts';
import { RestatedList } from './restated-list.ts';
import { EmptyList } from './scan/empty-list.ts';
import { ExpectedBook } from './scan/expected-book.ts';
import { ScanIndex } from './scan/scan-index.ts';
import { Scanner } from './scan/scanner.ts';
import { SessionBook } from './session-book.ts';
import { StateFile } from './state-file.ts';
import { BarStore } from './store/bar-store.ts';
import { type Series, seriesKey } from './store/file-name.ts';
import type { FileIdentity } from './store/file-stat.ts';
import { privateFolder } from './store/private-folder.ts';

const keptErrors = 10;
const learntEveryMs = 30_000;

/** What scanning, filling and downloading share: the files, what is known of them, and what is still to do. */
export class Desk {
  readonly options: HistoryOptions;
  readonly ports: HistoryPorts;
  readonly tempo: Tempo;
  readonly store: BarStore;
  readonly calendars: CalendarBook;
  readonly sessions: SessionBook;
  readonly expected = new ExpectedBook();
  readonly empty: EmptyList;
  readonly caps: Caps;
  readonly queue: RequestQueue;
  readonly hold = new Hold();
  readonly faults = new FileFaults();
  readonly restated: RestatedList;
  readonly index: ScanIndex;
  /** The files as they were just before they were loaded, until they are looked at. */
  readonly loaded = new Map<string, FileIdentity>();
  readonly scanner: Scanner;
  readonly live: LiveBars;
  readonly coverage = new Map<string, SeriesCoverage>();
  readonly processed = new Set<string>();
  readonly counts: { -readonly [name in keyof HistoryCounts]: HistoryCounts[name] };
  errors: readonly HistoryError[] = [];
  watchlist: readonly string[];
  readonly #notices = new Map<string, HistoryNotice>();
  readonly #states: readonly (readonly [StateFile, { takeChanges(): unknown }])[];
  readonly #learnt: readonly (readonly [StateFile, { takeChanges(): unknown }])[];
  #learntSavedAt = Number.NEGATIVE_INFINITY;
  readonly #changed: () => void;

  constructor(options: HistoryOptions, ports: HistoryPorts, changed: () => void) {
    this.options = options;
    this.ports = ports;
    this.tempo = { ...usualTempo, ...options.tempo };
    this.watchlist = options.watchlist;
    this.#changed = changed;
    const { dir, clock, log } = options;
    this.store = new BarStore(dir, clock, log);
    const state = (name: string) => new StateFile(join(dir, privateFolder), name, log);
    const files = {
      calendars: state('calendars.json'),
      empty: state('empty.json'),
      caps: state('caps.json'),
      queue: state('queue.json'),
      restated: state('restated.json'),
      index: state('index.json'),
    };
    const instrument = options.instrument ?? ((symbol: string) => instrumentOf(symbol));
    this.calendars = new CalendarBook(instrument, files.calendars.read(), log);
    this.empty = new EmptyList(files.empty.read());
    this.caps = new Caps(options.caps ?? {}, files.caps.read());
    this.queue = new RequestQueue(files.queue.read());
    // Planned before the setting was changed: the answer would mix two kinds of hours in one file.
    this.queue.removeWhere(({ timeframe, hours }) => hours !== this.hoursOf(timeframe));
    this.restated = new RestatedList(files.restated.read());
    this.index = new ScanIndex(files.index.read());
    this.scanner = new Scanner(this.expected, this.store.stability, this.index);
    this.sessions = new SessionBook(
      this.calendars,
      (timeframe) => this.hoursOf(timeframe),
      (symbol) => instrument(symbol).secType,
    );
    this.live = new LiveBars((symbol, timeframe, at) => {
      const day = this.sessions.at(symbol, timeframe, at);
      // The last trade of a day that is over is told again at every start.
      return day.kind === 'open' && this.now() < day.closes ? day : undefined;
    });
    this.#states = [
      [files.queue, this.queue],
      [files.restated, this.restated],
      [files.caps, this.caps],
      [files.calendars, this.calendars],
    ];
    this.#learnt = [
      [files.empty, this.empty],
      [files.index, this.index],
    ];
    this.counts = {
      files: 0,
      rows: 0,
      missing: 0,
      gapsDetected: 0,
      gapsFilled: 0,
      gapsFailed: 0,
      barsFetched: 0,
      requests: 0,
      confirmedEmpty: this.empty.count(),
    };
  }

  now(): number {
    return this.options.clock.now();
  }

  /** A daily file has one kind of hours, whoever fills it; intraday files have the filler's. */
  hoursOf(timeframe: Timeframe): Hours {
    const regular =
      timeframe === '1d'
        ? (this.options.downloadRegularHours ?? true)
        : (this.options.fillRegularHours ?? false);
    return regular ? 'regular' : 'all';
  }

  /** May a request go out now, and if not, what is waited for? Some of the budget is left for people. */
  mayAsk(priority: 'person' | 'background'): 'yes' | WaitedFor {
    if (this.ports.lease.reserved()) return 'reservation';
    if (!this.ports.source.available()) return 'session';
    const held = this.hold.why(this.now());
    if (held) return held;
    const { left, total } = this.ports.source.pacing();
    const kept = priority === 'person' ? 0 : Math.min(keptForPeople, Math.floor(total / 6));
    return left > kept ? 'yes' : 'pacing';
  }

  error(series: Series | null, message: string): void {
    const key = series && seriesKey(series);
    this.errors = [{ at: this.now(), series: key, message }, ...this.errors].slice(0, keptErrors);
    this.options.log.warn({ series: key }, message);
    this.#changed();
  }

  notice(id: string, kind: HistoryNotice['kind'], message: string, advice: string | null): void {
    if (this.#notices.get(id)?.message !== message) {
      this.options.log.info({ notice: id, advice }, message);
    }
    this.#notices.set(id, { id, at: this.now(), kind, message, advice });
    this.#changed();
  }

  dropNotice(id: string): void {
    if (this.#notices.delete(id)) this.#changed();
  }

  notices(): readonly HistoryNotice[] {
    return [...this.#notices.values()];
  }

  changed(): void {
    this.#changed();
  }

  /**
   * Writes what changed. `safely` also waits for the disk. What can be found out again, and may be long, is written
   * now and then only.
   */
  save(safely = false): void {
    if (safely || this.now() - this.#learntSavedAt >= learntEveryMs) {
      this.#learntSavedAt = this.now();
      for (const [file, part] of this.#learnt) file.write(part.takeChanges(), safely);
    }
    for (const [file, part] of this.#states) file.write(part.takeChanges(), safely);
  }
}
