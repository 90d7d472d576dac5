import type { Core } from './core.ts';
import { errors, type IbError } from './errors.ts';
import type { FaultEffects } from './faults/effects.ts';
import { handlers, needsServers } from './handlers/table.ts';
import { messagesPerSecond, mostViolations } from './limits.ts';
import { type DecodedRequest, DecodeError, decodeRequest } from './protocol/decode.ts';
import type { RequestLog } from './request-log.ts';
import type { Session } from './session.ts';

type Handle = (core: Core, session: Session, values: DecodedRequest['values']) => void;

/** Takes the frames of started and starting clients: counts, reads and notes them, and has them answered. */
export class Reception {
  readonly #core: Core;
  readonly #effects: FaultEffects;
  readonly #log: RequestLog;

  constructor(core: Core, effects: FaultEffects, log: RequestLog) {
    this.#core = core;
    this.#effects = effects;
    this.#log = log;
  }

  receive(session: Session, payload: Buffer): void {
    if (session.phase === 'closed') return;
    if (session.silent) {
      const later = Buffer.from(payload);
      session.whenSpeaking(() => this.receive(session, later));
      return;
    }
    if (session.paced && session.phase === 'ready') this.#pace(session, payload);
    else this.#count(session, payload);
  }

  /** One request must not take the gateway and all its other clients down. */
  failed(session: Session, reqId: number, request: string, error: unknown): void {
    this.#core.log.error({ error, request }, 'a request could not be answered');
    session.error(reqId, errors.failed('Internal error of the simulated gateway'));
  }

  /** A client that asked to be paced has what is too much done in the next second, in its order. */
  #pace(session: Session, payload: Buffer): void {
    session.waiting.push(Buffer.from(payload));
    if (session.waiting.length === 1) this.#drain(session);
  }

  #drain(session: Session): void {
    const { limits, clock } = this.#core;
    for (;;) {
      const [next] = session.waiting;
      if (next === undefined || session.phase === 'closed') return;
      if (limits.full()) {
        clock.after(limits.nextSecondMs(), () => this.#drain(session));
        return;
      }
      this.#count(session, next);
      session.waiting.shift();
    }
  }

  #count(session: Session, payload: Buffer): void {
    session.requests++;
    const tooMany = this.#core.limits.message();
    if (tooMany !== undefined && session.phase === 'ready') this.#violation(session, tooMany);
    else this.#read(session, payload);
  }

  #read(session: Session, payload: Buffer): void {
    let request: DecodedRequest;
    try {
      request = decodeRequest(payload, session.version);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#note(session, 'unreadable', error.reqId, { error: error.message });
      this.#core.log.warn({ session: session.number, error: error.message }, 'unreadable request');
      session.error(error.reqId, errors.unreadable(error.message));
      return;
    }
    const reqId = 'reqId' in request.values ? request.values.reqId : null;
    const name = request.name === 'unserved' ? request.values.request : request.name;
    this.#note(session, name, reqId, request.values);
    if (session.phase === 'ready') {
      this.#dispatch(session, request);
    } else if (request.name === 'startApi') {
      this.#startApi(session, request.values.clientId);
    } else {
      this.#core.log.warn(
        { session: session.number, request: name },
        'a request before startApi is not answered',
      );
    }
  }

  #dispatch(session: Session, request: DecodedRequest): void {
    if (session.phase === 'closed') return;
    if (request.name === 'unserved') {
      session.error(request.values.reqId, refusal(request.values.request));
      return;
    }
    const { faults } = this.#core;
    if (needsServers.has(request.name) && faults.active('link-lost', session.clientId ?? -1)) {
      session.held.push(() => this.#dispatch(session, request));
      return;
    }
    try {
      (handlers[request.name] as Handle)(this.#core, session, request.values);
    } catch (error) {
      const reqId = 'reqId' in request.values ? request.values.reqId : -1;
      this.failed(session, reqId, request.name, error);
    }
  }

  #startApi(session: Session, clientId: number): void {
    const others = [...this.#core.sessions()].filter((one) => one !== session);
    const fault = this.#core.faults.active('client-id-in-use', clientId);
    const inUse =
      others.some((one) => one.clientId === clientId) ||
      (fault && (fault.ids === undefined || fault.ids.includes(clientId)));
    if (inUse) {
      session.error(-1, errors.clientIdInUse());
      this.#core.close(session, `client id ${clientId} is in use`);
      return;
    }
    session.clientId = clientId;
    if (this.#effects.starting(session) === 'stop') return;
    session.whenSpeaking(() => this.#ready(session));
  }

  #ready(session: Session): void {
    if (session.phase === 'closed') return;
    const { clientId, number, version } = session;
    session.phase = 'ready';
    this.#core.log.info({ session: number, clientId, version }, 'client ready');
    session.send('managedAccounts', { accounts: this.#core.accounts.names.join(',') });
    session.send('nextValidId', { orderId: 1 });
    this.#effects.greet(session);
  }

  #violation(session: Session, received: number): void {
    // Every message too many is told, and each second of them counts once.
    if (received === messagesPerSecond + 1) session.violations++;
    session.error(-1, errors.tooManyMessages(received));
    if (session.violations >= mostViolations) {
      this.#core.close(session, 'too many messages a second, for the third time');
    }
  }

  #note(
    session: Session,
    message: string,
    reqId: number | null,
    fields: Readonly<Record<string, unknown>>,
  ): void {
    this.#log.add({
      time: this.#core.clock.now(),
      session: session.number,
      clientId: session.clientId,
      message,
      reqId,
      fields,
    });
  }
}

/** The gateway is in read-only mode, as most are delivered; what else is not served says so. */
function refusal(request: string): IbError {
  return request === 'placeOrder' || request === 'cancelOrder' || request === 'exerciseOptions'
    ? errors.invalid('The API interface is currently in Read-Only mode.')
    : errors.invalid(`The simulated gateway does not serve ${request}`);
}
