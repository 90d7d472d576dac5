import type {
  ConnectionError,
  ConnectionView,
  MarketDataView,
  PacingView,
  TimelineEntry,
} from '../../shared/connection.ts';
import { meaningOf } from './connection/endpoint.ts';
import { situationOf } from './connection/reasons.ts';
import { scheduledRestart } from './connection/scheduled.ts';
import { isOpen, type MachineState } from './connection/state.ts';
import type { Farms } from './farms.ts';

export interface ViewParts {
  readonly state: MachineState;
  readonly now: number;
  readonly gateway: boolean;
  readonly farms: Farms;
  readonly marketData: MarketDataView;
  readonly pacing: PacingView;
  readonly errors: readonly ConnectionError[];
  readonly timeline: readonly TimelineEntry[];
}

/** One plain object that says everything about the session. */
export function connectionView(parts: ViewParts): ConnectionView {
  const { state, now } = parts;
  const { link } = state;
  const { sentence, todo, needsAttention } = situationOf(state);
  const expected = state.reason === 'scheduled-restart' || state.reason === 'weekly-login';
  const open = isOpen(state);
  return {
    phase: state.phase,
    reason: state.reason,
    sentence,
    todo,
    needsAttention,
    scheduled: expected ? scheduledRestart(state.downSince ?? now, state.config.restart) : null,
    since: state.since,
    host: state.config.host,
    port: state.port,
    clientId: state.clientId,
    mode: state.config.mode,
    program: meaningOf(state.port)?.program ?? (parts.gateway ? 'gateway' : 'tws'),
    open,
    transportOpen: link.at === 'open',
    verified: link.at === 'open' && (link.probe === null || link.probe.missed === 0),
    attempts: state.attempts,
    failedAttempts: state.failedAttempts,
    currentAttempt: state.failuresInRow,
    nextRetryAt: state.intent === 'up' && link.at !== 'open' ? state.nextAttemptAt : null,
    connectedAt: state.connectedAt,
    lastConnectAt: state.lastConnectAt,
    lastDisconnectAt: state.lastDisconnectAt,
    reconnectCount: state.reconnectCount,
    accounts: open ? (state.accounts ?? []) : [],
    // What the last connection told is no fact of the next one, nor of none.
    serverVersion: link.at === 'open' ? state.serverVersion : null,
    clockSkewMs: link.at === 'open' ? state.clockSkewMs : null,
    farms: open ? [...parts.farms.values()] : [],
    marketData: parts.marketData,
    pacing: parts.pacing,
    errors: parts.errors,
    timeline: parts.timeline,
  };
}
