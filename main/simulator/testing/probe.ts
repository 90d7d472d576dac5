import { connect, type Socket } from 'node:net';
import type { Answer, AnswerName } from '../protocol/answers.ts';
import { type DecodedAnswer, decodeAnswer } from '../protocol/decode.ts';
import { encodeRequest } from '../protocol/encode.ts';
import type { Request, RequestName } from '../protocol/requests.ts';
import { Sink } from '../protocol/sink.ts';

export interface ProbeOptions {
  readonly clientId?: number;
  readonly range?: string;
  /** False stops after the hello. */
  readonly start?: boolean;
}

/** A client of our own that keeps every message, for tests that look closer than a library lets them. */
export class Probe {
  readonly socket: Socket;
  readonly answers: DecodedAnswer[] = [];
  /** What could not be decoded, with the reason. */
  readonly broken: string[] = [];
  bytes = 0;
  version = 0;
  closed = false;
  #pending: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#arrived(chunk));
    socket.on('close', () => {
      this.closed = true;
    });
    socket.on('error', () => {});
  }

  static async open(port: number): Promise<Probe> {
    const socket = connect({ port, host: '127.0.0.1' });
    const probe = new Probe(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('error', reject);
    });
    return probe;
  }

  /** Connects, says hello and starts the API. */
  static async start(port: number, options: ProbeOptions = {}): Promise<Probe> {
    const probe = await Probe.open(port);
    probe.hello(options.range);
    await until(() => probe.version > 0 || probe.closed);
    if (options.start === false) return probe;
    probe.request('startApi', {
      version: 2,
      clientId: options.clientId ?? 0,
      optionalCapabilities: '',
    });
    await until(() => probe.closed || probe.has('nextValidId') || probe.has('error'));
    return probe;
  }

  hello(range = 'v100..193'): void {
    const hello = Buffer.from(range, 'latin1');
    const bytes = Buffer.alloc(8 + hello.length);
    bytes.write('API\0', 0, 'latin1');
    bytes.writeUInt32BE(hello.length, 4);
    hello.copy(bytes, 8);
    this.socket.write(bytes);
  }

  request<N extends RequestName>(name: N, values: Request<N>): void {
    const sink = new Sink(512);
    encodeRequest(sink, name, values, this.version);
    this.socket.write(sink.take());
  }

  /** A frame of these fields, known to the table or not. */
  frame(...fields: readonly (string | number)[]): void {
    const payload = Buffer.from(`${fields.join('\0')}\0`);
    const bytes = Buffer.alloc(4 + payload.length);
    bytes.writeUInt32BE(payload.length);
    payload.copy(bytes, 4);
    this.socket.write(bytes);
  }

  all<N extends AnswerName>(name: N): readonly Answer<N>[] {
    return this.answers
      .filter((answer) => answer.name === name)
      .map((answer) => answer.values as Answer<N>);
  }

  has(name: AnswerName): boolean {
    return this.answers.some((answer) => answer.name === name);
  }

  codes(reqId?: number): readonly number[] {
    return this.all('error')
      .filter((error) => reqId === undefined || error.reqId === reqId)
      .map((error) => error.code);
  }

  forget(): void {
    this.answers.length = 0;
  }

  close(): void {
    this.socket.destroy();
  }

  #arrived(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.#pending = Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length >= 4) {
      const length = this.#pending.readUInt32BE(0);
      if (this.#pending.length < 4 + length) return;
      const payload = this.#pending.subarray(4, 4 + length);
      this.#pending = this.#pending.subarray(4 + length);
      if (this.version === 0) {
        this.version = Number(payload.toString('latin1').split('\0')[0]);
        continue;
      }
      try {
        this.answers.push(decodeAnswer(payload, this.version));
      } catch (error) {
        this.broken.push(String(error));
      }
    }
  }
}

/** Waits for a condition, generously, and says what it waited for when it never comes. */
export async function until(condition: () => boolean, what = 'the condition'): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Waited 15 s in vain for ${what}.`);
    await new Promise<void>((done) => setTimeout(done, 2));
  }
}
