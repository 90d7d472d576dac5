import type { ConnectionPhase, ConnectionReason } from '../../../shared/connection.ts';
import type { AccountMode } from './endpoint.ts';
import type { Pulse } from './heartbeat.ts';
import type { ClientIds } from './retry.ts';
import { cyclePauseMs, serviceDelaysMs } from './retry.ts';
import { type RestartHours, usualRestart } from './scheduled.ts';
import { type Timeouts, usualTimeouts } from './timeouts.ts';

export interface MachineConfig {
  readonly host: string;
  readonly port: number;
  readonly clientIds: ClientIds;
  readonly autoReconnect: boolean;
  readonly mode: AccountMode;
  readonly timeouts: Timeouts;
  readonly delaysMs: readonly number[];
  readonly cyclePauseMs: number;
  readonly restart: RestartHours;
}

export const machineDefaults = {
  autoReconnect: true,
  mode: 'paper',
  timeouts: usualTimeouts,
  delaysMs: serviceDelaysMs,
  cyclePauseMs,
  restart: usualRestart,
} as const satisfies Partial<MachineConfig>;

/** How one call of `connect` wants its attempts made. */
export interface Plan {
  /** Null: never give up. */
  readonly tries: number | null;
  readonly delaysMs: readonly number[] | null;
  /** One limit for the whole attempt instead of one for each of its steps. */
  readonly attemptMs: number | null;
}

export const endlessPlan: Plan = { tries: null, delaysMs: null, attemptMs: null };

/** The one socket there may be. A new one is opened only from `none`. */
export type Link =
  | { readonly at: 'none' }
  | {
      readonly at: 'opening';
      readonly step: 'tcp' | 'hello' | 'ready' | 'accounts';
      readonly startedAt: number;
      readonly deadline: number;
    }
  | ({ readonly at: 'open' } & Pulse)
  | { readonly at: 'closing' };

export interface MachineState {
  readonly config: MachineConfig;
  /** What is wanted: a session, none, or none because an outside program holds it. */
  readonly intent: 'up' | 'down' | 'reserved';
  /** What is wanted once a reservation ends. */
  readonly afterReservation: 'up' | 'down';
  readonly phase: ConnectionPhase;
  readonly reason: ConnectionReason;
  readonly since: number;
  /** More about the reason, in a sentence, where the reason alone does not say it. */
  readonly detail: string | null;
  readonly link: Link;
  /** Counts sockets; events of older ones are ignored. */
  readonly attempt: number;
  readonly port: number;
  readonly clientId: number;
  readonly nextClientId: number;
  readonly plan: Plan;
  readonly triesLeft: number | null;
  readonly nextAttemptAt: number | null;
  readonly failuresInRow: number;
  readonly attempts: number;
  readonly failedAttempts: number;
  readonly reconnectCount: number;
  /** A session has stood since the last `connect`. */
  readonly wasUp: boolean;
  /** IBKR is away behind a living TWS (1100): the socket is kept. */
  readonly linkLost: boolean;
  /** Sessions in a row that died right after they began. */
  readonly shortLives: number;
  readonly downSince: number | null;
  readonly connectedAt: number | null;
  readonly lastConnectAt: number | null;
  readonly lastDisconnectAt: number | null;
  readonly accounts: readonly string[] | null;
  readonly serverVersion: number | null;
  readonly clockSkewMs: number | null;
}

export function initialState(config: MachineConfig, now: number): MachineState {
  return {
    config,
    intent: 'down',
    afterReservation: 'down',
    phase: 'disconnected',
    reason: 'not-started',
    since: now,
    detail: null,
    link: { at: 'none' },
    attempt: 0,
    port: config.port,
    clientId: config.clientIds.first,
    nextClientId: config.clientIds.first,
    plan: endlessPlan,
    triesLeft: null,
    nextAttemptAt: null,
    failuresInRow: 0,
    attempts: 0,
    failedAttempts: 0,
    reconnectCount: 0,
    wasUp: false,
    linkLost: false,
    shortLives: 0,
    downSince: null,
    connectedAt: null,
    lastConnectAt: null,
    lastDisconnectAt: null,
    accounts: null,
    serverVersion: null,
    clockSkewMs: null,
  };
}

/** Requests can be sent and answered. */
export function isOpen(state: MachineState): boolean {
  return state.phase === 'connected' && state.link.at === 'open';
}

export type ConnectionEvent =
  | { readonly type: 'connect'; readonly plan: Plan }
  | { readonly type: 'disconnect' }
  | { readonly type: 'reconnect'; readonly plan: Plan; readonly pauseMs: number }
  | { readonly type: 'reserve' }
  | { readonly type: 'resume' }
  | { readonly type: 'wake' }
  | { readonly type: 'data-dead'; readonly detail: string }
  | { readonly type: 'alarm' }
  | SocketEvent;

/** What a socket reports, with the attempt it belongs to. */
export type SocketEvent = { readonly attempt: number } & (
  | { readonly type: 'tcp' }
  | { readonly type: 'hello'; readonly version: number }
  | { readonly type: 'accounts'; readonly accounts: readonly string[] }
  | { readonly type: 'ready' }
  | { readonly type: 'pong'; readonly skewMs: number }
  | { readonly type: 'message'; readonly code: number; readonly text: string }
  | { readonly type: 'garbage'; readonly detail: string }
  | { readonly type: 'closed'; readonly cause: 'refused' | 'unreachable' | 'ended' }
);

export type Effect =
  | {
      readonly type: 'open';
      readonly attempt: number;
      readonly host: string;
      readonly port: number;
      readonly clientId: number;
    }
  | { readonly type: 'close'; readonly attempt: number }
  | { readonly type: 'probe'; readonly attempt: number }
  /** A session stands: request what is wanted anew. */
  | { readonly type: 'up' }
  /** No request will be answered; `kept` says whether the socket stays. */
  | { readonly type: 'down'; readonly kept: boolean }
  /** IBKR is back behind TWS. */
  | { readonly type: 'restored'; readonly dataLost: boolean }
  | {
      readonly type: 'note';
      readonly level: 'info' | 'warning' | 'error';
      readonly text: string;
      readonly code?: number;
    };

/** What a step may know besides the state: the time, chance, and when the socket last spoke. */
export interface Moment {
  readonly now: number;
  readonly random: number;
  readonly lastHeardAt: number;
}

export interface Step {
  readonly state: MachineState;
  readonly effects: readonly Effect[];
}
