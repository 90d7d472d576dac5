import type net from 'node:net';
import type { Clock } from '../kit/clock.ts';
import { isLoopbackAddress } from '../kit/listen.ts';
import type { Log } from '../kit/log.ts';
import type { AnswerBuffer } from './answer-buffer.ts';
import { asRefusal, type Dispatcher } from './dispatcher.ts';
import { LineFramer } from './line-framer.ts';
import { redact } from './redact.ts';
import type { Peer, Reply, Request } from './request.ts';
import { textOf } from './request-scanner.ts';
import type { SharedInput } from './shared-input.ts';
import { errorLine, Refusal, responseLine } from './wire.ts';

/** What every connection of one server shares. */
export interface ConnectionShared {
  readonly clock: Clock;
  readonly log: Log;
  readonly dispatcher: Dispatcher;
  /** What answers a connection that has not shown the token yet. */
  readonly gate: Dispatcher;
  readonly input: SharedInput;
  /** One for all: a connection fills it and takes it within one turn. */
  readonly out: AnswerBuffer;
  readonly maxLineBytes: number;
  readonly idleTimeoutMs: number;
  readonly authToken: string | null;
  /** True for a connection that may be silent for as long as it likes. */
  mayIdle(connection: Connection): boolean;
  /** The peer has taken everything that was written. */
  drained(connection: Connection): void;
  /** It has said its name. */
  introduced(): void;
}

/** Above this many unsent bytes a peer is not read from until it has read itself. */
export const backlogLimit = 256 * 1024;

/** How long a connection that has had its last word may take to read it. */
const lingerMs = 5000;

/** A line may take this many idle times to arrive, so that a trickle cannot last for ever. */
const slowLineFactor = 5;

/** One client: reads its lines, answers them in order, and never holds more for it than it reads. */
export class Connection implements Peer {
  readonly connection: number;
  readonly peer: string;
  readonly loopback: boolean;
  readonly sinceMs: number;
  name: string | null = null;
  requests = 0;
  errors = 0;

  readonly #socket: net.Socket;
  readonly #shared: ConnectionShared;
  readonly #framer: LineFramer;
  #lastActivityMs: number;
  #partialSinceMs: number | null = null;
  /** Answers that are still to come, in order or not. */
  #outstanding = 0;
  #phase: 'open' | 'answering' | 'ended' | 'closing' = 'open';
  #authorized: boolean;
  #pumping = false;
  #inputEnded = false;
  #lingerUntilMs = Number.POSITIVE_INFINITY;

