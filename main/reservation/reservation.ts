import { randomBytes } from 'node:crypto';
import type { ReservationView, SessionPart } from '../../shared/reservation.ts';
import type { Cancel, Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { readBootId, sameBoot } from './boot-id.ts';
import { GatewayWatch } from './gateway-watch.ts';
import { type Asker, holderName, isOrphan, type Lease, type LeaseTerms } from './lease.ts';
import { type LeaseStore, leaseFile } from './lease-file.ts';
import {
  type AskBackReason,
  type EndReason,
  initialLeaseState,
  type LeaseEffect,
  type LeaseEvent,
  type LeaseRules,
  type LeaseState,
  type Outcome,
  stepLease,
  wakeAtMs,
} from './lease-machine.ts';
import type { ReservationPorts } from './ports.ts';

export interface ReservationOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Where the lease is kept, so that it outlives this process. */
  readonly file: string;
  /** Which boot of the machine this is; found out where it is not given. */
  readonly bootId?: string;
  /** Null leaves orphans until somebody releases them. */
  readonly orphanTimeoutMs?: number | null;
  readonly probeEveryMs?: number;
  /** How long our own session may take to close before an acquire is given up. */
  readonly closeTimeoutMs?: number;
  readonly maxQueue?: number;
}

export interface AcquireRequest extends Asker {
  /** Null for the plain acquire, which any connection may release. */
  readonly terms: LeaseTerms | null;
}

export interface Reservation {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Settles when there is an answer; `onPosition` tells the place in the queue meanwhile. */
  acquire(request: AcquireRequest, onPosition?: (position: number) => void): Promise<Outcome>;
  release(request: { readonly connection: number; readonly token: string | null }): Outcome;
  renew(request: Asker & { readonly token: string; readonly ttlMs: number }): Outcome;
  /** Asks the holder to give the session back, and cuts what runs through the forwarded port. */
  recall(): ReservationView;
  forceRelease(): ReservationView;
  connectionClosed(connection: number): void;
  /** True for the connection that holds the lease or waits for it. */
  concerns(connection: number): boolean;
  part(connection: number): SessionPart;
  /** True while forwarded traffic may flow: a lease stands and has not been recalled. */
  admits(): boolean;
  /** True while our own session must stay closed. */
  blocksSession(): boolean;
  /** What a forwarded connection has seen of the gateway; a dropped one only makes us look. */
  gatewaySeen(seen: 'reached' | 'unreachable' | 'dropped'): void;
  view(): ReservationView;
  onChange(listener: (view: ReservationView) => void): () => void;
  onAskBack(listener: (connection: number, why: AskBackReason) => void): () => void;
}

const downloadPollMs = 200;

export function createReservation(
  options: ReservationOptions,
  ports: ReservationPorts,
): Reservation {
  return new ReservationService(options, ports);
}

class ReservationService implements Reservation {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #store: LeaseStore;
  readonly #bootId: string;
  readonly #closeTimeoutMs: number;
  readonly #rules: LeaseRules;
  readonly #ports: ReservationPorts;
  readonly #watch: GatewayWatch;
  readonly #answers = new Map<number, (outcome: Outcome) => void>();
  readonly #positions = new Map<number, (position: number) => void>();
  readonly #changeListeners = new Set<(view: ReservationView) => void>();
  readonly #askBackListeners = new Set<(connection: number, why: AskBackReason) => void>();
  #state: LeaseState = initialLeaseState;
  #ticket = 0;
  #cancelWake: Cancel = () => {};
  #stopped = false;
  /** Counts the stops, so that what began before one knows it. */
  #life = 0;

