import type { Socket } from 'node:net';
import type { Clock } from '../kit/clock.ts';
import type { HistoryJob } from './bars/desk.ts';
import type { IbError } from './errors.ts';
import type { Line } from './feed/line.ts';
import type { LiveBars, UpdatingBars } from './feed/live-bars.ts';
import { Outbox } from './outbox.ts';
import type { Answer, AnswerName } from './protocol/answers.ts';
import { encodeAnswer } from './protocol/encode.ts';
import { FrameReader } from './protocol/frames.ts';

/** What may be asked of a connection, in the order it comes. */
export type SessionPhase = 'hello' | 'starting' | 'ready' | 'closed';

/** What one client has asked to be told again and again. */
export class Subscriptions {
  readonly lines = new Map<number, Line>();
  readonly liveBars = new Map<number, LiveBars>();
  readonly updatingBars = new Map<number, UpdatingBars>();
  readonly history = new Map<number, HistoryJob>();
  readonly summaries = new Map<number, readonly string[]>();
  readonly multiUpdates = new Map<number, { readonly account: string; readonly model: string }>();
  readonly multiPositions = new Set<number>();
  readonly pnl = new Map<number, { readonly account: string; readonly conId: number | null }>();
  accountUpdates: string | null = null;
  positions = false;
}

/** One connection of a client, from the first byte to the last. */
export class Session {
  readonly number: number;
  readonly since: number;
  readonly socket: Socket;
  readonly outbox: Outbox;
  readonly reader = new FrameReader();
  readonly subscriptions = new Subscriptions();
  /** Requests above the rate of a client that asked to be paced. */
  readonly waiting: Buffer[] = [];
  /** Requests that wait for the lost link. */
  readonly held: (() => void)[] = [];
  phase: SessionPhase = 'hello';
  version = 0;
  clientId: number | null = null;
  /** `+PACEAPI` in the hello: requests above the rate wait instead of being refused. */
  paced = false;
  /** 1 live, 2 frozen, 3 delayed, 4 delayed and frozen. */
  marketDataType = 1;
  /** Since when it has been waited for: its arrival, or the end of the gateway's own silence. */
  awaitedSince: number;
  /** How often it sent too much. */
  violations = 0;
  requests = 0;
  readonly #clock: Clock;
  #silence: 'none' | 'pause' | 'dead' = 'none';
  #waiting: (() => void)[] = [];

  constructor(number: number, socket: Socket, clock: Clock, overflow: (session: Session) => void) {
    this.number = number;
    this.since = clock.now();
    this.awaitedSince = this.since;
    this.#clock = clock;
    this.socket = socket;
    this.outbox = new Outbox(socket, clock, () => overflow(this));
  }

  get silent(): boolean {
    return this.#silence !== 'none';
  }

  get dead(): boolean {
    return this.#silence === 'dead';
  }

  /** Neither reads nor speaks; a dead one never will again. */
  hush(kind: 'pause' | 'dead'): void {
    if (this.#silence !== 'dead') this.#silence = kind;
    this.outbox.discard();
    this.socket.pause();
  }

  speak(): void {
    if (this.#silence !== 'pause') return;
    this.#silence = 'none';
    this.awaitedSince = this.#clock.now();
    this.socket.resume();
    for (const call of this.#waiting.splice(0)) call();
  }

  /** What a silenced gateway would do next, it does when it speaks again. */
  whenSpeaking(call: () => void): void {
    if (this.silent) this.#waiting.push(call);
    else call();
  }

  truncateNext(how: 'frame' | 'socket'): void {
    this.outbox.cutNext(how);
  }

  send<N extends AnswerName>(name: N, values: Answer<N>): void {
    if (this.phase === 'closed' || this.silent) return;
    encodeAnswer(this.outbox.sink, name, values, this.version);
    this.outbox.written();
  }

  error(reqId: number, [code, text]: IbError): void {
    this.send('error', { reqId, code, text, advancedOrderReject: '' });
  }

  /** Bytes as they are: the version reply, garbage. */
  raw(bytes: Buffer): void {
    if (this.phase === 'closed' || this.silent) return;
    this.outbox.sink.bytes(bytes);
    this.outbox.written();
  }
}
