export type Timeframe = '1m' | '5m' | '15m' | '30m' | '1h' | '4h' | '1d';
export declare const timeframes: Readonly<Record<Timeframe, number>>;

export interface Row {
  readonly t: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A verified private copy of one series, oldest bar first. */
export interface History {
  readonly symbol: string;
  readonly barSeconds: number;
  readonly count: number;
  readonly epoch: number;
  readonly rewriteEpoch: number;
  readonly lastUpdateMs: number;
  readonly generation: number;
  /** The last bar of the series is being made of ticks, in a session that has not closed. */
  readonly provisional: boolean;
  /** Starts of the bars in epoch milliseconds; a daily bar's is UTC midnight of its date. */
  readonly t: BigInt64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  rows(): Row[];
}

export interface Tail extends History {
  /** Index of its first bar in the whole series. */
  readonly start: number;
  /** Earlier bars have changed too; `start` is then 0. */
  readonly rewritten: boolean;
}

/** Columns in the segment itself, read-only, good only as long as `holds()` says so. */
export interface View {
  readonly symbol: string;
  readonly barSeconds: number;
  readonly count: number;
  readonly epoch: number;
  readonly provisional: boolean;
  readonly t: BigInt64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** False once the writer has touched the series: what was computed is void. */
  holds(): boolean;
}

export interface BarsOptions {
  /** How long a read may try before it gives up with a name. */
  readonly budgetMs?: number;
  /** Check every copy against its checksum; on unless switched off. */
  readonly verify?: boolean;
  /** Off where reader and writer cannot see each other's processes. */
  readonly checkPid?: boolean;
  /** False reads without koffi even where it is installed. */
  readonly native?: boolean;
  readonly folder?: string;
}

export interface Writer {
  readonly pid: number;
  readonly state: 'live' | 'closed' | 'superseded' | '?';
  readonly startedMs: number;
  readonly heartbeatMs: number;
  readonly alive: boolean;
}

export interface DailyRow {
  readonly Date: string;
  readonly Open: number;
  readonly High: number;
  readonly Low: number;
  readonly Close: number;
  readonly Volume: number;
}

export declare class Bars {
  constructor(name?: string, options?: BarsOptions);
  retries: number;
  list(): { readonly symbol: string; readonly barSeconds: number }[];
  listTickers(): string[];
  history(
    symbol: string,
    timeframe?: Timeframe | number,
    options?: { readonly reuse?: History | undefined },
  ): History;
  getStock(symbol: string): DailyRow[];
  tail(before: History): Tail;
  /** Linux, koffi and plain Node only; elsewhere SHM_UNSUPPORTED. */
  view(symbol: string, timeframe?: Timeframe | number): View;
  compute<T>(symbol: string, timeframe: Timeframe | number, use: (view: View) => T): T;
  readonly epoch: number;
  readonly lastUpdateMs: number;
  readonly generation: number;
  writer(): Writer;
  wait(
    since?: number,
    options?: { readonly timeoutMs?: number; readonly intervalMs?: number },
  ): Promise<number>;
  close(): void;
}
