import type { Cancel, Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Answer, ClientEvents, GatewayClient, OpenClient } from '../client/client-port.ts';
import { nextAlarm, step } from './machine.ts';
import { Outbox, type Sent } from './outbox.ts';
import {
  type ConnectionEvent,
  type Effect,
  initialState,
  isOpen,
  type MachineConfig,
  type MachineState,
} from './state.ts';
import { Story } from './story.ts';

/** An alarm that rings so late means that the computer slept through it. */
const sleptMs = 20_000;
/** So many unreadable messages on one connection, and it is given up. */
const unreadableAllowed = 20;

/** What the parts above the connection hear. */
export interface ConnectionListener {
  up?(): void;
  down?(kept: boolean): void;
  restored?(dataLost: boolean): void;
  message?(code: number, text: string): void;
  answer?(id: number, answer: Answer): void;
  price?(id: number, field: number, price: number): void;
  size?(id: number, field: number, size: number | undefined): void;
  text?(id: number, field: number, value: string): void;
  /** The state is another one; called last. */
  changed?(): void;
}

export interface ConnectionPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly open: OpenClient;
  readonly random?: () => number;
  readonly messagesPerSecond?: number;
}

/** Carries out what the machine decides: one socket, one timer, and the order of things. */
export class Connection {
  readonly #ports: ConnectionPorts;
  readonly #listener: ConnectionListener;
  readonly #random: () => number;
  readonly story: Story;
  #state: MachineState;
  #client: GatewayClient | null = null;
  #outbox: Outbox | null = null;
  /** Outlives each connection. */
  readonly #sent: Sent = [];
  #lastHeardAt = 0;
  #unreadable = 0;
  #cancelAlarm: Cancel | null = null;
  #alarmDue = Number.POSITIVE_INFINITY;
  readonly #queue: ConnectionEvent[] = [];
  #stepping = false;
  #closedWaiters: (() => void)[] = [];

  constructor(config: MachineConfig, ports: ConnectionPorts, listener: ConnectionListener) {
    this.#ports = ports;
    this.#listener = listener;
    this.#random = ports.random ?? Math.random;
    this.story = new Story(ports.log);
    this.#state = initialState(config, ports.clock.now());
  }

  get state(): MachineState {
    return this.#state;
  }

