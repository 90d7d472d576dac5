import type { Cancel, Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { errors } from '../errors.ts';
import type { Line } from '../feed/line.ts';
import type { LiveBars } from '../feed/live-bars.ts';
import { farmMessage, farmOf, farms, type Links } from '../links.ts';
import type { Session } from '../session.ts';
import { concerns, type FaultBoard, type FaultListener } from './board.ts';
import type { FaultName, FaultSettings } from './definitions.ts';
import { seededBytes } from './random.ts';

/** What faults act on. */
export interface FaultSubject {
  readonly clock: Clock;
  readonly log: Log;
  readonly faults: FaultBoard;
  readonly links: Links;
  readonly ticks: { remove(line: Line): void };
  readonly liveBars: { remove(bars: LiveBars): void };
  sessions(): Iterable<Session>;
  listen(): Promise<void>;
  unlisten(): Promise<void>;
  close(session: Session, reason: string): void;
  drop(session: Session, reason: string): void;
}

const defaultFarm = 'usfarm';
const defaultDownSeconds = 60;
const defaultSlowMs = 1000;
const defaultGarbageBytes = 64;
const retryListenMs = 50;

/** What each fault does to the connections when it begins and ends, and meanwhile. */
export class FaultEffects implements FaultListener {
  readonly #subject: FaultSubject;
  readonly #bytes: (length: number) => Buffer;
  readonly #timers = new Set<Cancel>();
  #restarting = 0;
  #stopped = false;

  constructor(subject: FaultSubject, seed: number) {
    this.#subject = subject;
    this.#bytes = seededBytes(seed);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  /** Forgets what was still to come of faults that are over. */
  reset(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#restarting = 0;
    this.#reopen();
  }

  /** A connection has come; those faults that need no client id act at once. */
  accepted(session: Session): void {
    const { faults } = this.#subject;
    if (faults.active('half-open')) session.hush('dead');
    else if (faults.active('mute')) session.hush('pause');
    this.#slow(session);
  }

  /** The client has told its id: faults for some clients only act now. */
  starting(session: Session): 'go' | 'stop' {
    const { faults } = this.#subject;
    const client = session.clientId ?? -1;
    this.#slow(session);
    if (faults.active('refuse', client)) {
      this.#subject.close(session, 'refused');
      return 'stop';
    }
    if (faults.active('half-open', client)) session.hush('dead');
    else if (faults.active('mute', client)) session.hush('pause');
    // A client that is only paused gets its answer when the gateway speaks again.
    return session.dead ? 'stop' : 'go';
  }

  /** The system messages a client gets when it starts. */
  greet(session: Session): void {
    const { faults, links } = this.#subject;
    const client = session.clientId ?? -1;
    const broken = faults.active('farm-broken', client);
    const away = broken && (broken.farm ?? defaultFarm);
    for (const message of links.greeting((farm) => away === farm)) {
      session.error(-1, message);
    }
    if (faults.active('link-lost', client)) session.error(-1, errors.linkLost());
  }

  mayFlow(feed: Line | LiveBars): boolean {
    const { session, instrument } = feed;
    if (feed.dead || session.silent || session.phase !== 'ready') return false;
    const { faults } = this.#subject;
    const client = session.clientId ?? -1;
    if (faults.active('link-lost', client)) return false;
    if (faults.active('competing-session', client)) return false;
    if (faults.active('feed-silent', client, instrument.symbol)) return false;
    const broken = faults.active('farm-broken', client);
    return !broken || (broken.farm ?? defaultFarm) !== farmOf(instrument);
  }

  begin(name: FaultName, settings: FaultSettings): void {
    this.#subject.log.info({ fault: name, settings }, 'fault begins');
    switch (name) {
      case 'refuse':
        if (!settings.clients) void this.#subject.unlisten();
        return;
      case 'mute':
        this.#each(settings, (session) => session.hush('pause'));
        return;
      case 'half-open':
        this.#each(settings, (session) => session.hush('dead'));
        return;
      case 'kill-socket':
        this.#each(settings, (session) => this.#subject.drop(session, 'killed'));
        return;
      case 'link-lost':
        this.#each(settings, (session) => session.error(-1, errors.linkLost()));
        return;
      case 'farm-broken':
        this.#farm(settings, 'broken');
        return;
      case 'competing-session':
        this.#each(settings, (session) => {
          for (const [reqId, line] of session.subscriptions.lines) {
            session.error(reqId, errors.competingSession());
            this.#subject.ticks.remove(line);
          }
          session.subscriptions.lines.clear();
        });
        return;
      case 'slow':
        this.#each(settings, (session) => this.#slow(session));
        return;
      case 'garbage':
        this.#each(settings, (session) => session.raw(this.#garbage(settings)));
        return;
      case 'truncate':
        this.#each(settings, (session) => session.truncateNext(settings.how ?? 'frame'));
        return;
      case 'restart':
        this.#restart(settings);
        return;
      case 'client-id-in-use':
      case 'feed-silent':
      case 'pacing-violation':
      case 'no-data':
      case 'delayed-only':
      case 'not-subscribed':
      case 'clock-skew':
      case 'bar-holes':
        return;
      default:
        name satisfies never;
    }
  }

  end(name: FaultName, settings: FaultSettings): void {
    if (this.#stopped) return;
    this.#subject.log.info({ fault: name }, 'fault ends');
    switch (name) {
      case 'refuse':
        this.#reopen();
        return;
      case 'mute':
        this.#each(settings, (session) => session.speak());
        return;
      case 'half-open':
        for (const session of [...this.#subject.sessions()]) {
          if (session.dead) this.#subject.drop(session, 'its other end is no longer there');
        }
        return;
      case 'link-lost':
        this.#each(settings, (session) => this.#restore(session, settings));
        return;
      case 'farm-broken':
        this.#farm(settings, 'ok');
        return;
      case 'slow':
        this.#each(settings, (session) => this.#slow(session));
        return;
      default:
        return;
    }
  }

  #restore(session: Session, settings: FaultSettings): void {
    const { lines, liveBars, updatingBars } = session.subscriptions;
    const feeds = [...lines.values(), ...liveBars.values(), ...updatingBars.values()];
    if (settings.restore === 'data-lost') {
      session.error(-1, errors.linkRestoredDataLost());
      for (const line of lines.values()) this.#subject.ticks.remove(line);
      for (const bars of liveBars.values()) this.#subject.liveBars.remove(bars);
      for (const bars of updatingBars.values()) this.#subject.liveBars.remove(bars);
      lines.clear();
      liveBars.clear();
      updatingBars.clear();
    } else {
      session.error(-1, errors.linkRestoredDataKept(Object.keys(farms).join('; ')));
      if (settings.restore === 'data-kept-but-dead') for (const feed of feeds) feed.dead = true;
    }
    for (const again of session.held.splice(0)) again();
  }

  #farm(settings: FaultSettings, state: 'broken' | 'ok'): void {
    const farm = settings.farm ?? defaultFarm;
    this.#each(settings, (session) => {
      session.error(-1, farmMessage(farm, state));
      if (state === 'broken' || !settings.dead) return;
      const { lines, liveBars } = session.subscriptions;
      for (const feed of [...lines.values(), ...liveBars.values()]) {
        if (farmOf(feed.instrument) === farm) feed.dead = true;
      }
    });
  }

  #restart(settings: FaultSettings): void {
    const down = (settings.down ?? defaultDownSeconds) * 1000;
    const begin = (): void => {
      this.#restarting++;
      void this.#subject.unlisten();
      for (const session of [...this.#subject.sessions()]) {
        this.#subject.drop(session, 'the gateway restarts');
      }
      this.#later(down, () => {
        this.#restarting--;
        this.#reopen();
      });
    };
    const after = (settings.after ?? 0) * 1000;
    if (after > 0) this.#later(after, begin);
    else begin();
  }

  /** Listens again at the port it had, unless another fault still keeps it shut. */
  #reopen(): void {
    if (this.#stopped || this.#restarting > 0) return;
    const refused = this.#subject.faults.active('refuse');
    if (refused && !refused.clients) return;
    this.#subject.listen().catch((error: unknown) => {
      this.#subject.log.warn({ error }, 'the port is not free yet');
      void this.#subject.unlisten().then(() => this.#later(retryListenMs, () => this.#reopen()));
    });
  }

  #slow(session: Session): void {
    const slow = this.#subject.faults.active('slow', session.clientId ?? undefined);
    session.outbox.delayMs = slow ? (slow.ms ?? defaultSlowMs) : 0;
  }

  #garbage(settings: FaultSettings): Buffer {
    const noise = this.#bytes(settings.bytes ?? defaultGarbageBytes);
    const frame = Buffer.alloc(4 + noise.length);
    frame.writeUInt32BE(noise.length);
    noise.copy(frame, 4);
    return frame;
  }

  #each(settings: FaultSettings, act: (session: Session) => void): void {
    for (const session of [...this.#subject.sessions()]) {
      if (concerns(settings, session.clientId ?? undefined)) act(session);
    }
  }

  #later(ms: number, call: () => void): void {
    const cancel = this.#subject.clock.after(ms, () => {
      this.#timers.delete(cancel);
      call();
    });
    this.#timers.add(cancel);
  }
}
