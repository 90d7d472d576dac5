import type { Socket } from 'node:net';

export interface Quote {
  readonly price: number;
  readonly volume: number;
  readonly currency: string;
  readonly ts_epoch_ms: number;
  readonly source: 'shared_memory_manager' | 'ibkr_tick';
  readonly ticker: string;
  readonly stale: boolean;
  /** In an event: how many changes before it were left out because this reader is slow. */
  readonly conflated?: number;
}

export interface Bar {
  readonly t: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface SegmentNames {
  readonly shm_name: string;
  readonly columnar: null | {
    readonly shm_name: string;
    readonly layout: number | string;
    readonly generation: number;
  };
}

export interface ReservationState {
  readonly state: 'free' | 'closing' | 'reserved';
  readonly holder: string | null;
  readonly client: string | null;
  readonly peer: string | null;
  readonly since_ms: number | null;
  readonly expires_at_ms: number | null;
  readonly orphaned: boolean;
  readonly recalled: boolean;
  readonly queue_length: number;
}

export type AcquireAnswer =
  | { readonly status: 'acquired'; readonly lease?: string; readonly expires_at_ms?: number | null }
  | { readonly status: 'denied'; readonly reason: string };

export type Topic = 'quotes' | 'snapshot' | 'connection' | 'reservation';

export interface Subscription {
  readonly tickers?: readonly string[] | '*';
  readonly topics?: readonly Topic[];
}

export interface Subscribed {
  readonly topics: readonly Topic[];
  readonly tickers: readonly string[] | '*';
  readonly unknown?: readonly string[];
}

/** A message that answers no request. */
export interface Push {
  readonly v: 1;
  readonly id: null;
  readonly type: 'event' | 'response';
  readonly op: string;
  readonly data: unknown;
}

export interface ClientOptions {
  readonly timeoutMs?: number;
  /** Gets every line in both directions. */
  readonly log?: (direction: '->' | '<-', line: string) => void;
}

export interface ConnectOptions extends ClientOptions {
  readonly host?: string;
  readonly port?: number;
  readonly token?: string;
}

export declare const defaultHost: string;
export declare const defaultPort: number;

export declare class GatehouseError extends Error {
  readonly code: string;
  readonly detail: string;
}

export declare class Client {
  constructor(socket: Socket, options?: ClientOptions);
  readonly closed: boolean;
  close(): void;
  request(type: string, fields?: object, timeoutMs?: number): Promise<unknown>;
  hello(): Promise<unknown>;
  ping(): Promise<number>;
  listTickers(): Promise<string[]>;
  getQuote(ticker: string): Promise<Quote>;
  getQuotes(tickers: readonly string[]): Promise<Map<string, Quote>>;
  getSnapshotEpoch(): Promise<{ readonly epoch: number; readonly last_update_ms: number }>;
  getShmName(): Promise<SegmentNames>;
  getStatus(): Promise<unknown>;
  getReservation(): Promise<ReservationState>;
  history(
    ticker: string,
    options?: {
      readonly timeframe?: string;
      readonly from?: number | string;
      readonly to?: number | string;
      readonly page?: number;
    },
  ): AsyncGenerator<Bar>;
  acquire(options?: {
    readonly name?: string;
    readonly ttlMs?: number;
    readonly waitMs?: number;
    readonly bind?: boolean;
  }): Promise<AcquireAnswer>;
  release(lease?: string): Promise<{ readonly status: 'released' }>;
  renew(
    lease: string,
    ttlMs: number,
  ): Promise<{ readonly status: 'renewed'; readonly expires_at_ms: number }>;
  subscribe(wanted?: Subscription): Promise<Subscribed>;
  unsubscribe(unwanted?: Subscription): Promise<Subscribed>;
  onPush(listener: (message: Push) => void): () => void;
  events(): AsyncGenerator<Push>;
}

export declare function connect(options?: ConnectOptions): Promise<Client>;
export declare function isReleaseRequest(message: Push): boolean;