  get isOpen(): boolean {
    return isOpen(this.#state);
  }

  get raw(): unknown {
    return this.isOpen ? (this.#client?.raw ?? null) : null;
  }

  /** Sends within the allowance of messages; false when there is nobody to send to. */
  send(call: (client: GatewayClient) => void, urgent = false): boolean {
    const client = this.#client;
    const outbox = this.#outbox;
    if (!client || !outbox || !this.isOpen) return false;
    outbox.send(() => {
      if (this.#client === client) call(client);
    }, urgent);
    return true;
  }

  /** Events that arise while one is being worked on are taken in turn, never inside it. */
  dispatch(event: ConnectionEvent): void {
    this.#queue.push(event);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#step(next);
    } finally {
      this.#stepping = false;
    }
    this.#setAlarm();
    this.#guard(() => this.#listener.changed?.());
  }

  /** Resolves once no socket is left. */
  closed(): Promise<void> {
    if (this.#state.link.at === 'none') return Promise.resolve();
    return new Promise((resolve) => this.#closedWaiters.push(resolve));
  }

  #step(event: ConnectionEvent): void {
    const { state, effects } = step(this.#state, event, {
      now: this.#ports.clock.now(),
      random: this.#random(),
      lastHeardAt: this.#lastHeardAt,
    });
    const before = this.#state;
    this.#state = state;
    if (before.link.at !== 'none' && state.link.at === 'none') this.#client = null;
    for (const effect of effects) this.#carryOut(effect);
    if (state.link.at === 'none') {
      const waiters = this.#closedWaiters;
      this.#closedWaiters = [];
      for (const resolve of waiters) resolve();
    }
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'open':
        return this.#open(effect);
      case 'close':
        this.#outbox?.close();
        this.#outbox = null;
        return this.#client?.close();
      case 'probe':
        // Straight to the socket: behind a full outbox a probe would wait and look like death.
        return this.#guard(() => this.#client?.probe());
      case 'up':
        this.#outbox = new Outbox(this.#ports.clock, this.#ports.messagesPerSecond, this.#sent);
        // The gateway's time: where ticks flow from the first moment on, no silence would ask for it.
        this.#guard(() => this.#client?.probe());
        return this.#guard(() => this.#listener.up?.());
      case 'down':
        if (!effect.kept) {
          this.#outbox?.close();
          this.#outbox = null;
        }
        return this.#guard(() => this.#listener.down?.(effect.kept));
      case 'restored':
        return this.#guard(() => this.#listener.restored?.(effect.dataLost));
      case 'note': {
        const { type: _, ...rest } = effect;
        return this.story.tell({ at: this.#ports.clock.now(), ...rest });
      }
    }
  }

  #open(effect: Effect & { type: 'open' }): void {
    const { attempt, host, port, clientId } = effect;
    this.#lastHeardAt = this.#ports.clock.now();
    this.#unreadable = 0;
    this.#ports.log.debug({ attempt, host, port, clientId }, 'Connecting to the gateway.');
    this.#client = this.#ports.open({ host, port, clientId }, this.#events(attempt));
  }

  #events(attempt: number): ClientEvents {
    const { clock, log } = this.#ports;
    const listener = this.#listener;
    const current = (): boolean => this.#state.attempt === attempt;
    return {
      tcp: () => this.dispatch({ type: 'tcp', attempt }),
      hello: (version) => this.dispatch({ type: 'hello', attempt, version }),
      accounts: (accounts) => this.dispatch({ type: 'accounts', attempt, accounts }),
      ready: () => this.dispatch({ type: 'ready', attempt }),
      heard: () => {
        if (current()) this.#lastHeardAt = clock.now();
      },
      time: (seconds) =>
        this.dispatch({ type: 'pong', attempt, skewMs: Math.round(seconds * 1000 - clock.now()) }),
      message: (code, text) => {
        if (!current()) return;
        log.debug({ code, text }, 'The gateway reports.');
        this.dispatch({ type: 'message', attempt, code, text });
        this.#guard(() => listener.message?.(code, text));
      },
      answer: (id, answer) => {
        if (current()) this.#guard(() => listener.answer?.(id, answer));
      },
      price: (id, field, price) => {
        if (current()) listener.price?.(id, field, price);
      },
      size: (id, field, size) => {
        if (current()) listener.size?.(id, field, size);
      },
      text: (id, field, value) => {
        if (current()) listener.text?.(id, field, value);
      },
      garbage: (detail) => this.dispatch({ type: 'garbage', attempt, detail }),
      unreadable: (detail) => {
        if (!current()) return;
        log.warn({ detail }, 'A message of the gateway could not be read; it was skipped.');
        // A field too many is what a newer TWS sends: the message itself was understood.
        if (detail.includes('unprocessed data')) return;
        this.#unreadable++;
        if (this.#unreadable > unreadableAllowed) {
          this.dispatch({ type: 'garbage', attempt, detail: 'too many bad messages' });
        }
      },
      closed: (cause) => this.dispatch({ type: 'closed', attempt, cause }),
    };
  }

  #setAlarm(): void {
    const due = nextAlarm(this.#state, this.#lastHeardAt) ?? Number.POSITIVE_INFINITY;
    if (due === this.#alarmDue && this.#cancelAlarm) return;
    this.#cancelAlarm?.();
    this.#cancelAlarm = null;
    this.#alarmDue = due;
    if (due === Number.POSITIVE_INFINITY) return;
    this.#cancelAlarm = this.#ports.clock.after(Math.max(0, due - this.#ports.clock.now()), () => {
      this.#cancelAlarm = null;
      const late = this.#ports.clock.now() - due;
      this.dispatch(late > sleptMs ? { type: 'wake' } : { type: 'alarm' });
    });
  }

  /** A listener that throws must not stop the others, nor the connection. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#ports.log.error({ error: String(error) }, 'A listener of the connection failed.');
    }
  }
}
