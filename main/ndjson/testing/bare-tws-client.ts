import net from 'node:net';

/** As little of a TWS client as the gateway takes for a session. */
export class BareTwsClient {
  readonly #socket: net.Socket;
  readonly closed: Promise<void>;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** Null where the connection is cut or refused before the session stands. */
  static open(port: number, clientId: number): Promise<BareTwsClient | null> {
    return new Promise((resolve) => {
      const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
      const client = new BareTwsClient(socket);
      socket.on('error', () => {});
      socket.once('close', () => resolve(null));
      socket.once('connect', () =>
        socket.write(Buffer.concat([Buffer.from('API\0'), frame('v100..176')])),
      );
      socket.once('data', () => {
        socket.write(frame(['71', '2', clientId, '', ''].join('\0')));
        socket.on('data', () => resolve(client));
      });
    });
  }

  /** Resolves once the gateway has closed its side too. */
  close(): Promise<void> {
    this.#socket.end();
    return this.closed;
  }

  crash(): void {
    this.#socket.destroy();
  }
}

function frame(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
