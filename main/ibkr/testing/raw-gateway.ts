import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** One frame: its length, then fields that each end with NUL. */
export function frame(...fields: readonly (string | number)[]): Buffer {
  return bytesFrame(Buffer.from(fields.map((field) => `${field}\0`).join('')));
}

export function bytesFrame(payload: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(payload.length);
  return Buffer.concat([head, payload]);
}

/** A gateway that says exactly what a test tells it, for what no well-made simulator would say. */
export class RawGateway {
  readonly sockets: Socket[] = [];
  /** Everything that came in, by connection. */
  readonly received: Buffer[] = [];
  readonly #server: Server;
  readonly #version: number;

  /** Whether the handshake is brought to its end. */
  complete: boolean;

  constructor(version = 178, handshake: 'whole' | 'version only' = 'whole') {
    this.#version = version;
    this.complete = handshake === 'whole';
    this.#server = createServer((socket) => this.#accept(socket));
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  say(bytes: Buffer): void {
    this.sockets.at(-1)?.write(bytes);
  }

  /** How many connections are open now. */
  get open(): number {
    return this.sockets.filter((socket) => !socket.destroyed).length;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    const index = this.sockets.push(socket) - 1;
    this.received[index] = Buffer.alloc(0);
    let greeted = false;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      this.received[index] = Buffer.concat([this.received[index] as Buffer, chunk]);
      if (greeted) return;
      greeted = true;
      socket.write(frame(this.#version, '20260105 10:00:00 EST'));
      if (!this.complete) return;
      socket.write(Buffer.concat([frame(15, 1, 'DU1'), frame(9, 1, 1)]));
    });
  }
}