  constructor(options: ReservationOptions, ports: ReservationPorts) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#store = leaseFile(options.file);
    this.#bootId = options.bootId ?? readBootId();
    this.#closeTimeoutMs = options.closeTimeoutMs ?? 10_000;
    this.#rules = {
      orphanTimeoutMs: options.orphanTimeoutMs ?? null,
      maxQueue: options.maxQueue ?? 1000,
    };
    this.#ports = ports;
    this.#watch = new GatewayWatch(
      options.clock,
      ports.probe,
      options.probeEveryMs ?? 15_000,
      () => {
        this.#log.warn({ holder: this.view().holder }, 'The gateway is gone while it is reserved');
        this.#step({ type: 'gateway-lost' });
      },
    );
  }

  async start(): Promise<void> {
    this.#stopped = false;
    const wasClosing = this.#state.phase === 'closing';
    this.#state = initialLeaseState;
    const lease = this.#restore();
    if (lease === null) {
      if (wasClosing) this.#resume();
      return;
    }
    this.#state = { phase: 'held', lease, queue: [] };
    this.#log.warn(
      { holder: holderName(lease), since: lease.sinceMs },
      'A reservation from before the restart stands, without its connection: release it when its holder is done',
    );
    this.#record(lease);
    await this.#ports.session.close();
    this.#watch.start(null);
    this.#step({ type: 'tick' });
    this.#announce();
  }

  /** The lease is left in its file on purpose: it outlives the program. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#life++;
    this.#cancelWake();
    this.#watch.stop();
    for (const answer of this.#answers.values()) answer({ kind: 'gone' });
    this.#answers.clear();
    this.#positions.clear();
  }

  acquire(request: AcquireRequest, onPosition?: (position: number) => void): Promise<Outcome> {
    return new Promise((resolve) => {
      const ticket = ++this.#ticket;
      this.#answers.set(ticket, resolve);
      if (onPosition) this.#positions.set(ticket, onPosition);
      const { terms, ...asker } = request;
      this.#step({
        type: 'acquire',
        ticket,
        asker,
        terms,
        token: newToken(),
        bootId: this.#bootId,
      });
    });
  }

  release(request: { readonly connection: number; readonly token: string | null }): Outcome {
    return this.#ask((ticket) => ({ type: 'release', ticket, ...request }));
  }

  renew(request: Asker & { readonly token: string; readonly ttlMs: number }): Outcome {
    const { token, ttlMs, ...asker } = request;
    return this.#ask((ticket) => ({ type: 'renew', ticket, asker, token, ttlMs }));
  }

  recall(): ReservationView {
    const { holder, state } = this.view();
    if (state === 'reserved') {
      this.#log.warn(
        { holder },
        'The reservation is recalled: forwarded connections are cut, a direct connection of the holder cannot be cut from here',
      );
    }
    this.#step({ type: 'recall' });
    return this.view();
  }

  forceRelease(): ReservationView {
    this.#step({ type: 'force' });
    return this.view();
  }

  connectionClosed(connection: number): void {
    this.#step({ type: 'connection-closed', connection });
  }

  concerns(connection: number): boolean {
    return this.part(connection) !== null;
  }

  part(connection: number): SessionPart {
    const { phase, queue } = this.#state;
    if (phase !== 'free' && this.#state.lease.connection === connection) return 'holds';
    return queue.some((waiter) => waiter.asker.connection === connection) ? 'waits' : null;
  }

  admits(): boolean {
    return this.#state.phase === 'held' && this.#state.lease.recalledAtMs === null;
  }

  blocksSession(): boolean {
    return this.#state.phase !== 'free';
  }

  gatewaySeen(seen: 'reached' | 'unreachable' | 'dropped'): void {
    if (this.#state.phase !== 'held') return;
    if (seen === 'dropped') this.#watch.doubt();
    else this.#watch.seen(seen === 'reached');
  }

  view(): ReservationView {
    const state = this.#state;
    if (state.phase === 'free') return { ...nobody, queueLength: state.queue.length };
    const { lease } = state;
    return {
      state: state.phase === 'held' ? 'reserved' : 'closing',
      holder: holderName(lease),
      client: lease.client,
      peer: lease.peer,
      since: lease.sinceMs,
      expiresAt: lease.expiresAtMs,
      orphaned: isOrphan(lease),
      recalled: lease.recalledAtMs !== null,
      queueLength: state.queue.length,
    };
  }

  onChange(listener: (view: ReservationView) => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  onAskBack(listener: (connection: number, why: AskBackReason) => void): () => void {
    this.#askBackListeners.add(listener);
    return () => void this.#askBackListeners.delete(listener);
  }

  #restore(): Lease | null {
    let lease: Lease | null;
    try {
      lease = this.#store.load();
    } catch (error) {
      this.#log.error({ err: error }, 'The file of the reservation cannot be read');
      return null;
    }
    if (lease === null) return null;
    const now = this.#clock.now();
    const expired = lease.expiresAtMs !== null && lease.expiresAtMs <= now;
    const holderDied = lease.loopback && !sameBoot(lease.bootId, this.#bootId);
    if (expired || holderDied) {
      this.#log.info(
        { holder: holderName(lease) },
        expired
          ? 'A reservation ran out while Gatehouse was not running'
          : 'A reservation of a program of this machine ended with the restart of the machine',
      );
      this.#record(null);
      return null;
    }
    return { ...lease, connection: null, orphanedAtMs: lease.orphanedAtMs ?? now };
  }

  #ask(event: (ticket: number) => LeaseEvent): Outcome {
    const ticket = ++this.#ticket;
    let outcome: Outcome | undefined;
    this.#answers.set(ticket, (given) => {
      outcome = given;
    });
    this.#step(event(ticket));
    if (outcome === undefined) throw new Error('The reservation gave no answer');
    return outcome;
  }

  #step(event: LeaseEvent): void {
    const before = this.#state;
    const { state, effects } = stepLease(
      before,
      event,
      { now: this.#clock.now(), downloading: this.#ports.isDownloading() },
      this.#rules,
    );
    this.#state = state;
    for (const effect of effects) this.#run(effect);
    // An effect may have brought another event; the newest state decides.
    if (this.#state === state) this.#setAlarm();
    if (before !== state) this.#announce();
    // Last, so that what the holder had through the forwarded port is cut before we connect.
    if (effects.some(({ type }) => type === 'resume-session')) this.#resume();
  }

  #run(effect: LeaseEffect): void {
    switch (effect.type) {
      case 'answer': {
        const answer = this.#answers.get(effect.ticket);
        this.#answers.delete(effect.ticket);
        this.#positions.delete(effect.ticket);
        answer?.(effect.outcome);
        return;
      }
      case 'position':
        this.#positions.get(effect.ticket)?.(effect.position);
        return;
      case 'close-session':
        void this.#closeSession(effect.ticket, effect.lease);
        return;
      case 'persist':
        this.#record(effect.lease);
        return;
      case 'resume-session':
        return;
      case 'ask-back':
        for (const listener of this.#askBackListeners) listener(effect.connection, effect.why);
        return;
      case 'ended':
        this.#watch.stop();
        this.#log.info(
          { holder: holderName(effect.lease), reason: effect.reason },
          endings[effect.reason],
        );
        return;
    }
  }

  #resume(): void {
    if (this.#state.phase !== 'free' || this.#stopped) return;
    this.#watch.stop();
    this.#ports.session.resume();
  }

  async #closeSession(ticket: number, lease: Lease): Promise<void> {
    const { session } = this.#ports;
    const life = this.#life;
    const wasOpen = session.isOpen();
    let why: string | null = null;
    try {
      await this.#inTime(session.close());
      if (session.isOpen()) why = 'Our own session did not close';
    } catch (error) {
      why = `Our own session did not close: ${messageOf(error)}`;
    }
    if (why === null) {
      try {
        this.#store.save(lease);
      } catch (error) {
        why = `The reservation could not be recorded: ${messageOf(error)}`;
      }
    }
    if (life !== this.#life) {
      // It was stopped meanwhile and nobody was told of this lease, so it must not outlive that.
      if (this.#state.phase !== 'held') this.#record(null);
      return;
    }
    if (why !== null) {
      this.#log.error({ holder: holderName(lease) }, why);
      this.#record(null);
      this.#step({ type: 'session-stuck', ticket, why });
      return;
    }
    this.#step({ type: 'session-closed', ticket });
    const { phase } = this.#state;
    if (phase !== 'held' || this.#state.lease.token !== lease.token) return;
    this.#log.info({ holder: holderName(lease) }, 'The session is reserved');
    this.#watch.start(wasOpen ? true : null);
  }

  #inTime(closing: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(this.#closeTimeoutMs, () =>
        reject(new Error(`no answer within ${this.#closeTimeoutMs} ms`)),
      );
      closing.then(resolve, reject).finally(cancel);
    });
  }

  #record(lease: Lease | null): void {
    try {
      this.#store.save(lease);
    } catch (error) {
      this.#log.error({ err: error }, 'The reservation could not be recorded');
    }
  }

  #setAlarm(): void {
    this.#cancelWake();
    this.#cancelWake = () => {};
    if (this.#stopped) return;
    const due: number[] = [];
    const wake = wakeAtMs(this.#state, this.#rules);
    if (wake !== null) due.push(wake - this.#clock.now());
    if (this.#state.phase === 'free' && this.#state.queue.length > 0) due.push(downloadPollMs);
    if (due.length === 0) return;
    // Timers hold 31 bits; a deadline further away is looked at again on the way.
    const ms = Math.min(Math.max(0, ...[Math.min(...due)]), 2 ** 31 - 1);
    this.#cancelWake = this.#clock.after(ms, () => this.#step({ type: 'tick' }));
  }

  #announce(): void {
    const view = this.view();
    for (const listener of this.#changeListeners) listener(view);
  }
}

const nobody: Omit<ReservationView, 'queueLength'> = {
  state: 'free',
  holder: null,
  client: null,
  peer: null,
  since: null,
  expiresAt: null,
  orphaned: false,
  recalled: false,
};

const endings: Readonly<Record<EndReason, string>> = {
  released: 'The reservation is released',
  expired:
    'The reservation ran out: forwarded connections are cut, a direct connection of the holder cannot be cut from here',
  forced:
    'The operator ended the reservation: forwarded connections are cut, a direct connection of the holder cannot be cut from here',
  'bound-connection-closed': "The reservation ended with its holder's connection",
  orphaned: 'The reservation ended: its holder went away and the time for orphans is over',
};

function newToken(): string {
  return `lease_${randomBytes(24).toString('base64url')}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
