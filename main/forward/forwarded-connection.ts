import net from 'node:net';

export interface ForwardEvents {
  reached(): void;
  unreachable(code: string): void;
  dropped(): void;
  closed(): void;
}

/** One client and its connection to the gateway: bytes and both closes go through unchanged. */
export class ForwardedConnection {
  readonly peer: string;
  readonly sinceMs: number;
  readonly #client: net.Socket;
  readonly #gateway: net.Socket;
  #open = true;

  constructor(
    client: net.Socket,
    target: { readonly host: string; readonly port: number },
    now: number,
    events: ForwardEvents,
  ) {
    this.#client = client;
    this.peer = `${client.remoteAddress ?? 'unknown'}:${client.remotePort ?? 0}`;
    this.sinceMs = now;
    const gateway = net.connect({ ...target, allowHalfOpen: true, noDelay: true, keepAlive: true });
    this.#gateway = gateway;
    let reached = false;
    gateway.once('connect', () => {
      reached = true;
      events.reached();
    });
    gateway.once('end', () => {
      if (!client.readableEnded && !client.destroyed) events.dropped();
    });
    gateway.on('error', (error: NodeJS.ErrnoException) => {
      if (reached) events.dropped();
      else events.unreachable(error.code ?? 'UNKNOWN');
    });
    client.on('error', () => {});
    // `pipe` passes on the end of each direction; only a reset or a cut ends both at once.
    client.pipe(gateway);
    gateway.pipe(client);
    const oneClosed = (other: net.Socket, hadError: boolean): void => {
      if (hadError) other.destroy();
      if (!client.closed || !gateway.closed || !this.#open) return;
      this.#open = false;
      events.closed();
    };
    client.once('close', (hadError) => oneClosed(gateway, hadError));
    gateway.once('close', (hadError) => oneClosed(client, hadError));
  }

  get bytesToGateway(): number {
    return this.#gateway.bytesWritten;
  }

  get bytesFromGateway(): number {
    return this.#gateway.bytesRead;
  }

  /** Ends both sides at once; a reset tells the client that it was cut and not finished. */
  cut(): void {
    this.#client.resetAndDestroy();
    this.#gateway.destroy();
  }
}
