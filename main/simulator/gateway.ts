import { createServer, type Server, type Socket } from 'node:net';
import { type Cancel, type Clock, every } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { Accounts } from './accounts/accounts.ts';
import { HistoryDesk } from './bars/desk.ts';
import { Pacing } from './bars/pacing.ts';
import type { Core } from './core.ts';
import { errors, type IbError } from './errors.ts';
import { FaultBoard } from './faults/board.ts';
import { FaultEffects } from './faults/effects.ts';
import { LiveBarFeed } from './feed/live-bars.ts';
import { TickFeed } from './feed/tick-feed.ts';
import { accountUpdateMs, sendAccountNews } from './handlers/account.ts';
import { handlers, needsServers } from './handlers/table.ts';
import { Limits, messagesPerSecond, mostClients, mostViolations } from './limits.ts';
import { farmMessage, Links } from './links.ts';
import type { Market } from './ports.ts';
import { type DecodedRequest, DecodeError, decodeRequest } from './protocol/decode.ts';
import { negotiate } from './protocol/frames.ts';
import { clockText, dateText } from './protocol/times.ts';
import { oldestVersion } from './protocol/versions.ts';
import { RequestLog } from './request-log.ts';
import { Session } from './session.ts';

export interface GatewaySettings {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly serverVersion: number;
  readonly accounts: readonly string[];
  readonly ticksPerSecond: number;
  readonly limits: boolean;
  readonly clockRate: number;
  readonly kind: 'tws' | 'gateway';
}

const pumpMs = 100;
/** In real time, so that a gateway asked for more than it can make falls behind no further. */
const mostBehindMs = 2000;
/** A client that has not said hello and started by then is let go. */
const startMs = 30_000;

/** The simulated gateway: takes connections, reads requests, has them answered, and keeps the feeds flowing. */
export class Gateway implements Core {
  readonly settings: GatewaySettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly market: Market;
  readonly accounts: Accounts;
  readonly faults: FaultBoard;
  readonly limits: Limits;
  readonly links: Links;
  readonly ticks: TickFeed;
  readonly liveBars: LiveBarFeed;
  readonly history: HistoryDesk;
  readonly pacing = new Pacing();
  readonly requests = new RequestLog();
  readonly #effects: FaultEffects;
  readonly #sessions = new Set<Session>();
  readonly #sockets = new Set<Socket>();
  readonly #timers: Cancel[] = [];
  #server: Server | undefined;
  #port = 0;
  #connections = 0;
  #stopped = false;

