import net from 'node:net';
import readline from 'node:readline';

/** The plainest program that uses the NDJSON server. */
export class NdjsonClient {
  readonly #socket: net.Socket;
  readonly #lines: AsyncIterator<string>;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    this.#lines = readline.createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  static connect({ host, port }: { host: string; port: number }): Promise<NdjsonClient> {
    return new Promise((done, fail) => {
      const socket = net.connect(port, host, () => done(new NdjsonClient(socket)));
      socket.once('error', fail);
    });
  }

  async ask(type: string, more: object = {}): Promise<Record<string, unknown>> {
    this.#socket.write(`${JSON.stringify({ v: 1, id: type, type, ...more })}\n`);
    const line = await this.#lines.next();
    if (line.done) throw new Error('the server closed the connection');
    return JSON.parse(line.value) as Record<string, unknown>;
  }

  close(): void {
    this.#socket.destroy();
  }
}
