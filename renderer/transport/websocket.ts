import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract.ts';
import { type Result, refused } from '../../shared/result.ts';
import type { SupervisorMessage, WindowMessage } from '../../shared/wire.ts';
import type { LinkEvent, Transport } from './transport.ts';

const retryMs = [250, 500, 1_000, 2_000, 5_000] as const;
const answerMs = 70_000;

/** A socket that dies is opened again for as long as the window is there. */
export class WebSocketTransport implements Transport {
  readonly kind = 'websocket';
  readonly #url: string;
  readonly #waiting = new Map<number, (result: Result<unknown>) => void>();
  #listener: (event: LinkEvent) => void = () => {};
  #socket: WebSocket | null = null;
  #attempt = 0;
  #lastCall = 0;

  constructor(url: string) {
    this.#url = url;
  }

  open(listener: (event: LinkEvent) => void): void {
    this.#listener = listener;
    this.#dial();
  }

  resync(): void {
    this.#send({ kind: 'resync' });
  }

  call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<Result<CommandOutput<N>>> {
    const id = ++this.#lastCall;
    return new Promise((done) => {
      const timer = setTimeout(
        () => settle(refused('NO_ANSWER', `${name} was not answered in time.`)),
        answerMs,
      );
      const settle = (result: Result<unknown>) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        done(result as Result<CommandOutput<N>>);
      };
      this.#waiting.set(id, settle);
      if (!this.#send({ kind: 'call', id, name, input })) {
        settle(refused('NOT_LIVE', 'Gatehouse cannot be reached just now.', 'Wait for the link.'));
      }
    });
  }

  #dial(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#attempt = 0;
      this.#listener({ kind: 'open' });
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      const message = JSON.parse(event.data) as SupervisorMessage;
      if (message.kind === 'answer') this.#waiting.get(message.id)?.(message.result);
      else this.#listener({ kind: 'message', message });
    };
    socket.onclose = () => {
      for (const settle of [...this.#waiting.values()]) {
        settle(refused('LINK_LOST', 'The link to Gatehouse was lost before it answered.'));
      }
      this.#listener({ kind: 'closed' });
      const wait = retryMs[Math.min(this.#attempt++, retryMs.length - 1)];
      setTimeout(() => this.#dial(), wait);
    };
  }

  #send(message: WindowMessage): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }
}
