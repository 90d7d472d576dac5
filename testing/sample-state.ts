import { noConnection } from '../main/lightweight/no-connection.ts';
import { noHistory } from '../main/lightweight/no-history.ts';
import { freeReservation } from '../shared/reservation.ts';
import type { State } from '../shared/state.ts';

/** A state of a program that has just started, to change in a test. */
export function sampleState(changes: Partial<State> = {}): State {
  return {
    app: {
      name: 'gatehouse',
      version: '1.2.3',
      mode: 'headless',
      source: 'ibkr',
      trading: 'paper',
      pid: 1,
      platform: 'linux',
      startedAt: 0,
      dataDir: '/data',
      ndjson: null,
      http: null,
      freshnessMs: 90_000,
      watchlistFixedBy: null,
    },
    services: {},
    connection: noConnection('127.0.0.1', 7497, 0),
    reservation: freeReservation,
    history: noHistory,
    clients: [],
    forward: null,
    snapshot: { epoch: 0, lastUpdateMs: 0, tickers: 0, shm: null },
    tickers: {},
    ...changes,
  };
}
