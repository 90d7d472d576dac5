import os from 'node:os';
import path from 'node:path';
import { instrumentOf } from '../../shared/instrument.ts';
import type { ReadyLine } from '../../shared/ready-line.ts';
import { freeReservation } from '../../shared/reservation.ts';
import type { State } from '../../shared/state.ts';
import { loopback } from '../config/addresses.ts';
import type { Config } from '../config/load.ts';
import { fixedBy } from '../config/origin.ts';
import { createHistory } from '../history/service.ts';
import { HttpService } from '../http/http-service.ts';
import { createIbkrService } from '../ibkr/service.ts';
import type { Clock } from '../kit/clock.ts';
import { noConnection } from '../lightweight/no-connection.ts';
import { noHistory } from '../lightweight/no-history.ts';
import { randomBars, randomHistory } from '../lightweight/random-history.ts';
import type { LogLevel, Logs } from '../log/create-log.ts';
import { tcpProbe } from '../reservation/probe.ts';
import { createReservation } from '../reservation/reservation.ts';
import { createSnapshot } from '../snapshot/index.ts';
import { accessToken, certificateFiles } from './access-files.ts';
import { accountSummary } from './account-summary.ts';
import { counters } from './counters.ts';
import { dataKind } from './data-kind.ts';
import { demoIsReady, demoMessagesPerSecond, demoWatchlist, startDemo } from './demo.ts';
import { diagnostics } from './diagnostics.ts';
import { createDispatcher, type Dispatch } from './dispatcher.ts';
import { Freshness } from './freshness.ts';
import { createHandlers } from './handlers.ts';
import { historySettings } from './history-settings.ts';
import { historySource } from './history-source.ts';
import { forwardService } from './services/forward-service.ts';
import { historyService } from './services/history-service.ts';
import { ibkrService } from './services/ibkr-service.ts';
import { ndjsonService } from './services/ndjson-service.ts';
import { snapshotService } from './services/snapshot-service.ts';
import { SettingsDesk } from './settings-desk.ts';
import { statusOf } from './status.ts';
import { Store } from './store.ts';
import { type StartFailure, Supervisor } from './supervisor.ts';
import { Watchlist } from './watchlist.ts';

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
  /** The machine woke up: what looked alive before may not be. */
  wake(): void;
}