  constructor(id: number, accepted: net.Socket, shared: ConnectionShared) {
    this.connection = id;
    this.#shared = shared;
    const socket = shared.input.read(accepted, (chunk) => this.#received(chunk));
    this.#socket = socket;
    this.#framer = new LineFramer(shared.maxLineBytes);
    this.#authorized = shared.authToken === null;
    this.peer = `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
    this.loopback = isLoopbackAddress(socket.remoteAddress ?? '');
    this.sinceMs = shared.clock.now();
    this.#lastActivityMs = this.sinceMs;
    socket.on('end', () => this.#inputOver());
    socket.on('drain', () => {
      shared.drained(this);
      this.#pump();
    });
  }

  /** Calls once when the connection is gone, whoever ended it and however. */
  onGone(call: () => void): void {
    // A reset is told by `close`, which always follows.
    this.#socket.on('error', () => {});
    this.#socket.once('close', call);
  }

  /** Bytes written that the peer has not taken yet. */
  get backlog(): number {
    return this.#socket.writableLength;
  }

  get paused(): boolean {
    return this.#socket.isPaused();
  }

  introduce(name: string): void {
    if (name === this.name) return;
    this.name = name;
    this.#shared.introduced();
  }

  send(line: string): void {
    if (this.#phase === 'closing' || this.#socket.destroyed) return;
    if (this.#pumping) this.#shared.out.ascii(line);
    else this.#socket.write(line, 'latin1');
  }

  sendBytes(bytes: Buffer): void {
    if (this.#phase === 'closing' || this.#socket.destroyed) return;
    if (this.#pumping) this.#shared.out.bytes(bytes);
    else this.#socket.write(bytes);
  }

  /** Says a last word, if any, and closes once the peer has had the time to read it. */
  close(lastWord?: string): void {
    if (this.#phase === 'closing') return;
    if (lastWord !== undefined) this.send(lastWord);
    this.#phase = 'closing';
    this.#lingerUntilMs = this.#shared.clock.now() + lingerMs;
    if (!this.#pumping) this.#finish();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Called now and then by the server: closes what has been silent or slow for too long. */
  sweep(now: number): void {
    if (now >= this.#lingerUntilMs) {
      this.#socket.destroy();
      return;
    }
    const { idleTimeoutMs } = this.#shared;
    if (this.#phase === 'closing' || idleTimeoutMs <= 0) return;
    if (this.#outstanding > 0) return;
    // Who has ended its side but does not read the rest keeps no right to stay.
    if (this.#phase === 'open' && this.#shared.mayIdle(this)) return;
    const silent = now - this.#lastActivityMs >= idleTimeoutMs;
    const trickling =
      this.#partialSinceMs !== null && now - this.#partialSinceMs >= slowLineFactor * idleTimeoutMs;
    if (!silent && !trickling) return;
    this.#shared.log.debug({ peer: this.peer }, 'Closing an idle connection');
    this.close();
  }

  #received(chunk: Buffer): void {
    // What arrives after the last word is read and dropped: closing with unread input would reset
    // the connection and take the last word with it.
    if (this.#phase === 'closing') return;
    this.#framer.push(chunk);
    this.#pump();
    this.#framer.keep();
  }

  #inputOver(): void {
    this.#inputEnded = true;
    this.#pump();
  }

  #pump(): void {
    if (this.#pumping || this.#phase === 'answering' || this.#phase === 'closing') return;
    const { out, clock, log } = this.#shared;
    const now = clock.now();
    const logged = log.isLevelEnabled('debug');
    this.#lastActivityMs = now;
    this.#pumping = true;
    let more = true;
    while (more && this.#phase === 'open' && !this.#backlogged()) more = this.#next(now, logged);
    this.#pumping = false;
    this.#partialSinceMs = this.#framer.partial ? (this.#partialSinceMs ?? now) : null;
    if (out.length > 0) this.#flush(out);
    this.#finish();
  }

  #flush(out: AnswerBuffer): void {
    const socket = this.#socket;
    const answers = out.take();
    if (!socket.destroyed) socket.write(answers);
    // Mostly the system takes all of it at once, and the same warm memory serves again.
    if (socket.writableLength === 0) out.giveBack();
  }

  /** Handles what stands next in the input; false when there is nothing more for now. */
  #next(now: number, logged: boolean): boolean {
    const framer = this.#framer;
    switch (framer.next()) {
      case 'line':
        this.#line(framer.buffer, framer.start, framer.end, now, logged);
        return true;
      case 'too-long':
        this.#tooLong();
        return true;
      case 'flood':
        this.close();
        return false;
      case 'nothing':
        if (!this.#inputEnded) return false;
        if (framer.finish() === 'line') {
          this.#line(framer.buffer, framer.start, framer.end, now, logged);
          return true;
        }
        this.#phase = 'ended';
        return false;
    }
  }

  #tooLong(): void {
    const refusal = new Refusal('BAD_REQUEST', 'Line too long');
    this.#refuse('null', refusal, `a line over ${this.#shared.maxLineBytes} bytes`);
    if (!this.#authorized) this.close();
  }

  #line(buffer: Buffer, start: number, end: number, now: number, logged: boolean): void {
    const { out } = this.#shared;
    this.requests++;
    if (logged) this.#logRequest(textOf(buffer, start, end));
    const before = out.length;
    const dispatcher = this.#authorized ? this.#shared.dispatcher : this.#shared.gate;
    const dispatched = dispatcher.dispatch(buffer, start, end, now, this, out);
    if (dispatched === 'answered') {
      if (logged) this.#logAnswer(out.textFrom(before));
      return;
    }
    if (dispatched.kind === 'reply') {
      this.#authorized = true;
      this.#reply(dispatched.request, dispatched.reply);
      return;
    }
    this.#refuse(dispatched.idJson, dispatched.refusal, textOf(buffer, start, end));
    if (!this.#authorized) this.close();
  }

  #reply(request: Request, reply: Reply): void {
    if (reply.when === 'now') {
      this.#answer(responseLine(request.idJson, request.type, reply.data));
      return;
    }
    this.#outstanding++;
    if (reply.when === 'in-order') this.#phase = 'answering';
    reply.data
      .then(
        (data) => this.#answer(responseLine(request.idJson, request.type, data)),
        (error: unknown) => this.#refuse(request.idJson, asRefusal(error), request.text),
      )
      .finally(() => {
        this.#outstanding--;
        if (reply.when === 'in-order' && this.#phase === 'answering') this.#phase = 'open';
        if (this.#phase === 'open') this.#pump();
        else this.#finish();
      });
  }

  #answer(line: string): void {
    if (this.#shared.log.isLevelEnabled('debug')) this.#logAnswer(line);
    this.send(line);
  }

  #refuse(idJson: string, refusal: Refusal, request: string): void {
    this.errors++;
    const { code, message } = refusal;
    this.#shared.log.warn(
      { peer: this.peer, code, request: redact(request, this.#shared.authToken) },
      message,
    );
    this.#answer(errorLine(idJson, code, message));
  }

  #logRequest(text: string): void {
    const request = redact(text, this.#shared.authToken);
    this.#shared.log.debug({ peer: this.peer, request }, 'Request');
  }

  #logAnswer(line: string): void {
    const answer = redact(line.trimEnd(), this.#shared.authToken);
    this.#shared.log.debug({ peer: this.peer, answer }, 'Answer');
  }

  #backlogged(): boolean {
    return this.#socket.writableLength + this.#shared.out.length > backlogLimit;
  }

  /** Brings the socket in line with what is left to do. */
  #finish(): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    const over = this.#phase === 'ended' && this.#outstanding === 0;
    if (this.#phase === 'closing' || over) {
      socket.end();
      socket.resume();
      return;
    }
    const backlogged = this.#backlogged();
    const unread = this.#phase === 'open' && this.#framer.pending;
    if (this.#phase === 'answering' || backlogged || unread) socket.pause();
    else if (socket.isPaused()) socket.resume();
    // Requests are left though the answers are gone: the others have their turn first. With a
    // backlog it is `drain` that goes on.
    if (unread && !backlogged) setImmediate(() => this.#pump());
  }
}
