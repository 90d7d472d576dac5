import type { ConnectionPhase, ConnectionView } from '../../../shared/connection.ts';
import type { InstrumentOverrides } from '../../../shared/instrument.ts';
import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import type { IBApi } from '../client/library.ts';
import { usualPort } from '../connection/endpoint.ts';
import type { Plan } from '../connection/state.ts';
import type { IbkrOptions, QuoteSink } from '../ports.ts';
import { IbkrSession, type UpKind } from '../session.ts';
import { readEnvironment } from './environment.ts';

/** The session could not be opened; the message names host, port and number of tries. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly host: string;
  readonly port: number;
  readonly tries: number;

  constructor(message: string, host: string, port: number, tries: number) {
    super(message);
    this.host = host;
    this.port = port;
    this.tries = tries;
  }
}

/** What is left out comes from IB_HOST, IB_PORT and IB_CLIENT_ID, then from the usual values. */
export interface ConnectionManagerOptions
  extends Partial<
    Pick<
      IbkrOptions,
      | 'clock'
      | 'log'
      | 'timeouts'
      | 'delaysMs'
      | 'marketDataType'
      | 'delayedFallback'
      | 'pacing'
      | 'flow'
      | 'lines'
      | 'random'
    >
  > {
  readonly paperTrading?: boolean;
  readonly host?: string;
  readonly port?: number;
  readonly clientId?: number;
  readonly useGateway?: boolean;
  readonly autoReconnect?: boolean;
  readonly contracts?: InstrumentOverrides;
  readonly quotes?: QuoteSink;
}

/** The keys other programs know from the status of such a manager. */
export interface ConnectionStatus {
  readonly state: ConnectionPhase;
  readonly connected: boolean;
  readonly host: string;
  readonly port: number;
  readonly client_id: number;
  readonly paper_trading: boolean;
  readonly connected_at: string | null;
  readonly uptime_seconds: number | null;
  readonly reconnect_count: number;
  readonly last_disconnect_at: string | null;
  readonly accounts: readonly string[] | null;
}

export type ConnectHandler = (how: UpKind) => void | Promise<void>;
export type DisconnectHandler = () => void | Promise<void>;

const noQuotes: QuoteSink = { tick() {} };
/** Waits grow by this much with every failed try. */
const growingWaitMs = 5000;
/** TWS needs a moment to notice that the old connection has gone. */
const reconnectPauseMs = 2000;

/** A connection to TWS or IB Gateway that a program can use on its own. */
export class ConnectionManager {
  /** The parts below, for the classes of this package. */
  readonly session: IbkrSession;
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
  readonly paperTrading: boolean;
  readonly #clock: NonNullable<ConnectionManagerOptions['clock']>;
  readonly #log: NonNullable<ConnectionManagerOptions['log']>;
  readonly #connectHandlers: ConnectHandler[] = [];
  readonly #disconnectHandlers: DisconnectHandler[] = [];
  #connecting: Promise<true> | null = null;
  #reconnecting: Promise<boolean> | null = null;

  constructor(options: ConnectionManagerOptions = {}) {
    const environment = readEnvironment();
    this.paperTrading = options.paperTrading ?? true;
    this.host = options.host ?? environment.host ?? '127.0.0.1';
    this.port =
      options.port ??
      environment.port ??
      usualPort(options.useGateway ? 'gateway' : 'tws', this.paperTrading ? 'paper' : 'live');
    this.clientId = options.clientId ?? environment.clientId ?? 1;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? silentLog;
    const { quotes, paperTrading: _p, useGateway, ...rest } = options;
    this.session = new IbkrSession(
      {
        ...rest,
        host: this.host,
        port: this.port,
        clientId: this.clientId,
        clientIdPolicy: 'fixed',
        autoReconnect: options.autoReconnect ?? true,
        live: !this.paperTrading,
        gateway: useGateway ?? false,
        marketDataType: options.marketDataType ?? 'live',
        clock: this.#clock,
        log: this.#log,
      },
      { quotes: quotes ?? noQuotes, publish: () => {} },
      {
        up: (how) => this.#run(this.#connectHandlers, how),
        down: () => this.#run(this.#disconnectHandlers, undefined),
      },
    );
  }

  get state(): ConnectionPhase {
    return this.session.state.phase;
  }

  isConnected(): boolean {
    return this.session.isOpen();
  }

  /** The handle of @stoqey/ib. A new one stands behind every new connection: do not keep it. */
  get api(): IBApi {
    const raw = this.session.raw;
    if (!raw) throw new Error('Not connected: call connect() first.');
    return raw as IBApi;
  }

