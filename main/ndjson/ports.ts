import type { Bar, Timeframe } from '../../shared/bar.ts';
import type { Quote } from '../../shared/quote.ts';
import type { ReservationView, SessionPart } from '../../shared/reservation.ts';

export type Unsubscribe = () => void;

export interface QuotesPort {
  /** The tickers with a quote, in the order first written. */
  list(): readonly string[];
  get(ticker: string): Quote | undefined;
  onChange(listener: (quote: Quote) => void): Unsubscribe;
}

export interface SnapshotPort {
  readonly epoch: number;
  readonly lastUpdateMs: number;
  onBatch(listener: () => void): Unsubscribe;
}

export interface MemoryNames {
  readonly dictionary: string;
  readonly columnar: string | null;
  readonly generation: number;
  readonly layout: number | string;
}

export interface MemoryPort {
  /** Null where shared memory is off. */
  names(): MemoryNames | null;
}

export interface LeaseTerms {
  readonly client: string | null;
  readonly ttlMs: number | null;
  readonly waitMs: number | null;
  readonly bound: boolean;
}

export interface LeaseAsker {
  readonly connection: number;
  readonly peer: string;
  readonly loopback: boolean;
}

interface GrantedLease {
  readonly token: string;
  readonly client: string | null;
  readonly peer: string;
  readonly expiresAtMs: number | null;
}

export type LeaseOutcome =
  | { readonly kind: 'acquired'; readonly lease: GrantedLease }
  | { readonly kind: 'denied' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'timed-out'; readonly waitedMs: number; readonly reserved: boolean }
  | { readonly kind: 'crowded' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'released' }
  | { readonly kind: 'renewed'; readonly lease: GrantedLease }
  | { readonly kind: 'not-reserved' }
  | { readonly kind: 'not-holder'; readonly lease: GrantedLease }
  | { readonly kind: 'wrong-token' };

export type AskBackReason = 'recalled' | 'gateway-lost' | 'expiring';

export interface LeaseDesk {
  acquire(
    request: LeaseAsker & { readonly terms: LeaseTerms | null },
    onPosition?: (position: number) => void,
  ): Promise<LeaseOutcome>;
  release(request: { readonly connection: number; readonly token: string | null }): LeaseOutcome;
  renew(request: LeaseAsker & { readonly token: string; readonly ttlMs: number }): LeaseOutcome;
  connectionClosed(connection: number): void;
  concerns(connection: number): boolean;
  part(connection: number): SessionPart;
  view(): ReservationView;
  onChange(listener: (view: ReservationView) => void): Unsubscribe;
  onAskBack(listener: (connection: number, why: AskBackReason) => void): Unsubscribe;
}

export interface HistoryQuery {
  readonly ticker: string;
  readonly timeframe: Timeframe;
  /** Epoch milliseconds, both ends included; null is open. */
  readonly from: number | null;
  readonly to: number | null;
  readonly limit: number;
}

export interface HistoryPage {
  readonly bars: readonly Bar[];
  /** Where the next page begins, or null after the last. */
  readonly next: number | null;
  /** From here on bars are made of ticks and may still change; null when none of the page is. */
  readonly provisionalFrom: number | null;
}

export interface HistoryPort {
  /** Undefined where nothing is kept of that ticker. */
  bars(query: HistoryQuery): Promise<HistoryPage | undefined>;
}

/** The state of our own session, for those who subscribe to it. */
export interface ConnectionPort {
  current(): object;
  onChange(listener: () => void): Unsubscribe;
}

export interface NdjsonPorts {
  readonly quotes: QuotesPort;
  readonly snapshot: SnapshotPort;
  readonly memory: MemoryPort;
  readonly lease: LeaseDesk;
  readonly connection: ConnectionPort;
  readonly history: HistoryPort;
  /** The body of `get_status`. */
  status(): object;
}
