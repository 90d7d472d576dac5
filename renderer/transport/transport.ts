import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract.ts';
import type { Result } from '../../shared/result.ts';
import type { SupervisorMessage } from '../../shared/wire.ts';

export type LinkEvent =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'message'; readonly message: Exclude<SupervisorMessage, { kind: 'answer' }> };

/** The window's only way to the supervisor: the same over a WebSocket and inside Electron. */
export interface Transport {
  readonly kind: 'websocket' | 'electron';
  /** Begins; everything heard goes to the listener. */
  open(listener: (event: LinkEvent) => void): void;
  /** Asks for a whole snapshot, after a hole in the patches. */
  resync(): void;
  call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<Result<CommandOutput<N>>>;
}