  /** Resolves with true once the session is open. Calls at the same time share one attempt. */
  connect(timeoutSeconds = 30, retryCount = 3): Promise<true> {
    if (this.isConnected()) return Promise.resolve(true);
    this.#connecting ??= this.#connect(timeoutSeconds, retryCount).finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  /** Closes the session for good: nothing reconnects until `connect` or `reconnect` is called. */
  async disconnect(): Promise<void> {
    this.session.disconnect();
    await this.session.closed();
  }

  /** Closes what stands, waits a moment and connects. Never throws. */
  reconnect(timeoutSeconds = 30): Promise<boolean> {
    this.#reconnecting ??= this.#reconnect(timeoutSeconds).finally(() => {
      this.#reconnecting = null;
    });
    return this.#reconnecting;
  }

  getStatus(): ConnectionStatus {
    const { state } = this.session;
    const connected = this.isConnected();
    const { connectedAt } = state;
    return {
      state: state.phase,
      connected,
      host: this.host,
      port: state.port,
      client_id: state.clientId,
      paper_trading: this.paperTrading,
      connected_at: connected && connectedAt !== null ? iso(connectedAt) : null,
      uptime_seconds:
        connected && connectedAt !== null ? (this.#clock.now() - connectedAt) / 1000 : null,
      reconnect_count: state.reconnectCount,
      last_disconnect_at: state.lastDisconnectAt === null ? null : iso(state.lastDisconnectAt),
      accounts: connected ? (state.accounts ?? null) : null,
    };
  }

  /** Everything there is to know, with reasons, advice and a timeline. */
  view(): ConnectionView {
    return this.session.view();
  }

  /** Called once for every session, in the order of adding; the answer removes the handler. */
  addConnectHandler(handler: ConnectHandler): () => void {
    return add(this.#connectHandlers, handler);
  }

  /** Called once when a session ends or IBKR behind it is lost; the answer removes the handler. */
  addDisconnectHandler(handler: DisconnectHandler): () => void {
    return add(this.#disconnectHandlers, handler);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disconnect();
  }

  toString(): string {
    return `ConnectionManager(${this.state}, ${this.host}:${this.port}, paper trading ${this.paperTrading})`;
  }

  #connect(timeoutSeconds: number, retryCount: number): Promise<true> {
    if (!(retryCount >= 1)) {
      return Promise.reject(this.#error('No try was allowed.', 0));
    }
    // While IBKR is away behind a living TWS there is no attempt that could fail, only waiting.
    const settled = this.#settled(this.session.state.linkLost ? timeoutSeconds * 1000 : null);
    this.session.connect(planOf(timeoutSeconds, retryCount));
    return settled.then((ok): true => {
      if (ok) return true;
      throw this.#error(this.view().sentence, Math.min(retryCount, this.#tries()));
    });
  }

  async #reconnect(timeoutSeconds: number): Promise<boolean> {
    const settled = this.#settled(null);
    this.session.reconnect(planOf(timeoutSeconds, 3), reconnectPauseMs);
    return settled;
  }

  #tries(): number {
    return this.session.state.failuresInRow;
  }

  #error(why: string, tries: number): ConnectionError {
    const { host, port } = this;
    const counted = tries === 1 ? '1 try' : `${tries} tries`;
    return new ConnectionError(
      `Could not connect to ${host}:${port} after ${counted}. ${why}`,
      host,
      port,
      tries,
    );
  }

  /** True when the session opens, false when it is given up or called off. */
  #settled(limitMs: number | null): Promise<boolean> {
    return new Promise((resolve) => {
      let started = false;
      const stop = this.session.onStep(() => {
        const { intent } = this.session.state;
        const open = this.isConnected();
        if (intent === 'up') started = true;
        if (!started || (intent === 'up' && !open)) return;
        finish(open);
      });
      const cancel = limitMs === null ? null : this.#clock.after(limitMs, () => finish(false));
      function finish(open: boolean): void {
        stop();
        cancel?.();
        resolve(open);
      }
    });
  }

  #run<T>(handlers: readonly ((value: T) => void | Promise<void>)[], value: T): void {
    const failed = (error: unknown): void =>
      this.#log.error({ error: String(error) }, 'A handler of the connection failed.');
    for (const handler of [...handlers]) {
      try {
        void Promise.resolve(handler(value)).catch(failed);
      } catch (error) {
        failed(error);
      }
    }
  }
}

/** Connects, hands the manager to `use` and disconnects, whatever happens. */
export async function withConnection<T>(
  options: ConnectionManagerOptions & { readonly timeout?: number; readonly retryCount?: number },
  use: (manager: ConnectionManager) => T | Promise<T>,
): Promise<T> {
  const { timeout, retryCount, ...rest } = options;
  const manager = new ConnectionManager(rest);
  try {
    await manager.connect(timeout, retryCount);
    return await use(manager);
  } finally {
    await manager.disconnect();
  }
}

function planOf(timeoutSeconds: number, retryCount: number): Plan {
  const waits = Array.from({ length: Math.max(1, retryCount) }, (_, i) => growingWaitMs * (i + 1));
  return { tries: retryCount, delaysMs: waits, attemptMs: timeoutSeconds * 1000 };
}

function add<T>(handlers: T[], handler: T): () => void {
  handlers.push(handler);
  return () => {
    const at = handlers.indexOf(handler);
    if (at >= 0) handlers.splice(at, 1);
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