  constructor(settings: GatewaySettings, market: Market, clock: Clock, log: Log) {
    this.settings = settings;
    this.market = market;
    this.clock = clock;
    this.log = log;
    const now = clock.now();
    this.accounts = new Accounts(market, settings.accounts, now);
    this.limits = new Limits(clock, settings.limits);
    this.links = new Links(settings.kind, (farm) => this.#announce(farmMessage(farm, 'ok')));
    this.history = new HistoryDesk(clock, (job, error) =>
      this.#failed(job.session, job.reqId, 'historicalData', error),
    );
    this.#effects = new FaultEffects(this, settings.seed);
    this.faults = new FaultBoard(clock, this.#effects);
    this.ticks = new TickFeed(
      market,
      {
        perSecond: settings.ticksPerSecond,
        startMs: now,
        sliceMs: 2 * pumpMs * Math.max(1, settings.clockRate),
        mostBehindMs: mostBehindMs * Math.max(1, settings.clockRate),
      },
      (line) => this.#effects.mayFlow(line),
    );
    this.liveBars = new LiveBarFeed(market, now, (bars) => this.#effects.mayFlow(bars));
  }

  get port(): number {
    return this.#port;
  }

  get listening(): boolean {
    return this.#server?.listening ?? false;
  }

  toldTime(): number {
    return this.clock.now() + (this.faults.active('clock-skew')?.seconds ?? 0) * 1000;
  }

  sessions(): Iterable<Session> {
    return this.#sessions;
  }

  /** Switches all faults off and is there again at once, even in the middle of a restart. */
  resetFaults(): void {
    this.faults.reset();
    this.#effects.reset();
  }

  async start(): Promise<void> {
    this.#port = this.settings.port;
    await this.listen();
    this.#timers.push(
      every(this.clock, pumpMs, () => this.#pump()),
      every(this.clock, accountUpdateMs, () => {
        for (const session of this.#sessions) sendAccountNews(this, session);
      }),
    );
  }

  async listen(): Promise<void> {
    if (this.#server || this.#stopped) return;
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, this.settings.host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => this.log.error({ error }, 'the listening socket failed'));
    const address = server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  async unlisten(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      // A server only finishes closing when its connections are gone; refusing new ones takes effect at once.
      if (!this.#stopped) resolve();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
    this.#effects.stop();
    this.faults.reset();
    this.history.stop();
    for (const session of [...this.#sessions]) this.drop(session, 'the simulator stops');
    for (const socket of this.#sockets) socket.destroy();
    await this.unlisten();
  }

  close(session: Session, reason: string): void {
    if (session.phase === 'closed') return;
    this.log.info(
      { session: session.number, clientId: session.clientId, reason },
      'connection closed',
    );
    session.outbox.finish();
    this.#forget(session);
    session.socket.destroySoon();
  }

  /** Breaks the connection off without sending what is left. */
  drop(session: Session, reason: string): void {
    if (session.phase === 'closed') return;
    this.log.warn(
      { session: session.number, clientId: session.clientId, reason },
      'connection dropped',
    );
    this.#forget(session);
    session.socket.destroy();
  }

  #accept(socket: Socket): void {
    const session = new Session(++this.#connections, socket, this.clock, (one) =>
      this.drop(one, 'it does not read: more than 8 MiB wait for it'),
    );
    this.#sockets.add(socket);
    socket.on('error', (error) =>
      this.log.debug({ session: session.number, error }, 'socket error'),
    );
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#gone(session);
    });
    if (this.limits.enforced && this.#sessions.size >= mostClients) {
      this.log.warn({ session: session.number }, `more than ${mostClients} clients`);
      session.phase = 'closed';
      socket.destroy();
      return;
    }
    this.#sessions.add(session);
    socket.on('data', (chunk: Buffer) => this.#arrived(session, chunk));
    this.#awaitStart(session, startMs);
    this.#effects.accepted(session);
  }

  #awaitStart(session: Session, ms: number): void {
    const cancel = this.clock.after(ms, () => {
      session.socket.off('close', cancel);
      if (session.phase !== 'hello' && session.phase !== 'starting') return;
      const left = session.silent ? startMs : session.awaitedSince + startMs - this.clock.now();
      if (left > 0) this.#awaitStart(session, left);
      else this.drop(session, 'it never started the API');
    });
    session.socket.once('close', cancel);
  }

  #arrived(session: Session, chunk: Buffer): void {
    if (session.phase === 'closed') return;
    for (const arrival of session.reader.push(chunk)) {
      switch (arrival.kind) {
        case 'hello':
          this.#hello(session, arrival.range);
          break;
        case 'frame':
          this.#receive(session, arrival.payload);
          break;
        case 'broken':
          this.drop(session, `what it sent cannot be read: ${arrival.reason}`);
          break;
      }
      if ((session.phase as string) === 'closed') return;
    }
  }

  #hello(session: Session, range: string): void {
    const hello = negotiate(range, oldestVersion, this.settings.serverVersion);
    if (!hello.ok) {
      this.drop(session, `no common version: ${hello.reason}`);
      return;
    }
    session.version = hello.version;
    session.paced = hello.options.includes('+PACEAPI');
    session.phase = 'starting';
    const now = this.toldTime();
    const reply = `${hello.version}\0${dateText(now)} ${clockText(now)} UTC\0`;
    const bytes = Buffer.alloc(4 + reply.length);
    bytes.writeUInt32BE(reply.length);
    bytes.write(reply, 4, 'latin1');
    session.raw(bytes);
  }

  #receive(session: Session, payload: Buffer): void {
    if (session.phase === 'closed') return;
    if (session.silent) {
      const later = Buffer.from(payload);
      session.whenSpeaking(() => this.#receive(session, later));
      return;
    }
    session.requests++;
    const tooMany = this.limits.message();
    if (tooMany !== undefined && session.phase === 'ready') {
      if (session.paced) {
        const later = Buffer.from(payload);
        this.clock.after(this.limits.nextSecondMs(), () => this.#receive(session, later));
        return;
      }
      this.#violation(session, tooMany);
      return;
    }
    let request: DecodedRequest;
    try {
      request = decodeRequest(payload, session.version);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#note(session, 'unreadable', error.reqId, { error: error.message });
      this.log.warn({ session: session.number, error: error.message }, 'unreadable request');
      session.error(error.reqId, errors.unreadable(error.message));
      return;
    }
    const reqId = 'reqId' in request.values ? request.values.reqId : null;
    const name = request.name === 'unserved' ? request.values.request : request.name;
    this.#note(session, name, reqId, request.values);
    if (session.phase !== 'ready') {
      if (request.name === 'startApi') this.#startApi(session, request.values.clientId);
      else this.log.warn({ session: session.number, request: name }, 'a request before startApi');
      return;
    }
    this.#dispatch(session, request);
  }

  #dispatch(session: Session, request: DecodedRequest): void {
    if (session.phase === 'closed') return;
    if (request.name === 'unserved') {
      session.error(request.values.reqId, refusal(request.values.request));
      return;
    }
    if (needsServers.has(request.name) && this.faults.active('link-lost', session.clientId ?? -1)) {
      session.held.push(() => this.#dispatch(session, request));
      return;
    }
    const handle = handlers[request.name] as (
      core: Core,
      session: Session,
      values: DecodedRequest['values'],
    ) => void;
    try {
      handle(this, session, request.values);
    } catch (error) {
      const reqId = 'reqId' in request.values ? request.values.reqId : -1;
      this.#failed(session, reqId, request.name, error);
    }
  }

  /** One request must not take the gateway and all its other clients down. */
  #failed(session: Session, reqId: number, request: string, error: unknown): void {
    this.log.error({ error, request }, 'a request could not be answered');
    session.error(reqId, errors.failed('Internal error of the simulated gateway'));
  }

  #startApi(session: Session, clientId: number): void {
    const holder = [...this.#sessions].find((one) => one !== session && one.clientId === clientId);
    const fault = this.faults.active('client-id-in-use', clientId);
    if (holder || (fault && (fault.ids === undefined || fault.ids.includes(clientId)))) {
      session.error(-1, errors.clientIdInUse());
      this.close(session, `client id ${clientId} is in use`);
      return;
    }
    session.clientId = clientId;
    if (this.#effects.starting(session) === 'stop') return;
    session.whenSpeaking(() => this.#ready(session));
  }

  #ready(session: Session): void {
    if (session.phase === 'closed') return;
    const { clientId } = session;
    session.phase = 'ready';
    this.log.info({ session: session.number, clientId, version: session.version }, 'client ready');
    session.send('managedAccounts', { accounts: this.accounts.names.join(',') });
    session.send('nextValidId', { orderId: 1 });
    this.#effects.greet(session);
  }

  #violation(session: Session, received: number): void {
    // Every message too many is told, and each second of them counts once.
    if (received === messagesPerSecond + 1) session.violations++;
    session.error(-1, errors.tooManyMessages(received));
    if (session.violations >= mostViolations) {
      this.close(session, 'too many messages a second, for the third time');
    }
  }

  #announce([code, text]: IbError): void {
    for (const session of this.#sessions) {
      if (session.phase === 'ready') session.error(-1, [code, text]);
    }
  }

  #note(
    session: Session,
    message: string,
    reqId: number | null,
    fields: Readonly<Record<string, unknown>>,
  ): void {
    this.requests.add({
      time: this.clock.now(),
      session: session.number,
      clientId: session.clientId,
      message,
      reqId,
      fields,
    });
  }

  #pump(): void {
    const now = this.clock.now();
    this.ticks.pump(now);
    this.liveBars.pump(now);
  }

  #gone(session: Session): void {
    if (session.phase !== 'closed') {
      this.log.info({ session: session.number, clientId: session.clientId }, 'client left');
      this.#forget(session);
    }
  }

  #forget(session: Session): void {
    session.phase = 'closed';
    session.reader.stop();
    this.#sessions.delete(session);
    for (const line of session.subscriptions.lines.values()) this.ticks.remove(line);
    for (const bars of session.subscriptions.liveBars.values()) this.liveBars.remove(bars);
    for (const bars of session.subscriptions.updatingBars.values()) this.liveBars.remove(bars);
    this.history.forget(session);
    session.outbox.close();
  }
}

/** The gateway is in read-only mode, as most are delivered; what else is not served says so. */
function refusal(request: string): IbError {
  return request === 'placeOrder' || request === 'cancelOrder' || request === 'exerciseOptions'
    ? errors.invalid('The API interface is currently in Read-Only mode.')
    : errors.invalid(`The simulated gateway does not serve ${request}`);
}
