import path from 'node:path';
import type { ReadyLine } from '../../shared/ready-line.ts';
import { freeReservation } from '../../shared/reservation.ts';
import type { State } from '../../shared/state.ts';
import { loopback } from '../config/addresses.ts';
import type { Config } from '../config/load.ts';
import { HttpService } from '../http/http-service.ts';
import { readOrMakeToken } from '../http/token.ts';
import type { Clock } from '../kit/clock.ts';
import { noConnection } from '../lightweight/no-connection.ts';
import type { Logs } from '../log/create-log.ts';
import { tcpProbe } from '../reservation/probe.ts';
import { createReservation } from '../reservation/reservation.ts';
import { createSnapshot } from '../snapshot/index.ts';
import { createDispatcher, type Dispatch } from './dispatcher.ts';
import { Freshness } from './freshness.ts';
import { createHandlers } from './handlers.ts';
import { ndjsonService } from './services/ndjson-service.ts';
import { snapshotService } from './services/snapshot-service.ts';
import { Store } from './store.ts';
import { type StartFailure, Supervisor } from './supervisor.ts';

export interface Surroundings {
  readonly mode: 'headless' | 'desktop';
  readonly version: string;
  readonly clock: Clock;
  readonly logs: Logs;
  /** The built window, to be served over HTTP; null serves none. */
  readonly windowDir: string | null;
}

/** The whole program without a face: what the desktop, the browser and scripts all stand before. */
export interface Gatehouse {
  readonly store: Store;
  readonly dispatch: Dispatch;
  start(): Promise<readonly StartFailure[]>;
  stop(): Promise<void>;
  readyLine(): ReadyLine;
}

export async function createGatehouse(config: Config, around: Surroundings): Promise<Gatehouse> {
  const { values, dataDir } = config;
  const { clock, logs, version } = around;
  const ibPort = values['ib.port'] ?? portOf(values['ib.gateway'], values['ib.live']);
  const store = new Store(initialState(config, around, ibPort), clock);
  const appSlice = store.claim('app');
  const snapshotSlice = store.claim('snapshot');
  const reservationSlice = store.claim('reservation');
  const clientsSlice = store.claim('clients');

  const snapshot = createSnapshot({
    clock,
    log: logs.for('snapshot'),
    pid: process.pid,
    shm: values['shm.enabled']
      ? { name: values['shm.name'], mirrorBars: values['shm.mirror_bars'] }
      : null,
  });
  const publishSnapshot = () =>
    snapshotSlice.set({
      ...snapshot.state,
      tickers: snapshot.quotes.size,
      shm: snapshot.names(),
    });
  snapshot.onBatch(publishSnapshot);
  snapshot.onStatus(publishSnapshot);
  const freshness = new Freshness(snapshot.quotes, store.claim('tickers'), clock);

  const reservation = createReservation(
    {
      clock,
      log: logs.for('reservation'),
      file: path.join(dataDir, 'lease.json'),
      orphanTimeoutMs: values['reservation.orphan_timeout'] * 1_000 || null,
      probeEveryMs: values['reservation.probe_interval'] * 1_000,
    },
    {
      session: { close: async () => {}, resume: () => {}, isOpen: () => false },
      isDownloading: () => false,
      probe: tcpProbe(() => ({ host: values['ib.host'], port: ibPort })),
    },
  );
  reservation.onChange((view) => reservationSlice.set(view, 'urgent'));

  const remote = values.allow_remote !== 'no';
  const token =
    values.allow_remote === 'token'
      ? readOrMakeToken(values['http.token_file'] ?? path.join(dataDir, 'token'))
      : null;
  const connection = store.claim('connection');

  const ndjson = ndjsonService(
    {
      host: values['ndjson.host'],
      port: values['ndjson.port'],
      maxLineBytes: values['ndjson.max_line_bytes'],
      idleTimeoutMs: values['ndjson.idle_timeout'] * 1_000,
      freshnessMs: values.freshness_ms,
      maxConnections: values['ndjson.max_connections'],
      authToken: loopback(values['ndjson.host']) ? null : token,
      clock,
      log: logs.for('ndjson'),
      version,
    },
    {
      quotes: snapshot.quotes,
      snapshot: {
        get epoch() {
          return snapshot.state.epoch;
        },
        get lastUpdateMs() {
          return snapshot.state.lastUpdateMs;
        },
        onBatch: (listener) => snapshot.onBatch(listener),
      },
      memory: snapshot,
      lease: reservation,
      connection: { current: () => connection.get(), onChange: () => () => {} },
      history: { bars: async () => undefined },
      status: () => ({ connection: connection.get().phase }),
    },
    reservation,
    (server) => clientsSlice.set(server ? server.clients() : []),
  );

  const dispatch = createDispatcher(
    createHandlers({
      supervisor: () => supervisor,
      reservation,
      ndjson: () => ndjson,
      ring: logs.ring,
    }),
    logs.root,
  );
  const http = new HttpService(
    {
      host: values['http.host'],
      port: values['http.port'],
      version,
      guard: { allowedHosts: values['http.allowed_hosts'], remote, token },
      tls:
        values['http.tls_cert'] !== null && values['http.tls_key'] !== null
          ? { cert: values['http.tls_cert'], key: values['http.tls_key'] }
          : null,
      windowDir: around.windowDir,
      clock,
      log: logs.for('http'),
    },
    {
      snapshot: () => store.snapshot(),
      subscribe: (listener) => store.subscribe(listener),
      dispatch,
      quotes: snapshot.quotes,
    },
  );

  const supervisor = new Supervisor(
    [
      (report) => snapshotService(snapshot, report, values.lightweight || values.demo),
      () => ndjson,
      () => http,
    ],
    store.claim('services'),
    clock,
    logs.root,
  );

  return {
    store,
    dispatch,
    async start() {
      const failures = await supervisor.start();
      publishSnapshot();
      appSlice.set({ ...appSlice.get(), ndjson: ndjson.address, http: http.address }, 'urgent');
      return failures;
    },
    async stop() {
      await supervisor.stop();
      freshness.stop();
      store.close();
    },
    readyLine: () => ({
      event: 'ready',
      version,
      pid: process.pid,
      mode: around.mode,
      ndjson: ndjson.address,
      http: http.address,
      forward: null,
      shm: store.state.snapshot.shm,
      ib: {
        host: values['ib.host'],
        port: ibPort,
        clientId: values['ib.client_id'],
        demo: values.demo,
        lightweight: values.lightweight,
      },
      dataDir,
    }),
  };
}

function portOf(gateway: boolean, live: boolean): number {
  if (gateway) return live ? 4001 : 4002;
  return live ? 7496 : 7497;
}

function initialState(config: Config, around: Surroundings, ibPort: number): State {
  const { values, dataDir } = config;
  const now = around.clock.now();
  return {
    app: {
      name: 'gatehouse',
      version: around.version,
      mode: around.mode,
      source: values.lightweight ? 'lightweight' : values.demo ? 'demo' : 'ibkr',
      trading: values['ib.live'] ? 'live' : 'paper',
      pid: process.pid,
      platform: process.platform,
      startedAt: now,
      dataDir,
      ndjson: null,
      http: null,
      freshnessMs: values.freshness_ms,
    },
    services: {},
    connection: noConnection(values['ib.host'], ibPort, now),
    reservation: freeReservation,
    clients: [],
    snapshot: { epoch: 0, lastUpdateMs: 0, tickers: 0, shm: null },
    tickers: {},
  };
}
