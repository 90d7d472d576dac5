import net from 'node:net';
import { createInterface, type Interface } from 'node:readline';

export type Answer = Readonly<Record<string, unknown>> & {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string; readonly message: string };
};

/** A program that speaks NDJSON with Gatehouse, one request at a time. */
export class NdjsonClient {
  readonly #socket: net.Socket;
  readonly #lines: Interface;
  readonly #iterator: AsyncIterator<string>;
  #id = 0;

  constructor(port: number) {
    this.#socket = net.connect(port, '127.0.0.1');
    this.#lines = createInterface({ input: this.#socket });
    this.#iterator = this.#lines[Symbol.asyncIterator]();
  }

  async ask(type: string, fields: object = {}): Promise<Answer> {
    this.#socket.write(`${JSON.stringify({ v: 1, id: ++this.#id, type, ...fields })}\n`);
    return this.read();
  }

  async read(): Promise<Answer> {
    const { value, done } = await this.#iterator.next();
    if (done) throw new Error('the connection was closed');
    return JSON.parse(value) as Answer;
  }

  close(): void {
    this.#lines.close();
    this.#socket.destroy();
  }
}
