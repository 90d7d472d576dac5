import net from 'node:net';
import type { SessionPart } from '../../shared/reservation.ts';
import { type Cancel, type Clock, every } from '../kit/clock.ts';
import { isLoopbackAddress, listen } from '../kit/listen.ts';
import type { Log } from '../kit/log.ts';
import { AnswerBuffer } from './answer-buffer.ts';
import { Connection, type ConnectionShared } from './connection.ts';
import { Dispatcher } from './dispatcher.ts';
import { coreHandlers, quoteHandler, snapshotJson } from './handlers/core.ts';
import { historyHandler, quotesHandler } from './handlers/data.ts';
import { authHandlers, greetingHandlers } from './handlers/greeting.ts';
import { reservationHandlers, reservationJson } from './handlers/reservation.ts';
import { subscriptionHandlers } from './handlers/subscribe.ts';
import type { NdjsonPorts, Unsubscribe } from './ports.ts';
import { QuoteCells } from './quote-cells.ts';
import { reply } from './request.ts';
import { SharedInput } from './shared-input.ts';
import { Subscriptions } from './subscriptions.ts';
import { asciiJson, errorLine, Refusal, releaseRequestedLine } from './wire.ts';

export interface NdjsonOptions {
  readonly host: string;
  readonly port: number;
  readonly maxLineBytes: number;
  /** 0 leaves silent connections alone. */
  readonly idleTimeoutMs: number;
  readonly freshnessMs: number;
  readonly maxConnections?: number;
  /** Every connection must show it first; null lets anybody in. */
  readonly authToken?: string | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
}

export interface ClientInfo {
  readonly id: number;
  readonly name: string | null;
  readonly peer: string;
  readonly session: SessionPart;
  readonly since: number;
  readonly requests: number;
  readonly errors: number;
  readonly backlogBytes: number;
  readonly paused: boolean;
  readonly topics: readonly string[];
  /** How many tickers it follows, or all of them. */
  readonly tickers: number | '*';
  /** Changes it was not sent because it reads slowly and a newer one took their place. */
  readonly conflated: number;
}

export interface NdjsonStats {
  readonly connections: number;
  readonly connectionsTotal: number;
  readonly refusedConnections: number;
  readonly requests: number;
  readonly errors: number;
}

export interface NdjsonServer {
  /** Rejects with `ListenError` when the address cannot be had. */
  start(): Promise<{ readonly host: string; readonly port: number }>;
  stop(): Promise<void>;
  clients(): readonly ClientInfo[];
  /** False when there is no such client. */
  disconnect(id: number): boolean;
  onClients(listener: () => void): Unsubscribe;
  stats(): NdjsonStats;
}

const defaultMaxConnections = 10_240;
const announceMs = 100;

export function createNdjsonServer(options: NdjsonOptions, ports: NdjsonPorts): NdjsonServer {
  return new Server(options, ports);
}

class Server implements NdjsonServer {
  readonly #options: NdjsonOptions;
  readonly #ports: NdjsonPorts;
  readonly #maxConnections: number;
  readonly #connections = new Map<number, Connection>();
  /** Over the limit: told so, and on their way out. They take no place of the others. */
  readonly #turnedAway = new Set<Connection>();
  readonly #listeners = new Set<() => void>();
  #net: net.Server | null = null;
  #subscriptions: Subscriptions | null = null;
  #closers: (() => void)[] = [];
  #cancelAnnounce: Cancel | null = null;
  #nextId = 1;
  #connectionsTotal = 0;
  #refusedConnections = 0;
  #pastRequests = 0;
  #pastErrors = 0;

  constructor(options: NdjsonOptions, ports: NdjsonPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#maxConnections = options.maxConnections ?? defaultMaxConnections;
  }

  async start(): Promise<{ readonly host: string; readonly port: number }> {
    const { host, port, clock, log, idleTimeoutMs } = this.#options;
    const shared = this.#share();
    const server = net.createServer({
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      pauseOnConnect: true,
    });
    server.on('connection', (socket) => this.#accept(socket, shared));
    let actualPort: number;
    try {
      actualPort = await listen(server, host, port);
    } catch (error) {
      this.#release();
      throw error;
    }
    this.#net = server;
    if (!isLoopbackAddress(host)) {
      log.warn(
        { host, port: actualPort },
        this.#options.authToken
          ? 'The NDJSON port is open to other machines; they must show the token'
          : 'The NDJSON port is open to other machines, and anybody may use it',
      );
    }
    const sweepMs = Math.max(20, Math.min(500, idleTimeoutMs / 8 || 500));
    this.#closers.push(every(clock, sweepMs, () => this.#sweep()));
    return { host, port: actualPort };
  }

  async stop(): Promise<void> {
    const server = this.#net;
    this.#net = null;
    this.#release();
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of this.#everybody()) connection.close();
    // A client has a moment to read its last answers; then the port must be free.
    const cancel = this.#options.clock.after(250, () => {
      for (const connection of this.#everybody()) connection.destroy();
    });
    await closed;
    cancel();
  }

