import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import { commandChannel, type StateMessage, stateChannel } from '../../shared/desktop-bridge.ts';
import { type Result, refused } from '../../shared/result.ts';
import type { PatchBatch, Snapshot } from '../../shared/state.ts';
import { beatMs } from '../../shared/wire.ts';
import { type Cancel, type Clock, every } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { type Asking, isTrusted } from './sender.ts';

export interface LinkPorts {
  snapshot(): Snapshot;
  subscribe(listener: (batch: PatchBatch) => void): Cancel;
  dispatch(name: string, input: unknown, caller: 'window'): Promise<Result<unknown>>;
  /** The one page that may ask. */
  window(): WebContents | null;
}

/** A page that asks for more at once than this is not our window at work. */
const mostAtOnce = 64;
/** Snapshots are large: a page that asks again sooner waits. */
const snapshotEveryMs = 100;

/** The main process's end of the bridge: one handler for commands, one channel for state. */
export class WindowLink {
  readonly #ports: LinkPorts;
  readonly #clock: Clock;
  readonly #log: Log;
  #open = 0;
  #end: Cancel = () => {};
  #lastSnapshot = Number.NEGATIVE_INFINITY;

  constructor(ipc: Pick<IpcMain, 'handle' | 'on'>, ports: LinkPorts, clock: Clock, log: Log) {
    this.#ports = ports;
    this.#clock = clock;
    this.#log = log;
    ipc.handle(commandChannel, (event, name: unknown, input: unknown) =>
      this.#command(event, name, input),
    );
    ipc.on(stateChannel, (event) => this.#subscribed(event));
  }

  close(): void {
    this.#end();
  }

  async #command(
    event: IpcMainInvokeEvent,
    name: unknown,
    input: unknown,
  ): Promise<Result<unknown>> {
    if (!this.#trusts(event)) return refused('FORBIDDEN', 'Only the window may ask.');
    if (typeof name !== 'string') return refused('BAD_INPUT', 'No command is named.');
    if (this.#open >= mostAtOnce) {
      return refused('BUSY', `${mostAtOnce} commands are open already.`, 'Wait for their answers.');
    }
    this.#open++;
    try {
      return await this.#ports.dispatch(name, input, 'window');
    } finally {
      this.#open--;
    }
  }

  #subscribed(event: IpcMainEvent): void {
    if (!this.#trusts(event)) return;
    this.#end();
    const wait = Math.max(0, this.#lastSnapshot + snapshotEveryMs - this.#clock.now());
    if (wait === 0) this.#stream(event.sender);
    else this.#end = this.#clock.after(wait, () => this.#stream(event.sender));
  }

  /** Snapshot first, then what follows on it, and a beat so that silence means trouble. */
  #stream(contents: WebContents): void {
    const send = (message: StateMessage) => {
      if (!contents.isDestroyed()) contents.send(stateChannel, message);
    };
    this.#lastSnapshot = this.#clock.now();
    const snapshot = this.#ports.snapshot();
    let { seq } = snapshot;
    send({ kind: 'snapshot', snapshot });
    const unsubscribe = this.#ports.subscribe((batch) => {
      if (batch.seq <= seq) return;
      seq = batch.seq;
      send({ kind: 'patches', batch });
    });
    const stopBeating = every(this.#clock, beatMs, () =>
      send({ kind: 'beat', at: this.#clock.now(), seq }),
    );
    const end = () => {
      unsubscribe();
      stopBeating();
    };
    contents.once('destroyed', end);
    this.#end = () => {
      if (!contents.isDestroyed()) contents.off('destroyed', end);
      end();
    };
  }

  #trusts(event: Asking): boolean {
    const trusted = isTrusted(event, this.#ports.window());
    if (!trusted) {
      this.#log.warn({ url: event.senderFrame?.url.slice(0, 200) }, 'a message from a stranger');
    }
    return trusted;
  }
}
