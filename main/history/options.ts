import type { Timeframe } from '../../shared/bar.ts';
import type { InstrumentExchange } from '../calendar/for-instrument.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { SessionCaps } from './plan/caps.ts';

export interface HistoryOptions {
  /** The folder of the bar files. */
  readonly dir: string;
  readonly watchlist: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Timeframes of which a file is begun for every symbol of the watchlist; files that are there are kept anyway. */
  readonly beginTimeframes?: readonly Timeframe[];
  readonly checkIntervalMs?: number;
  /** Files filled a cycle; what a person asks for is not bound by it. */
  readonly batchSize?: number;
  readonly maxAgeDays?: number;
  /** Regular hours only, for the download and for every daily file. */
  readonly downloadRegularHours?: boolean;
  /** Regular hours only, for the intraday files. */
  readonly fillRegularHours?: boolean;
  /** How far back the download reaches. */
  readonly downloadDays?: number;
  /** A file of a person's that knows trading hours better. */
  readonly calendarsFile?: string;
  /** What a symbol stands for; without it the spelling decides. */
  readonly instrument?: (symbol: string) => InstrumentExchange;
  /** Sessions one request may cover, where it is not what is usual. */
  readonly caps?: Partial<SessionCaps>;
  /** Whether the files are read where the service runs at start, and not by a thread aside. */
  readonly loadHere?: boolean;
  /** Times that only tests have a reason to change. */
  readonly tempo?: Partial<Tempo>;
}

export interface Tempo {
  /** How long one request may take. */
  readonly requestMs: number;
  /** The pause between the batches of a download, in which the session may be lent. */
  readonly restMs: number;
  /** A bar that ended so recently may not be with the broker yet. */
  readonly settleMs: number;
  /** A missing bar younger than this is not believed to be empty. */
  readonly doubtMs: number;
  /** How often it is looked whether work can go on. */
  readonly beatMs: number;
}

export const usualTempo: Tempo = {
  requestMs: 60_000,
  restMs: 5000,
  settleMs: 120_000,
  doubtMs: 3_600_000,
  beatMs: 1000,
};

/** A download may not keep the session for longer at a stretch, neither by number nor by time. */
export const downloadBatch = { requests: 20, ms: 60_000 } as const;

/** The daily bar of a session that has just closed is not with the broker at once. */
export const afterCloseMs = 5 * 60_000;

/** Where it is later still, it is asked for again so often. */
export const lateBar = { everyMs: 12 * 60_000, tries: 5 } as const;

/** Requests of each pacing window that are left for people. */
export const keptForPeople = 10;
