import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Bar } from '../../../shared/bar.ts';
import type { BarColumns } from '../../kit/bar-columns.ts';
import { noBars } from '../../kit/bar-columns.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { addRows } from './add-rows.ts';
import { type Disk, realDisk } from './disk.ts';
import { type DiskFault, diskFault } from './disk-fault.ts';
import { fileName, type Series, seriesOfFile } from './file-name.ts';
import { type FileStat, sameState, whyNoFile } from './file-stat.ts';
import { formatBars, formatFile } from './format.ts';
import { type LoadedFile, loadFile } from './loader.ts';
import { type Merged, mergeColumns } from './merge-columns.ts';
import { type FileReport, isPlain, isTidy, parseFile, rewriteLoses } from './parse-file.ts';
import { Placing } from './placing.ts';
import { Salvage } from './salvage.ts';
import { splice } from './splice.ts';
import { Stability } from './stability.ts';
import { type TimeRules, timeRules } from './time-rules.ts';
import { cutTail, whyNotCut } from './torn-tail.ts';

export type MergeResult =
  | {
      readonly ok: true;
      readonly how: 'nothing' | 'created' | 'appended' | 'rewritten';
      readonly added: number;
      readonly changed: number;
      /** All bars the file holds now. */
      readonly columns: BarColumns;
    }
  | {
      readonly ok: false;
      /** `unstable` and `busy` pass by themselves; `unusable` needs a person. */
      readonly reason: 'unstable' | 'busy' | 'unusable';
      readonly message: string;
    }
  /** Passes when the disk takes writes again. */
  | ({ readonly ok: false; readonly reason: 'disk' } & DiskFault);

export interface ListedFile extends Series {
  readonly path: string;
}

export interface Listing {
  readonly files: readonly ListedFile[];
  readonly ignored: readonly { readonly name: string; readonly reason: string }[];
}

const rewriteTries = 6;

/** The bar files of one folder, which other programs read and write too. */
export class BarStore {
  readonly dir: string;
  readonly stability = new Stability();
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #salvage: Salvage;
  readonly #placing: Placing;
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(dir: string, clock: Clock, log: Log, disk: Disk = realDisk) {
    this.dir = dir;
    this.#disk = disk;
    this.#clock = clock;
    this.#log = log;
    this.#salvage = new Salvage(disk, clock, log);
    this.#placing = new Placing(disk, clock, log, this.#salvage);
  }

  /** Makes the folder and finishes what a crash left half done. */
  open(): void {
    this.#disk.makeFolder(this.dir);
    const folders = new Set([
      this.dir,
      ...this.list().files.map(({ path }) => dirname(target(path))),
    ]);
    for (const folder of folders) this.#salvage.recover(folder);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#turns.values());
    this.#salvage.close();
  }

  list(): Listing {
    const files: ListedFile[] = [];
    const ignored: { name: string; reason: string }[] = [];
    for (const name of this.#disk.list(this.dir)) {
      const series = seriesOfFile(name);
      if ('ignored' in series) ignored.push({ name, reason: series.ignored });
      else files.push({ ...series, path: join(this.dir, name) });
    }
    return { files, ignored };
  }

  path(series: Series): string {
    return join(this.dir, fileName(series));
  }

  stat(series: Series): FileStat | undefined {
    try {
      return this.#disk.stat(this.path(series));
    } catch {
      return undefined;
    }
  }

  read(series: Series): LoadedFile {
    return loadFile({ path: this.path(series), rules: this.#rules(series) });
  }

  /**
   * Adds bars and corrects those that differ, and cuts off a torn last row before. When the promise fulfils with `ok`,
   * they are on the disk.
   */
  merge(series: Series, bars: readonly Bar[]): Promise<MergeResult> {
    return this.#inTurn(series, (path) => this.#merge(path, bars, this.#rules(series)));
  }

  /** Puts these bars in place of all there are; the old file is kept beside. */
  replace(series: Series, bars: readonly Bar[]): Promise<MergeResult> {
    return this.#inTurn(series, (path) => this.#merge(path, bars, this.#rules(series), true));
  }

  /** One writer at a time for each file. */
  async #inTurn<T>(series: Series, work: (path: string) => Promise<T>): Promise<T> {
    const path = target(this.path(series));
    const before = this.#turns.get(path) ?? Promise.resolve();
    const turn = before.then(
      () => work(path),
      () => work(path),
    );
    this.#turns.set(path, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(path) === turn) this.#turns.delete(path);
    }
  }

  #rules({ timeframe }: Series): TimeRules {
    return timeRules(timeframe, this.#clock.now());
  }

