import type { Bar, Timeframe } from '../../shared/bar.ts';
import type { ConnectionView, MarketDataKind, PacingView } from '../../shared/connection.ts';
import type { InstrumentOverrides } from '../../shared/instrument.ts';
import type { IbkrSchedule } from '../calendar/ibkr-schedule.ts';
import type { Clock } from '../kit/clock.ts';
import type { DayFigures } from '../kit/day-figures.ts';
import type { Log } from '../kit/log.ts';
import type { OpenClient } from './client/client-port.ts';
import type { Timeouts } from './connection/timeouts.ts';
import type { PacingRules } from './history/pacing.ts';

/** Where quotes go. Called for every tick that moves a price or a volume. */
export interface QuoteSink {
  tick(
    symbol: string,
    price: number,
    volume: number | undefined,
    tsMs: number,
    currency: string,
    delayed: boolean,
    figures: DayFigures,
  ): void;
}

export interface IbkrPorts {
  readonly quotes: QuoteSink;
  /** Gets every new view: a change of phase at once, the rest at most ten times a second. */
  publish(view: ConnectionView): void;
}

export interface IbkrOptions {
  readonly host: string;
  /** Null takes the port that program and mode usually have. */
  readonly port: number | null;
  readonly clientId: number;
  readonly clientIdPolicy: 'cycle' | 'fixed';
  readonly autoReconnect: boolean;
  readonly live: boolean;
  readonly gateway: boolean;
  readonly marketDataType: MarketDataKind;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeouts?: Partial<Timeouts>;
  readonly delaysMs?: readonly number[];
  readonly cyclePauseMs?: number;
  readonly pacing?: Partial<PacingRules>;
  /** Ask for delayed quotes where live ones are not subscribed; on unless said otherwise. */
  readonly delayedFallback?: boolean;
  /** How many messages a second are sent; IBKR allows 50 over all programs of one TWS. */
  readonly messagesPerSecond?: number;
  /** Market-data lines of the login; 100 unless bought more. */
  readonly lines?: number;
  readonly flow?: Partial<FlowRules>;
  readonly contracts?: InstrumentOverrides;
  /** When TWS restarts itself, `hh:mm`, and the zone of that clock. */
  readonly dailyRestart?: string;
  readonly timeZone?: string;
  readonly random?: () => number;
  /** Replaces the real socket, for tests of the parts above it. */
  readonly open?: OpenClient;
}

/** How long data may stay away before something is done about it. */
export interface FlowRules {
  /** How often the flow is looked at. */
  readonly lookMs: number;
  /** After a disturbance every ticker must have spoken within this time. */
  readonly proofMs: number;
  /** A ticker that used to speak and is silent so long is asked for again. */
  readonly silentMs: number;
  /** Waits before a ticker that stays silent, or is refused for a passing reason, is tried again. */
  readonly retryMs: readonly number[];
  /** The connection itself is not opened anew over missing data more often than this. */
  readonly reopenMs: number;
}

export const usualFlow: FlowRules = {
  lookMs: 1000,
  proofMs: 10_000,
  silentMs: 60_000,
  retryMs: [30_000, 60_000, 120_000, 300_000],
  reopenMs: 600_000,
};

export interface HistoryRequest {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Epoch milliseconds, or null for now. */
  readonly end: number | null;
  /** IBKR's words: `2 D`, `1 M`. */
  readonly duration: string;
  readonly useRth: boolean;
  readonly whatToShow?: string | undefined;
  readonly priority: 'person' | 'background';
  readonly signal?: AbortSignal | undefined;
  /** Counts from when it is sent: how long it waits for its turn is a matter of pacing. */
  readonly deadlineMs?: number | undefined;
}

export type RequestFailure =
  | 'no-data'
  | 'pacing'
  | 'cancelled'
  | 'timeout'
  | 'not-connected'
  | 'no-permission'
  | 'unknown-symbol'
  | 'error';

export interface Refusal {
  readonly ok: false;
  readonly reason: RequestFailure;
  readonly code?: number;
  /** In plain words, with symbol and request. */
  readonly message: string;
}

export type HistoryResult = { readonly ok: true; readonly bars: readonly Bar[] } | Refusal;
export type Result<T> = { readonly ok: true; readonly value: T } | Refusal;

export interface ContractAnswer {
  readonly symbol: string;
  readonly conId: number;
  readonly longName: string;
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly localSymbol: string;
  readonly lastTradeDate: string;
  readonly minTick: number;
  readonly timeZoneId: string;
  readonly tradingHours: string;
  readonly liquidHours: string;
}

export interface AccountValue {
  readonly account: string;
  readonly tag: string;
  readonly value: string;
  readonly currency: string;
}

export type Stop = () => void;

export interface IbkrService {
  /** Begins to connect and returns; it never waits for TWS. */
  start(): Promise<void>;
  stop(): Promise<void>;
  connect(): void;
  /** Never followed by a reconnect until `connect` or `reconnect` is called. */
  disconnect(): void;
  reconnect(): void;
  /** Resolves once the socket is closed; nothing connects before `resume`. */
  closeForReservation(): Promise<void>;
  resume(): void;
  isOpen(): boolean;
  view(): ConnectionView;
  onChange(listener: (view: ConnectionView) => void): Stop;
  /** The tickers that are to have quotes; what is new is requested, what is gone is cancelled. */
  watch(symbols: readonly string[]): void;
  summary(): Promise<Result<readonly AccountValue[]>>;
  historical(request: HistoryRequest): Promise<HistoryResult>;
  schedule(symbol: string, options?: ScheduleOptions): Promise<Result<IbkrSchedule>>;
  contractDetails(symbol: string): Promise<Result<ContractAnswer>>;
  /** Epoch milliseconds of the oldest bar there is. */
  headTimestamp(symbol: string): Promise<Result<number>>;
  /** Bars of now that grow and follow one another; asked for again whenever they stop. */
  keepUpToDate(
    symbol: string,
    timeframe: Timeframe,
    onBar: (bar: Bar, isNew: boolean) => void,
  ): Stop;
  pacing(): PacingView;
  systemResumed(): void;
}

export interface ScheduleOptions {
  readonly end?: number | null;
  readonly duration?: string;
  readonly useRth?: boolean;
}
