import { createServer, type Server, type Socket } from 'node:net';
import { type Cancel, type Clock, every } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { Accounts } from './accounts/accounts.ts';
import { HistoryDesk } from './bars/desk.ts';
import { Pacing } from './bars/pacing.ts';
import type { Core } from './core.ts';
import type { IbError } from './errors.ts';
import { FaultBoard } from './faults/board.ts';
import { FaultEffects } from './faults/effects.ts';
import type { Line } from './feed/line.ts';
import { LiveBarFeed, type LiveBars } from './feed/live-bars.ts';
import { TickFeed } from './feed/tick-feed.ts';
import { accountUpdateMs, sendAccountNews } from './handlers/account.ts';
import { Limits, mostClients } from './limits.ts';
import { farmMessage, Links } from './links.ts';
import type { Market } from './ports.ts';
import { negotiate } from './protocol/frames.ts';
import { clockText, dateText } from './protocol/times.ts';
import { oldestVersion } from './protocol/versions.ts';
import { Reception } from './reception.ts';
import { RequestLog } from './request-log.ts';
import { Session } from './session.ts';

export interface GatewaySettings {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly serverVersion: number;
  readonly accounts: readonly string[];
  readonly ticksPerSecond: number;
  readonly feedEveryMs: number;
  readonly limits: boolean;
  readonly clockRate: number;
  readonly kind: 'tws' | 'gateway';
}

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
  readonly #reception: Reception;
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
      this.#reception.failed(job.session, job.reqId, 'historicalData', error),
    );
    this.#effects = new FaultEffects(this, settings.seed);
    this.#reception = new Reception(this, this.#effects, this.requests);
    this.faults = new FaultBoard(clock, this.#effects);
    this.ticks = new TickFeed(
      market,
      {
        perSecond: settings.ticksPerSecond,
        startMs: now,
        sliceMs: 2 * settings.feedEveryMs * Math.max(1, settings.clockRate),
        mostBehindMs: mostBehindMs * Math.max(1, settings.clockRate),
      },
      (line) => this.mayFlow(line),
    );
    this.liveBars = new LiveBarFeed(market, now, (bars) => this.mayFlow(bars));
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

  mayFlow(feed: Line | LiveBars): boolean {
    return this.#effects.mayFlow(feed);
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
      every(this.clock, this.settings.feedEveryMs, () => this.#pump()),
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
          this.#reception.receive(session, arrival.payload);
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

  #announce([code, text]: IbError): void {
    for (const session of this.#sessions) {
      if (session.phase === 'ready') session.error(-1, [code, text]);
    }
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