  async #merge(
    path: string,
    bars: readonly Bar[],
    rules: TimeRules,
    replacing = false,
  ): Promise<MergeResult> {
    try {
      for (let tries = 0; tries < rewriteTries; tries++) {
        const result = await this.#mergeOnce(path, bars, rules, replacing);
        if (result) return result;
      }
      return {
        ok: false,
        reason: 'busy',
        message: `${basename(path)} is being written by another program`,
      };
    } catch (error) {
      return { ok: false, reason: 'disk', ...diskFault(path, error) };
    }
  }

  /** Undefined when the file changed under our hands. */
  async #mergeOnce(
    path: string,
    bars: readonly Bar[],
    rules: TimeRules,
    replacing: boolean,
  ): Promise<MergeResult | undefined> {
    const stat = this.#disk.stat(path);
    if (!stat) return this.#create(path, bars);
    const odd = whyNoFile(stat);
    if (odd !== undefined) return unusable(path, odd);
    const fd = this.#disk.open(path, 'r');
    try {
      const bytes = this.#disk.read(fd, 0, stat.size);
      if (!sameState(stat, this.#disk.statFd(fd))) return undefined;
      const torn = bytes.length > 0 && bytes[bytes.length - 1] !== 10;
      if (!this.stability.look(path, stat, torn, this.#clock.now())) {
        return { ok: false, reason: 'unstable', message: `${basename(path)} is being rewritten` };
      }
      if (torn && whyNotCut(bytes) === undefined) {
        await this.#cutTail(path, stat);
        return undefined;
      }
      const parsed = bytes.length === 0 ? emptyFile : parseFile(bytes, rules);
      if (!parsed.ok && !replacing) return unusable(path, parsed.reason);
      const { columns, report } = parsed.ok && !replacing ? parsed : emptyFile;
      const merged = mergeColumns(columns, bars);
      if (merged.added === 0 && merged.changed === 0 && !replacing) return done('nothing', merged);
      if (!merged.inside && isPlain(report) && bytes.length > 0 && !replacing) {
        return (await this.#append(path, merged.newer, stat))
          ? done('appended', merged)
          : undefined;
      }
      const keep = replacing || rewriteLoses(report);
      const spliced = !replacing && isPlain(report) && isTidy(report) && bytes.length > 0;
      const text = spliced ? splice(bytes, merged.columns, merged.span) : wholeText(merged.columns);
      if (!(await this.#placing.replace(path, stat, text, keep))) return undefined;
      this.#accept(path);
      return done('rewritten', merged);
    } finally {
      this.#disk.close(fd);
    }
  }

  async #create(path: string, bars: readonly Bar[]): Promise<MergeResult | undefined> {
    const merged = mergeColumns(noBars, bars);
    if (merged.added === 0) return done('nothing', merged);
    if (!(await this.#placing.create(path, wholeText(merged.columns)))) return undefined;
    this.#accept(path);
    return done('created', merged);
  }

  async #append(path: string, bars: readonly Bar[], stat: FileStat): Promise<boolean> {
    const rows = Buffer.from(formatBars(bars), 'latin1');
    const fd = addRows(this.#disk, path, stat, rows);
    if (fd === undefined) return false;
    try {
      await this.#disk.sync(fd);
    } finally {
      this.#disk.close(fd);
    }
    this.#accept(path);
    return true;
  }

  async #cutTail(path: string, stat: FileStat): Promise<void> {
    const cut = await cutTail(this.#disk, path, stat, this.#clock.now());
    if (cut === undefined) return;
    this.#log.warn({ path, cut }, 'a torn last row was cut off; it will be fetched again');
    this.#accept(path);
  }

  #accept(path: string): void {
    const stat = this.#disk.stat(path);
    if (stat) this.stability.accept(path, stat, this.#clock.now());
  }
}

const noReport: FileReport = {
  faults: [],
  outOfOrder: 0,
  duplicates: 0,
  foreignRows: 0,
  foreignHeader: false,
  tornBytes: 0,
};

function wholeText(columns: BarColumns): readonly Buffer[] {
  return [Buffer.from(formatFile(columns), 'latin1')];
}

const emptyFile = { ok: true, columns: noBars, report: noReport } as const;

/** Where a symbolic link leads, so that the file is replaced and not the link. */
function target(path: string): string {
  try {
    return fs.realpathSync(path);
  } catch {
    return path;
  }
}

function done(
  how: 'nothing' | 'created' | 'appended' | 'rewritten',
  { columns, added, changed }: Merged,
): MergeResult {
  return { ok: true, how, added, changed, columns };
}

function unusable(path: string, why: string): MergeResult {
  return { ok: false, reason: 'unusable', message: `${basename(path)}: ${why}` };
}
