import type { Instrument } from '../../../shared/instrument.ts';

/** Ids from here on are Gatehouse's own; below they are free for users of the raw handle. */
export const firstOwnId = 1_000_000;

/** Where the newest market data goes. Called for every tick: nothing here may be slow. */
export interface TickSink {
  price(id: number, field: number, price: number): void;
  size(id: number, field: number, size: number | undefined): void;
  text(id: number, field: number, value: string): void;
}

export interface RawBar {
  /** Epoch seconds for bars within a day, yyyymmdd for daily ones, as the gateway wrote it. */
  readonly time: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface RawDetails {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: string;
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
  readonly lastTradeDate: string;
  readonly multiplier: string;
  readonly longName: string;
  readonly minTick: number;
  readonly timeZoneId: string;
  readonly tradingHours: string;
  readonly liquidHours: string;
}

export interface RawSession {
  readonly start: string;
  readonly end: string;
  readonly date: string;
}

/** What belongs to one request; the request's owner hears nothing of others. */
export type Answer =
  | { readonly type: 'error'; readonly code: number; readonly text: string }
  | { readonly type: 'data-kind'; readonly kind: number }
  | { readonly type: 'snapshot-end' }
  | { readonly type: 'bars'; readonly bars: readonly RawBar[] }
  | { readonly type: 'bar'; readonly bar: RawBar }
  | { readonly type: 'details'; readonly details: RawDetails }
  | { readonly type: 'details-end' }
  | { readonly type: 'head'; readonly time: string }
  | {
      readonly type: 'schedule';
      readonly timeZone: string;
      readonly sessions: readonly RawSession[];
    }
  | {
      readonly type: 'account-value';
      readonly account: string;
      readonly tag: string;
      readonly value: string;
      readonly currency: string;
    }
  | { readonly type: 'account-end' };

/** What one socket reports. `closed` comes exactly once and is the last. */
export interface ClientEvents extends TickSink {
  tcp(): void;
  hello(version: number): void;
  accounts(accounts: readonly string[]): void;
  ready(): void;
  /** A whole message arrived, whatever it said. */
  heard(): void;
  time(epochSeconds: number): void;
  /** A message about the session, not about a request. */
  message(code: number, text: string): void;
  answer(id: number, answer: Answer): void;
  /** The stream can no longer be read. */
  garbage(detail: string): void;
  /** One message could not be read; the stream goes on. */
  unreadable(detail: string): void;
  closed(cause: 'refused' | 'unreachable' | 'ended'): void;
}

export interface HistoryQuery {
  readonly instrument: Instrument;
  /** `yyyymmdd-hh:mm:ss` UTC, or empty for now. */
  readonly end: string;
  readonly duration: string;
  readonly barSize: string;
  readonly whatToShow: string;
  readonly useRth: boolean;
  readonly keepUpToDate: boolean;
}

/** One connection to TWS, good for one attempt. */
export interface GatewayClient {
  /** The library's own handle, for people who use the package directly. */
  readonly raw: unknown;
  /** `closed` follows. Safe to call at any time, more than once. */
  close(): void;
  probe(): void;
  marketDataType(kind: number): void;
  marketData(id: number, instrument: Instrument, snapshot: boolean): void;
  cancelMarketData(id: number): void;
  history(id: number, query: HistoryQuery): void;
  cancelHistory(id: number): void;
  details(id: number, instrument: Instrument): void;
  headTimestamp(id: number, instrument: Instrument, whatToShow: string, useRth: boolean): void;
  cancelHeadTimestamp(id: number): void;
  accountSummary(id: number, group: string, tags: string): void;
  cancelAccountSummary(id: number): void;
}

export interface OpenOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
}

export type OpenClient = (options: OpenOptions, events: ClientEvents) => GatewayClient;
