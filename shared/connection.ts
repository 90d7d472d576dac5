import type { Advice } from './advice/advice.ts';

/** The five states a person sees; what lies behind each is in the reason. */
export const connectionPhases = [
  'disconnected',
  'connecting',
  'connected',
  'reconnecting',
  'failed',
] as const;
export type ConnectionPhase = (typeof connectionPhases)[number];

/** Why the connection is in its phase. */
export type ConnectionReason =
  | 'not-started'
  | 'starting'
  | 'ok'
  | 'stopped-by-operator'
  | 'reserved'
  | 'link-lost'
  | 'refused'
  | 'unreachable'
  | 'mute'
  | 'handshake-timeout'
  | 'rejected'
  | 'client-id-in-use'
  | 'client-ids-used-up'
  | 'unsupported-version'
  | 'wrong-account'
  | 'socket-closed'
  | 'half-open'
  | 'garbage'
  | 'port-moved'
  | 'data-dead'
  | 'woke-up'
  | 'scheduled-restart'
  | 'weekly-login'
  | 'gave-up';

export type MarketDataKind = 'live' | 'frozen' | 'delayed' | 'delayed-frozen';

export interface FarmView {
  readonly name: string;
  readonly kind: 'market' | 'historical' | 'definitions';
  readonly state: 'ok' | 'broken' | 'inactive' | 'connecting';
  readonly since: number;
}

/** One line of the story of the connection, in plain words. */
export interface TimelineEntry {
  readonly at: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  readonly code?: number;
}

/** An error IBKR sent, with what it belonged to and what to do about it. */
export interface ConnectionError {
  readonly at: number;
  readonly code: number;
  readonly message: string;
  readonly symbol: string | null;
  readonly request: string | null;
  readonly advice: Advice;
}

/** How the data of one ticker arrives. */
export type TickerFeed =
  | 'waiting'
  | 'streaming'
  | 'polled'
  | 'silent'
  | 'competing-session'
  | 'refused'
  | 'off';

export interface TickerFeedView {
  readonly symbol: string;
  readonly feed: TickerFeed;
  readonly kind: MarketDataKind | null;
  readonly lastTickAt: number | null;
  /** Why there is no data, in a sentence, while there is none. */
  readonly problem: string | null;
}

export interface MarketDataView {
  readonly wanted: MarketDataKind;
  /** What arrives: the least current kind of all tickers, null while nothing does. */
  readonly serving: MarketDataKind | null;
  readonly competing: boolean;
  /** Data flow after the last disturbance: still being checked, proven, or missing. */
  readonly proof: 'idle' | 'checking' | 'proven' | 'missing';
  readonly linesUsed: number;
  readonly linesBudget: number;
  readonly tickers: readonly TickerFeedView[];
}

/** How much of IBKR's allowance for historical requests is used. */
export interface PacingView {
  readonly used: number;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly open: number;
  readonly openLimit: number;
  readonly waiting: number;
  /** When the next waiting request may go out; null when one may go now. */
  readonly nextSlotAt: number | null;
  /** Until when everything waits because IBKR reported a pacing violation. */
  readonly pausedUntil: number | null;
}

/** Everything the window, the tray and the status endpoints say about the session. */
export interface ConnectionView {
  readonly phase: ConnectionPhase;
  readonly reason: ConnectionReason;
  /** What is happening, in one sentence. */
  readonly sentence: string;
  /** What a person can do about it; empty when nothing is needed. */
  readonly todo: readonly string[];
  readonly needsAttention: boolean;
  /** A restart that was to be expected: not an alarm. */
  readonly scheduled: { readonly kind: 'daily' | 'weekly'; readonly until: number } | null;
  readonly since: number;
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
  readonly mode: 'paper' | 'live';
  readonly program: 'tws' | 'gateway';
  /** Requests can be sent and answered now. */
  readonly open: boolean;
  /** The TCP connection stands, even if IBKR behind it is away. */
  readonly transportOpen: boolean;
  /** The gateway has answered within the heartbeat's patience. */
  readonly verified: boolean;
  readonly attempts: number;
  readonly failedAttempts: number;
  readonly currentAttempt: number;
  readonly nextRetryAt: number | null;
  readonly connectedAt: number | null;
  readonly lastConnectAt: number | null;
  readonly lastDisconnectAt: number | null;
  readonly reconnectCount: number;
  readonly accounts: readonly string[];
  /** Null while no connection stands. */
  readonly serverVersion: number | null;
  /** The gateway's clock minus ours, from its last answer; null while no connection stands. */
  readonly clockSkewMs: number | null;
  /** None while there is no session: what they were then is not what they are. */
  readonly farms: readonly FarmView[];
  readonly marketData: MarketDataView;
  readonly pacing: PacingView;
  readonly errors: readonly ConnectionError[];
  readonly timeline: readonly TimelineEntry[];
}