export async function createGatehouse(config: Config, around: Surroundings): Promise<Gatehouse> {
  const { values, dataDir } = config;
  const { clock, logs, version } = around;
  const tls = certificateFiles(config);
  const token = accessToken(config, logs.root);
  const demo = values.demo ? await startDemo(clock, logs.for('simulator')) : null;
  const gateway = demo ?? { host: values['ib.host'], port: values['ib.port'] };
  const watchlist = new Watchlist(config, values.demo ? demoWatchlist : []);
  const store = new Store(initialState(config, around), clock);
  const connection = store.claim('connection');
  const appSlice = store.claim('app');
  const snapshotSlice = store.claim('snapshot');
  const reservationSlice = store.claim('reservation');
  const historySlice = store.claim('history');
  const forwardSlice = store.claim('forward');
  const clientsSlice = store.claim('clients');

  const snapshot = createSnapshot({
    clock,
    log: logs.for('snapshot'),
    pid: process.pid,
    shm: values['shm.enabled']
      ? { name: values['shm.name'], mirrorBars: values['shm.mirror_bars'] }
      : null,
    tradingDay: (ticker, at) => history?.tradingDay(ticker, at) ?? { kind: 'unknown' },
  });
  const publishSnapshot = () =>
    snapshotSlice.set({
      ...snapshot.state,
      tickers: snapshot.quotes.size,
      shm: snapshot.names(),
    });
  snapshot.onBatch(publishSnapshot);
  snapshot.onStatus(publishSnapshot);
  const random = values.lightweight ? randomHistory(new Date()) : null;
  const freshness = new Freshness(snapshot.quotes, store.claim('tickers'), clock);

  const ibkr = values.lightweight
    ? null
    : createIbkrService(
        {
          ...gateway,
          clientId: values['ib.client_id'],
          clientIdPolicy: values['ib.client_id_policy'],
          autoReconnect: values['ib.auto_reconnect'],
          // The demo's account is a simulated one.
          live: values['ib.live'] && !values.demo,
          gateway: values['ib.gateway'],
          marketDataType: dataKind[values['market_data.data_type']],
          lines: values['market_data.lines'],
          contracts: values.contracts,
          ...(demo ? { messagesPerSecond: demoMessagesPerSecond } : {}),
          flow: { proofMs: values['market_data.timeout'] * 1_000 },
          clock,
          log: logs.for('ibkr'),
        },
        {
          quotes: {
            tick: (symbol, price, volume, at, currency, delayed, figures) => {
              snapshot.tick(symbol, price, volume, at, currency, delayed, figures);
              history?.tick(symbol, price, volume, at, figures);
            },
          },
          publish: (view) => {
            const news = view.phase === connection.get().phase ? undefined : 'urgent';
            connection.set(view, news);
            if (news) history?.nudge();
          },
        },
      );
  if (ibkr) connection.set(ibkr.view());
  const target = () => ({ host: connection.get().host, port: connection.get().port });

  const history = ibkr
    ? createHistory(
        {
          dir: path.join(dataDir, 'bars'),
          watchlist: watchlist.symbols,
          ...historySettings(config),
          instrument: (symbol) => instrumentOf(symbol, values.contracts),
          clock,
          log: logs.for('history'),
        },
        {
          source: historySource(ibkr),
          snapshot,
          lease: { reserved: () => reservation.blocksSession() },
          publish: (view) => historySlice.set(view),
        },
      )
    : null;
  if (history) snapshot.onLost((lost) => history.resend(lost));
  watchlist.onChange((symbols) => {
    ibkr?.watch(symbols);
    history?.setWatchlist(symbols);
  });

  const reservation = createReservation(
    {
      clock,
      log: logs.for('reservation'),
      file: path.join(dataDir, 'lease.json'),
      orphanTimeoutMs: values['reservation.orphan_timeout'] * 1_000 || null,
      probeEveryMs: values['reservation.probe_interval'] * 1_000,
    },
    {
      session: {
        close: async () => ibkr?.closeForReservation(),
        resume: () => ibkr?.resume(),
        isOpen: () => ibkr?.isOpen() ?? false,
      },
      isDownloading: () => history?.isDownloading() ?? false,
      probe: tcpProbe(target),
    },
  );
  reservation.onChange((view) => {
    reservationSlice.set(view, 'urgent');
    history?.nudge();
  });

  const remote = values.allow_remote !== 'no';

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
      connection: {
        current: () => statusOf(store.state, clock.now()),
        onChange: (listener) => ibkr?.onChange(listener) ?? (() => {}),
      },
      history: {
        bars: async (query) => (random ? randomBars(random, query) : history?.bars(query)),
      },
      status: () => statusOf(store.state, clock.now()),
    },
    reservation,
    (server) => clientsSlice.set(server ? server.clients() : []),
  );

  const askAccount = () => accountSummary(ibkr, values['ib.accounts']);
  const dispatch = createDispatcher(
    createHandlers({
      supervisor: () => supervisor,
      reservation,
      ibkr,
      history,
      accountSummary: askAccount,
      watchlist,
      settings: new SettingsDesk(config, (key, value) => {
        if (key === 'log.level') logs.setLevel(value as LogLevel);
      }),
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
      tls,
      windowDir: around.windowDir,
      clock,
      log: logs.for('http'),
    },
    {
      snapshot: () => store.snapshot(),
      subscribe: (listener) => store.subscribe(listener),
      dispatch,
      quotes: snapshot.quotes,
      logs: (since, limit) => logs.ring.since(since, limit),
      accountSummary: askAccount,
      history,
      connected: () => connection.get().phase === 'connected',
      counters: () => counters(ndjson.server, forward?.forward ?? null),
      diagnostics: () =>
        diagnostics({
          version,
          config,
          snapshot: store.snapshot(),
          counters: counters(ndjson.server, forward?.forward ?? null),
          log: logs.ring.since(0, 500),
          home: os.homedir(),
        }),
    },
  );

  const forward =
    values['forward.port'] === null
      ? null
      : forwardService(
          {
            host: values['forward.host'],
            port: values['forward.port'],
            target: values['forward.target'] ?? target(),
            policy: values['forward.policy'],
            clock,
            log: logs.for('forward'),
          },
          {
            lease: {
              held: () => reservation.admits(),
              onChange: (listener) => reservation.onChange(listener),
            },
            gateway: {
              reached: () => reservation.gatewaySeen('reached'),
              unreachable: () => reservation.gatewaySeen('unreachable'),
              dropped: () => reservation.gatewaySeen('dropped'),
            },
          },
          forwardSlice,
        );

  const supervisor = new Supervisor(
    [
      (report) => snapshotService(snapshot, report, random),
      () => ndjson,
      () => http,
      ...(forward ? [() => forward] : []),
      ...(ibkr ? [() => ibkrService(ibkr, () => watchlist.symbols)] : []),
      ...(history ? [() => historyService(history)] : []),
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
      // While another program has had the session since before this start, there is nothing to wait for.
      const lent = reservation.blocksSession();
      if (demo && ibkr && history && failures.length === 0 && !lent) {
        await demoIsReady(ibkr, history, clock);
      }
      appSlice.set({ ...appSlice.get(), ndjson: ndjson.address, http: http.address }, 'urgent');
      return failures;
    },
    async stop() {
      await supervisor.stop();
      await demo?.close();
      freshness.stop();
      store.close();
    },
    wake: () => ibkr?.systemResumed(),
    readyLine: () => ({
      event: 'ready',
      version,
      pid: process.pid,
      mode: around.mode,
      ndjson: ndjson.address,
      http: http.address,
      forward: forward ? { ...forward.address, policy: values['forward.policy'] } : null,
      shm: store.state.snapshot.shm,
      ib: {
        ...target(),
        clientId: values['ib.client_id'],
        demo: values.demo,
        lightweight: values.lightweight,
      },
      dataDir,
    }),
  };
}

function initialState(config: Config, around: Surroundings): State {
  const { values, dataDir } = config;
  const now = around.clock.now();
  return {
    app: {
      name: 'gatehouse',
      version: around.version,
      mode: around.mode,
      source: values.lightweight ? 'lightweight' : values.demo ? 'demo' : 'ibkr',
      trading: values['ib.live'] && !values.demo ? 'live' : 'paper',
      pid: process.pid,
      platform: process.platform,
      startedAt: now,
      dataDir,
      ndjson: null,
      http: null,
      freshnessMs: values.freshness_ms,
      watchlistFixedBy: fixedBy(config.origins.watchlist),
    },
    services: {},
    connection: noConnection(values['ib.host'], values['ib.port'] ?? 0, now),
    reservation: freeReservation,
    history: noHistory,
    clients: [],
    forward: null,
    snapshot: { epoch: 0, lastUpdateMs: 0, tickers: 0, shm: null },
    tickers: {},
  };
}
