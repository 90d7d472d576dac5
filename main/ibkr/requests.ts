import { adviceFor, explain, historicalErrorOf } from '../../shared/advice/index.ts';
import type { Clock } from '../kit/clock.ts';
import { type Answer, firstOwnId, type GatewayClient } from './client/client-port.ts';
import type { Refusal, RequestFailure, Result } from './ports.ts';

/** What a request was about, for messages that come back on its id. */
export interface Asked {
  readonly symbol: string | null;
  readonly request: string;
}

interface Entry {
  readonly asked: Asked;
  readonly take: (answer: Answer) => void;
  /** The session ended; nothing more comes on this id. */
  readonly lost: () => void;
}

export interface Sender {
  send(call: (client: GatewayClient) => void, urgent?: boolean): boolean;
}

/** Which request an answer belongs to. An id is never used twice. */
export class Requests {
  readonly #entries = new Map<number, Entry>();
  readonly #clock: Clock;
  readonly #sender: Sender;
  #nextId = firstOwnId;

  constructor(clock: Clock, sender: Sender) {
    this.#clock = clock;
    this.#sender = sender;
  }

  get size(): number {
    return this.#entries.size;
  }

  add(asked: Asked, take: (answer: Answer) => void, lost: () => void): number {
    const id = this.#nextId++;
    this.#entries.set(id, { asked, take, lost });
    return id;
  }

  remove(id: number): void {
    this.#entries.delete(id);
  }

  askedAs(id: number): Asked | null {
    return this.#entries.get(id)?.asked ?? null;
  }

  route(id: number, answer: Answer): void {
    this.#entries.get(id)?.take(answer);
  }

  /** Ends everything that was asked of the session that is over. */
  loseAll(): void {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const entry of entries) entry.lost();
  }

  /** One question with one answer: gathers until `collect` says that it has it all. */
  ask<T>(question: {
    readonly asked: Asked;
    readonly deadlineMs: number;
    readonly send: (client: GatewayClient, id: number) => void;
    readonly cancel?: (client: GatewayClient, id: number) => void;
    readonly collect: (answer: Answer) => { readonly value: T } | undefined;
  }): Promise<Result<T>> {
    const { asked, deadlineMs } = question;
    return new Promise((resolve) => {
      const finish = (result: Result<T>): void => {
        cancelTimer();
        this.remove(id);
        resolve(result);
      };
      const id = this.add(
        asked,
        (answer) => {
          if (answer.type === 'error') {
            if (adviceFor(answer.code, answer.text).endsRequest) {
              finish(refusalOf(answer.code, answer.text, asked));
            }
            return;
          }
          const done = question.collect(answer);
          if (done) finish({ ok: true, value: done.value });
        },
        () => finish(notConnected(asked)),
      );
      const { cancel } = question;
      const cancelTimer = this.#clock.after(deadlineMs, () => {
        if (cancel) this.#sender.send((client) => cancel(client, id));
        finish(timedOut(asked, deadlineMs));
      });
      if (!this.#sender.send((client) => question.send(client, id))) finish(notConnected(asked));
    });
  }
}

export function refusalOf(code: number, text: string, asked: Asked): Refusal {
  return { ok: false, reason: failureOf(code, text), code, message: explain(code, text, asked) };
}

function failureOf(code: number, text: string): RequestFailure {
  switch (code) {
    case 162: {
      const meaning = historicalErrorOf(text);
      return meaning === 'other' || meaning === 'unreachable' ? 'error' : meaning;
    }
    case 200:
      return 'unknown-symbol';
    case 366:
      return 'cancelled';
    case 354:
    case 10168:
    case 10186:
    case 10187:
    case 10197:
      return 'no-permission';
    case 504:
    case 1100:
      return 'not-connected';
    default:
      return 'error';
  }
}

export function notConnected(asked: Asked): Refusal {
  return {
    ok: false,
    reason: 'not-connected',
    message: `${describe(asked)}: there is no session with IBKR now.`,
  };
}

export function timedOut(asked: Asked, afterMs: number): Refusal {
  return {
    ok: false,
    reason: 'timeout',
    message: `${describe(asked)}: IBKR did not answer within ${Math.round(afterMs / 1000)} s.`,
  };
}

export function cancelled(asked: Asked): Refusal {
  return { ok: false, reason: 'cancelled', message: `${describe(asked)}: withdrawn.` };
}

function describe(asked: Asked): string {
  return asked.symbol === null ? asked.request : `${asked.request} for ${asked.symbol}`;
}
