import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract.ts';
import type { DesktopBridge } from '../../shared/desktop-bridge.ts';
import { type Result, refused } from '../../shared/result.ts';
import type { LinkEvent, Transport } from './transport.ts';

/** The supervisor lives in the same program: there is no link to lose, only one to begin. */
export class ElectronTransport implements Transport {
  readonly kind = 'electron';
  readonly #bridge: DesktopBridge;
  #listener: (event: LinkEvent) => void = () => {};
  #end: () => void = () => {};

  constructor(bridge: DesktopBridge) {
    this.#bridge = bridge;
  }

  open(listener: (event: LinkEvent) => void): void {
    this.#listener = listener;
    listener({ kind: 'open' });
    this.resync();
  }

  /** Every subscription begins with a snapshot. */
  resync(): void {
    this.#end();
    this.#end = this.#bridge.subscribe((message) => this.#listener({ kind: 'message', message }));
  }

  async call<N extends CommandName>(
    name: N,
    input: CommandInput<N>,
  ): Promise<Result<CommandOutput<N>>> {
    try {
      return (await this.#bridge.call(name, input)) as Result<CommandOutput<N>>;
    } catch (error) {
      return refused('LINK_LOST', `${name} was not answered: ${(error as Error).message}`);
    }
  }
}
