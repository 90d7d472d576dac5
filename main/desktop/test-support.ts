import type { ConnectionView } from '../../shared/connection.ts';
import { freeReservation } from '../../shared/reservation.ts';
import type { Phase, ServiceName, ServiceView } from '../../shared/services.ts';
import type { State } from '../../shared/state.ts';
import { noConnection } from '../lightweight/no-connection.ts';
import { noHistory } from '../lightweight/no-history.ts';

/** A supervisor at ease: everything runs, the session stands, nothing is lent. */
export function calmState(now: number, change: Partial<State> = {}): State {
  return {
    app: {
      name: 'gatehouse',
      version: '1.0.0',
      mode: 'desktop',
      source: 'ibkr',
      trading: 'paper',
      pid: 1,
      platform: 'linux',
      startedAt: now,
      dataDir: '/data',
      ndjson: null,
      http: null,
      freshnessMs: 90_000,
      watchlistFixedBy: null,
    },
    services: {
      ndjson: serviceIn('ndjson', 'running', now),
      http: serviceIn('http', 'running', now),
    },
    connection: connectionIn({ phase: 'connected', reason: 'ok', sentence: 'Connected.' }, now),
    reservation: freeReservation,
    history: { ...noHistory, running: true },
    forward: null,
    clients: [],
    snapshot: { epoch: 2, lastUpdateMs: now, tickers: 0, shm: null },
    tickers: {},
    ...change,
  };
}

export function serviceIn(
  name: ServiceName,
  phase: Phase,
  now: number,
  reason: string | null = null,
): ServiceView {
  return { name, phase, since: now, reason, attempt: 0, nextAttemptAt: null };
}

export function connectionIn(change: Partial<ConnectionView>, now: number): ConnectionView {
  return { ...noConnection('127.0.0.1', 7497, now), ...change };
}
