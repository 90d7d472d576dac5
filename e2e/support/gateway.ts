import net from 'node:net';
import { createInterface } from 'node:readline';
import { Program } from './program.ts';

/** A simulated gateway in a process of its own, and the socket that gives it orders. */
export class Gateway {
  readonly #program = new Program([
    ...['simulate', '--port', '0', '--control-port', '0', '--market-hours', 'always'],
    ...['--symbols', 'MSFT,7203,AAPL,KO'],
  ]);
  #control: net.Socket | null = null;
  #answers: AsyncIterator<string> | null = null;

  /** The port programs connect to. */
  async ready(): Promise<number> {
    const line: unknown = await this.#program.ready();
    const { port, control } = line as { port: number; control: { port: number } };
    this.#control = net.connect(control.port, '127.0.0.1');
    this.#answers = createInterface({ input: this.#control })[Symbol.asyncIterator]();
    return port;
  }

  fault(name: string, parameters: object = {}): Promise<void> {
    return this.#order({ cmd: 'fault', name, on: true, ...parameters });
  }

  reset(): Promise<void> {
    return this.#order({ cmd: 'reset' });
  }

  async stop(): Promise<void> {
    this.#control?.destroy();
    await this.#program.stop();
  }

  async #order(order: object): Promise<void> {
    this.#control?.write(`${JSON.stringify({ id: 1, ...order })}\n`);
    const answer = await this.#answers?.next();
    if (!(JSON.parse(answer?.value ?? '{}') as { ok?: boolean }).ok) {
      throw new Error(`the gateway refused ${JSON.stringify(order)}: ${answer?.value}`);
    }
  }
}
