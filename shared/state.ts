import type { ConnectionView } from './connection.ts';
import type { HistoryView } from './history.ts';
import type { ReservationView, SessionPart } from './reservation.ts';
import type { ServiceName, ServiceView } from './services.ts';

/** Facts that do not change while the program runs. */
export interface AppView {
  readonly name: 'gatehouse';
  readonly version: string;
  readonly mode: 'headless' | 'desktop';
  readonly source: 'ibkr' | 'demo' | 'lightweight';
  readonly trading: 'paper' | 'live';
  readonly pid: number;
  readonly platform: string;
  readonly startedAt: number;
  readonly dataDir: string;
  readonly ndjson: { readonly host: string; readonly port: number } | null;
  readonly http: { readonly host: string; readonly port: number } | null;
  readonly freshnessMs: number;
  /** Where the watchlist is said that holds again at the next start; null where changes of it stay. */
  readonly watchlistFixedBy: string | null;
}

export interface SnapshotView {
  readonly epoch: number;
  readonly lastUpdateMs: number;
  readonly tickers: number;
  readonly shm: { readonly dictionary: string; readonly columnar: string } | null;
}

/** One row of the freshness table. */
export interface TickerView {
  readonly last: number;
  readonly volume: number;
  /** The price's own time, in epoch milliseconds. */
  readonly at: number;
  readonly source: 'bar' | 'tick';
  /** Ticks a second, over the last few seconds. */
  readonly rate: number;
}

/** One program connected to the NDJSON server. */
export interface ClientView {
  readonly id: number;
  /** What it calls itself; null while it has not said. */
  readonly name: string | null;
  readonly peer: string;
  readonly session: SessionPart;
  readonly since: number;
  readonly requests: number;
  readonly errors: number;
  /** It does not read its answers, so it is not read from either. */
  readonly paused: boolean;
}

/** What flows through the forwarded port; null where nothing is forwarded. */
export interface ForwardView {
  readonly host: string;
  readonly port: number;
  readonly policy: 'open' | 'reserved';
  readonly target: { readonly host: string; readonly port: number };
  readonly connections: number;
  readonly refused: number;
  readonly cut: number;
  readonly bytesToGateway: number;
  readonly bytesFromGateway: number;
}

/** Everything the supervisor tells the outside, in slices with one writer each. */
export interface State {
  readonly app: AppView;
  readonly services: Readonly<Partial<Record<ServiceName, ServiceView>>>;
  readonly connection: ConnectionView;
  readonly reservation: ReservationView;
  readonly history: HistoryView;
  readonly clients: readonly ClientView[];
  readonly forward: ForwardView | null;
  readonly snapshot: SnapshotView;
  readonly tickers: Readonly<Record<string, TickerView>>;
}

export type SliceName = keyof State;
/** Slices that change entry by entry, so that a patch carries only what moved. */
export type KeyedSlice = 'services' | 'tickers';

export type Patch =
  | { readonly slice: Exclude<SliceName, KeyedSlice>; readonly value: unknown }
  | {
      readonly slice: KeyedSlice;
      readonly entries: Readonly<Record<string, unknown>>;
      readonly gone: readonly string[];
    };

/** Patches leave with a sequence number; a hole tells the receiver to take a new snapshot. */
export interface PatchBatch {
  readonly seq: number;
  readonly at: number;
  readonly patches: readonly Patch[];
}

export interface Snapshot {
  readonly seq: number;
  readonly at: number;
  readonly state: State;
}
