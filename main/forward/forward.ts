import net from 'node:net';
import type { Clock } from '../kit/clock.ts';
import { isLoopbackAddress, listen } from '../kit/listen.ts';
import type { Log } from '../kit/log.ts';
import { ForwardedConnection } from './forwarded-connection.ts';
import type { ForwardPorts } from './ports.ts';

/** `open` lets everybody through; `reserved` only while a reservation stands. */
export type ForwardPolicy = 'open' | 'reserved';

export interface ForwardOptions {
  readonly host: string;
  readonly port: number;
  readonly target: { readonly host: string; readonly port: number };
  readonly policy: ForwardPolicy;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ForwardStats {
  /** Open at this moment. */
  readonly connections: number;
  readonly connectionsTotal: number;
  /** Turned away because nothing was reserved. */
  readonly refused: number;
  /** Cut because the reservation ended. */
  readonly cut: number;
  /** Attempts in which the gateway could not be reached. */
  readonly unreachable: number;
  readonly bytesToGateway: number;
  readonly bytesFromGateway: number;
}

export interface ForwardedClient {
  readonly peer: string;
  readonly since: number;
  readonly bytesToGateway: number;
  readonly bytesFromGateway: number;
}

export interface Forward {
  /** Rejects with `ListenError` when the address cannot be had. */
  start(): Promise<{ readonly host: string; readonly port: number }>;
  stop(): Promise<void>;
  stats(): ForwardStats;
  clients(): readonly ForwardedClient[];
}

export function createForward(options: ForwardOptions, ports: ForwardPorts): Forward {
  return new PortForward(options, ports);
}

class PortForward implements Forward {
  readonly #options: ForwardOptions;
  readonly #ports: ForwardPorts;
  readonly #connections = new Set<ForwardedConnection>();
  #server: net.Server | null = null;
  #unsubscribe: () => void = () => {};
  #connectionsTotal = 0;
  #refused = 0;
  #cut = 0;
  #unreachable = 0;
  #pastToGateway = 0;
  #pastFromGateway = 0;

  constructor(options: ForwardOptions, ports: ForwardPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  async start(): Promise<{ readonly host: string; readonly port: number }> {
    const { host, log, policy } = this.#options;
    const server = net.createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true });
    server.on('connection', (client) => this.#accept(client));
    const port = await listen(server, host, this.#options.port);
    this.#server = server;
    if (policy === 'reserved') {
      this.#unsubscribe = this.#ports.lease.onChange(() => this.#leaseChanged());
    }
    if (!isLoopbackAddress(host)) {
      log.warn(
        { host, port, policy },
        'The forwarded port is open to other machines: the gateway asks for no password, so whoever reaches this port can use the account. Listen on 127.0.0.1, or let a firewall decide who may come',
      );
    }
    return { host, port };
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#unsubscribe();
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of this.#connections) connection.cut();
    await closed;
  }

  stats(): ForwardStats {
    let bytesToGateway = this.#pastToGateway;
    let bytesFromGateway = this.#pastFromGateway;
    for (const connection of this.#connections) {
      bytesToGateway += connection.bytesToGateway;
      bytesFromGateway += connection.bytesFromGateway;
    }
    return {
      connections: this.#connections.size,
      connectionsTotal: this.#connectionsTotal,
      refused: this.#refused,
      cut: this.#cut,
      unreachable: this.#unreachable,
      bytesToGateway,
      bytesFromGateway,
    };
  }

  clients(): readonly ForwardedClient[] {
    return [...this.#connections].map((connection) => ({
      peer: connection.peer,
      since: connection.sinceMs,
      bytesToGateway: connection.bytesToGateway,
      bytesFromGateway: connection.bytesFromGateway,
    }));
  }

  #accept(client: net.Socket): void {
    const { clock, log, target } = this.#options;
    if (!this.#mayFlow()) {
      this.#refused++;
      log.warn(
        { peer: client.remoteAddress },
        'A forwarded connection was turned away: nothing is reserved. Send acquire_ibkr first',
      );
      client.on('error', () => {});
      client.resetAndDestroy();
      return;
    }
    const { gateway } = this.#ports;
    const connection = new ForwardedConnection(client, target, clock.now(), {
      reached: () => gateway?.reached(),
      unreachable: (code) => {
        this.#unreachable++;
        log.warn({ peer: connection.peer, target, code }, 'The gateway cannot be reached');
        gateway?.unreachable();
      },
      dropped: () => gateway?.dropped(),
      closed: () => {
        this.#connections.delete(connection);
        this.#pastToGateway += connection.bytesToGateway;
        this.#pastFromGateway += connection.bytesFromGateway;
        log.debug({ peer: connection.peer }, 'A forwarded connection closed');
      },
    });
    this.#connections.add(connection);
    this.#connectionsTotal++;
    log.debug({ peer: connection.peer, target }, 'A forwarded connection opened');
  }

  #mayFlow(): boolean {
    return this.#options.policy === 'open' || this.#ports.lease.held();
  }

  #leaseChanged(): void {
    if (this.#mayFlow() || this.#connections.size === 0) return;
    this.#cut += this.#connections.size;
    this.#options.log.warn(
      { connections: this.#connections.size },
      'The reservation ended: forwarded connections are cut',
    );
    for (const connection of this.#connections) connection.cut();
  }
}
