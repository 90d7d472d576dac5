import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import type { Bar, Timeframe } from '../../../shared/bar.ts';
import type { HistoryView } from '../../../shared/history.ts';
import type { FakeClock } from '../../../testing/fake-clock.ts';
import { barsOf, columnsOf } from '../../kit/bar-columns.ts';
import { silentLog } from '../../kit/log.ts';
import type { HistoryOptions } from '../options.ts';
import type { HistorySource, TickerHistory } from '../ports.ts';
import { createHistory, type HistoryService } from '../service.ts';
import { fileName } from '../store/file-name.ts';
import { formatFile } from '../store/format.ts';
import { parseFile } from '../store/parse-file.ts';

/** A history service over a temporary folder, a clock of the test's and whatever answers it. */
export class HistoryBench {
  readonly dir = fs.mkdtempSync(join(os.tmpdir(), 'history-'));
  readonly clock: FakeClock;
  readonly written: (readonly TickerHistory[])[] = [];
  readonly bars = new Map<string, Map<number, Bar>>();
  readonly views: HistoryView[] = [];
  reserved = false;
  service: HistoryService;
  readonly #options: Partial<HistoryOptions>;
  readonly #source: HistorySource;

  constructor(clock: FakeClock, source: HistorySource, options: Partial<HistoryOptions> = {}) {
    this.clock = clock;
    this.#source = source;
    this.#options = options;
    this.service = this.make();
  }

  /** Another service over the same folder, as after a restart. */
  make(options: Partial<HistoryOptions> = {}): HistoryService {
    this.service = createHistory(
      {
        dir: this.dir,
        watchlist: [],
        clock: this.clock,
        log: silentLog,
        loadHere: true,
        tempo: { beatMs: 2000 },
        ...this.#options,
        ...options,
      },
      {
        source: this.#source,
        snapshot: {
          write: (batch) => this.written.push(batch),
          writeBars: (ticker, timeframe, bars) => this.#show(ticker, timeframe, bars),
          writeRows: (ticker, timeframe, rows) => this.#show(ticker, timeframe, barsOf(rows)),
          makeRoom: () => {},
          replaceRows: (ticker, timeframe, rows) => {
            this.bars.delete(`${ticker}_${timeframe}`);
            this.#show(ticker, timeframe, barsOf(rows));
          },
        },
        lease: { reserved: () => this.reserved },
        publish: (view) => this.views.push(view),
      },
    );
    return this.service;
  }

  #show(symbol: string, timeframe: Timeframe, bars: readonly Bar[]): void {
    const key = `${symbol}_${timeframe}`;
    const known = this.bars.get(key) ?? new Map<number, Bar>();
    for (const bar of bars) known.set(bar.t, bar);
    this.bars.set(key, known);
  }

  /** The bars of a series as they were handed on, oldest first. */
  shown(symbol: string, timeframe: Timeframe): Bar[] {
    const bars = this.bars.get(`${symbol}_${timeframe}`)?.values() ?? [];
    return [...bars].sort((a, b) => a.t - b.t);
  }

  path(symbol: string, timeframe: Timeframe): string {
    return join(this.dir, fileName({ symbol, timeframe }));
  }

  put(symbol: string, timeframe: Timeframe, bars: readonly Bar[]): void {
    fs.writeFileSync(this.path(symbol, timeframe), formatFile(columnsOf(bars)));
  }

  read(symbol: string, timeframe: Timeframe): readonly Bar[] {
    const parsed = parseFile(fs.readFileSync(this.path(symbol, timeframe)));
    if (!parsed.ok) throw new Error(parsed.reason);
    return barsOf(parsed.columns);
  }

  /**
   * Turns the clock until the condition holds. While the service is at work the hands hardly move: its work with the
   * disk takes real time, and must not seem to take hours.
   */
  async until(holds: () => boolean, stepMs = 1000, stepsAtMost = 20_000): Promise<void> {
    const deadline = Date.now() + 60_000;
    for (let step = 0; !holds(); step++) {
      if (step > stepsAtMost || Date.now() > deadline) {
        throw new Error(`it did not come about: ${JSON.stringify(this.service.view())}`);
      }
      const working = ['scanning', 'filling', 'downloading'].includes(
        this.service.view().activity.kind,
      );
      this.clock.advance(working ? 1 : stepMs);
      await new Promise((go) => setTimeout(go, 1));
    }
  }

  async remove(): Promise<void> {
    await this.service.stop();
    fs.rmSync(this.dir, { recursive: true });
  }
}
