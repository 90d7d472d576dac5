import type { Result } from './result.ts';
import type { SupervisorMessage } from './wire.ts';

/** The one channel that asks for commands, and the one that carries state. */
export const commandChannel = 'gatehouse:command';
export const stateChannel = 'gatehouse:state';

export type StateMessage = Exclude<SupervisorMessage, { kind: 'answer' }>;

/** All that the desktop window's page is given; it lies at `window.gatehouse`. */
export interface DesktopBridge {
  readonly platform: string;
  call(name: string, input: unknown): Promise<Result<unknown>>;
  /** Begins with a snapshot; the answer ends it. */
  subscribe(listener: (message: StateMessage) => void): () => void;
}