  clients(): readonly ClientInfo[] {
    return [...this.#connections.values()].map((connection) => {
      const subscriber = this.#subscriptions?.of(connection.connection);
      return {
        id: connection.connection,
        name: connection.name,
        peer: connection.peer,
        session: this.#ports.lease.part(connection.connection),
        since: connection.sinceMs,
        requests: connection.requests,
        errors: connection.errors,
        backlogBytes: connection.backlog,
        paused: connection.paused,
        topics: [...(subscriber?.topics ?? [])],
        tickers: subscriber?.everyTicker ? '*' : (subscriber?.tickers.size ?? 0),
        conflated: subscriber?.conflated ?? 0,
      };
    });
  }

  disconnect(id: number): boolean {
    const connection = this.#connections.get(id);
    connection?.close();
    return connection !== undefined;
  }

  onClients(listener: () => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  stats(): NdjsonStats {
    let requests = this.#pastRequests;
    let errors = this.#pastErrors;
    for (const connection of this.#connections.values()) {
      requests += connection.requests;
      errors += connection.errors;
    }
    return {
      connections: this.#connections.size,
      connectionsTotal: this.#connectionsTotal,
      refusedConnections: this.#refusedConnections,
      requests,
      errors,
    };
  }

  #share(): ConnectionShared {
    const { clock, log, maxLineBytes, idleTimeoutMs, freshnessMs, version } = this.#options;
    const authToken = this.#options.authToken ?? null;
    const { lease } = this.#ports;
    const cells = new QuoteCells(this.#ports.quotes, freshnessMs);
    this.#closers.push(() => cells.close());
    this.#closers.push(
      lease.onAskBack((id) => this.#connections.get(id)?.send(releaseRequestedLine)),
    );
    this.#closers.push(lease.onChange(() => this.#announce()));
    const subscriptions = this.#subscribe(cells);
    const quoteData = (ticker: string) => cells.dataJson(ticker, clock.now());
    const limits = {
      max_line_bytes: maxLineBytes,
      idle_timeout_ms: idleTimeoutMs,
      freshness_ms: freshnessMs,
      max_connections: this.#maxConnections,
    };
    const dispatcher = new Dispatcher(
      {
        ...coreHandlers(this.#ports),
        ...reservationHandlers(lease),
        ...greetingHandlers({ version, limits, clock }),
        ...authHandlers(authToken),
        ...subscriptionHandlers(subscriptions, this.#ports.quotes),
        get_quote: quoteHandler(quoteData),
        get_quotes: quotesHandler(quoteData),
        get_history: historyHandler(this.#ports.history),
        get_status: () => reply(asciiJson(this.#ports.status())),
      },
      cells,
    );
    const gate = new Dispatcher(
      authHandlers(authToken),
      null,
      new Refusal('UNAUTHORIZED', 'Send auth with the token of this server first'),
    );
    return {
      clock,
      log,
      dispatcher,
      gate,
      input: new SharedInput(),
      out: new AnswerBuffer(),
      maxLineBytes,
      idleTimeoutMs,
      authToken,
      mayIdle: ({ connection: id }) => lease.concerns(id) || subscriptions.of(id) !== undefined,
      introduced: () => this.#announce(),
      drained: ({ connection: id }) => subscriptions.drained(id),
    };
  }

  #subscribe(cells: QuoteCells): Subscriptions {
    const { lease, snapshot, connection } = this.#ports;
    const subscriptions = new Subscriptions({
      clock: this.#options.clock,
      cells,
      states: {
        snapshot: () => snapshotJson(snapshot),
        connection: () => asciiJson(connection.current()),
        reservation: () => reservationJson(lease),
      },
    });
    this.#subscriptions = subscriptions;
    this.#closers.push(
      () => subscriptions.close(),
      snapshot.onBatch(() => subscriptions.stateChanged('snapshot')),
      connection.onChange(() => subscriptions.stateChanged('connection')),
      lease.onChange(() => subscriptions.stateChanged('reservation')),
    );
    return subscriptions;
  }

  #accept(socket: net.Socket, shared: ConnectionShared): void {
    const id = this.#nextId++;
    const connection = new Connection(id, socket, shared);
    if (this.#connections.size >= this.#maxConnections) {
      this.#turnAway(connection);
      return;
    }
    this.#connections.set(id, connection);
    this.#connectionsTotal++;
    shared.log.debug({ peer: connection.peer }, 'Client connected');
    connection.onGone(() => this.#gone(connection));
    this.#announce();
  }

  #turnAway(connection: Connection): void {
    this.#refusedConnections++;
    this.#turnedAway.add(connection);
    connection.onGone(() => this.#turnedAway.delete(connection));
    this.#options.log.warn({ peer: connection.peer }, 'Too many connections');
    const message = `Too many connections: this server takes ${this.#maxConnections}`;
    connection.close(errorLine('null', 'LIMIT', message));
  }

  #gone(connection: Connection): void {
    this.#connections.delete(connection.connection);
    this.#pastRequests += connection.requests;
    this.#pastErrors += connection.errors;
    this.#options.log.debug({ peer: connection.peer }, 'Client disconnected');
    this.#subscriptions?.gone(connection.connection);
    this.#ports.lease.connectionClosed(connection.connection);
    this.#announce();
  }

  #sweep(): void {
    const now = this.#options.clock.now();
    for (const connection of this.#everybody()) connection.sweep(now);
  }

  *#everybody(): Iterable<Connection> {
    yield* this.#connections.values();
    yield* this.#turnedAway;
  }

  #announce(): void {
    if (this.#listeners.size === 0 || this.#cancelAnnounce) return;
    this.#cancelAnnounce = this.#options.clock.after(announceMs, () => {
      this.#cancelAnnounce = null;
      for (const listener of this.#listeners) listener();
    });
  }

  #release(): void {
    for (const close of this.#closers.reverse()) close();
    this.#closers = [];
    this.#cancelAnnounce?.();
    this.#cancelAnnounce = null;
  }
}
