import type { ConnectionReason } from '../../../shared/connection.ts';
import { accountMismatch } from './endpoint.ts';
import { feel, feelAt } from './heartbeat.ts';
import {
  type ConnectionEvent,
  endlessPlan,
  isOpen,
  type Link,
  type MachineState,
  type Moment,
  type Plan,
  type SocketEvent,
  type Step,
} from './state.ts';
import { StepInProgress, shortLivesAllowed } from './step-in-progress.ts';

/** Accounts come with the handshake; a gateway that sends none is used without them. */
const accountsMs = 2000;
const wakeProbeMs = 2000;

/** State and event in, state and effects out. Nothing here waits, sends or asks the time. */
export function step(before: MachineState, event: ConnectionEvent, moment: Moment): Step {
  const run = new Run(before, moment);
  run.take(event);
  return { state: run.state, effects: run.effects };
}

/** When the machine must be woken with `alarm`, if nothing else happens first. */
export function nextAlarm(state: MachineState, lastHeardAt: number): number | null {
  const { link } = state;
  switch (link.at) {
    case 'opening':
      return link.deadline;
    case 'open':
      return feelAt(link, lastHeardAt, state.config.timeouts);
    case 'closing':
      return null;
    case 'none':
      return state.intent === 'up' ? state.nextAttemptAt : null;
  }
}

/** What each event does to the step in progress. */
class Run extends StepInProgress {
  take(event: ConnectionEvent): void {
    if ('attempt' in event) {
      // A socket that is being closed may still speak; only its end matters.
      if (event.attempt !== this.state.attempt || this.state.link.at === 'none') return;
      if (this.state.link.at === 'closing' && event.type !== 'closed') return;
      this.#socketEvent(event);
      return;
    }
    switch (event.type) {
      case 'connect':
        return this.#connect(event.plan);
      case 'disconnect':
        return this.#standDown('down', 'stopped-by-operator', 'Disconnected on request.');
      case 'reserve':
        return this.#standDown(
          'reserved',
          'reserved',
          'The session was handed to another program; the connection is closed.',
        );
      case 'resume':
        return this.#resume();
      case 'reconnect':
        return this.#reconnect(event.plan, event.pauseMs);
      case 'wake':
        return this.#wake();
      case 'data-dead':
        if (!isOpen(this.state)) return;
        this.note('warning', `${event.detail} The connection is opened anew.`);
        return this.lose('data-dead', event.detail);
      case 'alarm':
        return this.#alarm();
    }
  }

  // What a person or another service wants.

  #connect(plan: Plan): void {
    if (this.state.intent === 'reserved') return this.set({ afterReservation: 'up' });
    if (this.state.intent === 'up' && this.state.link.at !== 'none') {
      this.set({ plan, triesLeft: plan.tries });
      return;
    }
    this.#begin(plan);
  }

  #begin(plan: Plan): void {
    this.set({
      intent: 'up',
      plan,
      triesLeft: plan.tries,
      failuresInRow: 0,
      shortLives: 0,
      wasUp: false,
      linkLost: false,
      nextAttemptAt: this.moment.now,
    });
    this.phase('connecting', 'starting');
    this.openIfDue();
  }

  #standDown(intent: 'down' | 'reserved', reason: ConnectionReason, text: string): void {
    if (this.state.intent === intent && this.state.reason === reason) return;
    // A reservation outlives the wish to disconnect: the wish holds when it ends.
    if (this.state.intent === 'reserved' && intent === 'down') {
      return this.set({ afterReservation: 'down' });
    }
    if (intent === 'reserved') {
      this.set({ afterReservation: this.state.intent === 'up' ? 'up' : 'down' });
    }
    this.leave();
    this.set({ intent, nextAttemptAt: null, linkLost: false, downSince: null });
    this.phase('disconnected', reason);
    this.note('info', text);
  }

  #resume(): void {
    if (this.state.intent !== 'reserved') return;
    if (this.state.afterReservation === 'down') {
      this.set({ intent: 'down' });
      return this.phase('disconnected', 'stopped-by-operator');
    }
    this.note('info', 'The session was given back; connecting again.');
    this.#begin(endlessPlan);
  }

  #reconnect(plan: Plan, pauseMs: number): void {
    if (this.state.intent === 'reserved') return this.set({ afterReservation: 'up' });
    this.leave();
    this.set({
      intent: 'up',
      plan,
      triesLeft: plan.tries,
      failuresInRow: 0,
      linkLost: false,
      wasUp: true,
      reconnectCount: this.state.reconnectCount + 1,
      nextAttemptAt: this.moment.now + pauseMs,
    });
    this.phase('reconnecting', 'starting');
    this.note('info', 'Reconnecting on request.');
    this.openIfDue();
  }

  #wake(): void {
    const { link, intent } = this.state;
    if (intent !== 'up') return;
    if (link.at === 'open') {
      this.#sendProbe(link, this.timeouts.probes - 1, wakeProbeMs);
      this.note('info', 'The computer woke up; checking the connection.');
    } else if (link.at === 'opening' && this.moment.now >= link.deadline) {
      // The attempt slept through its time: the gateway is not to blame, and there is nothing to wait for.
      this.close();
      this.set({ nextAttemptAt: this.moment.now });
      this.note('info', 'The computer woke up in the middle of an attempt; beginning it again.');
    } else if (link.at === 'none') {
      this.set({ nextAttemptAt: this.moment.now });
      this.note('info', 'The computer woke up; connecting at once.');
      this.openIfDue();
    }
  }

  // What the socket says.

  #socketEvent(event: SocketEvent): void {
    switch (event.type) {
      case 'tcp':
        return this.#advance('tcp', 'hello');
      case 'hello':
        this.set({ serverVersion: event.version });
        this.#advance('tcp', 'hello');
        return this.#advance('hello', 'ready');
      case 'accounts':
        return this.#accounts(event.accounts);
      case 'ready':
        return this.#ready();
      case 'pong':
        return this.#pong(event.skewMs);
      case 'message':
        return this.#message(event.code, event.text);
      case 'garbage':
        this.note('warning', `The gateway sent something unreadable: ${event.detail}`);
        return this.lose('garbage', event.detail);
      case 'closed':
        return this.#closed(event.cause);
    }
  }

  #advance(from: 'tcp' | 'hello', to: 'hello' | 'ready'): void {
    const { link, plan } = this.state;
    if (link.at !== 'opening' || link.step !== from) return;
    const limit = to === 'hello' ? this.timeouts.helloMs : this.timeouts.readyMs;
    const deadline = plan.attemptMs === null ? this.moment.now + limit : link.deadline;
    this.set({ link: { ...link, step: to, deadline } });
  }

  #accounts(accounts: readonly string[]): void {
    this.set({ accounts });
    const wrong = accountMismatch(accounts, this.state.config.mode, this.state.port);
    if (wrong !== null) {
      this.note('error', wrong);
      return this.lose('wrong-account', wrong);
    }
    const { link } = this.state;
    if (link.at === 'opening' && link.step === 'accounts') this.#up();
  }

  #ready(): void {
    const { link } = this.state;
    if (link.at !== 'opening') return;
    if (this.state.accounts !== null) return this.#up();
    this.set({ link: { ...link, step: 'accounts', deadline: this.moment.now + accountsMs } });
  }

  #up(): void {
    const { now } = this.moment;
    const { attempt, clientId, wasUp, serverVersion, accounts, shortLives } = this.state;
    this.set({
      link: { at: 'open', probe: null, lookAt: now + this.timeouts.idleMs },
      failuresInRow: shortLives > shortLivesAllowed ? this.state.failuresInRow : 0,
      nextAttemptAt: null,
      triesLeft: null,
      plan: endlessPlan,
      wasUp: true,
      connectedAt: now,
      lastConnectAt: now,
      downSince: null,
      linkLost: false,
    });
    this.phase('connected', 'ok');
    const who = accounts && accounts.length > 0 ? `, accounts ${accounts.join(', ')}` : '';
    this.note(
      'info',
      `${wasUp ? 'Connected again' : 'Connected'} with client id ${clientId} (attempt ${attempt}, server version ${serverVersion ?? 'unknown'}${who}).`,
    );
    this.effects.push({ type: 'up' });
  }

  #pong(skewMs: number): void {
    const { link } = this.state;
    this.set({ clockSkewMs: skewMs });
    if (link.at === 'open' && link.probe) {
      this.set({
        link: { ...link, probe: null, lookAt: this.moment.now + this.timeouts.idleMs },
      });
    }
  }

  #message(code: number, text: string): void {
    switch (code) {
      case 326:
        this.note(
          'warning',
          `Client id ${this.state.clientId} is in use by another program, or by a connection TWS has not yet let go.`,
          code,
        );
        return this.lose('client-id-in-use', null);
      case 506:
        return this.lose('unsupported-version', text);
      case 1100:
      case 2110:
        return this.#linkLost(code);
      case 1101:
      case 1102:
        return this.#linkRestored(code);
      case 1300:
        return this.#portMoved(text);
      default:
        return;
    }
  }

  #linkLost(code: number): void {
    if (this.state.linkLost || this.state.link.at !== 'open') return;
    this.set({ linkLost: true, lastDisconnectAt: this.moment.now, connectedAt: null });
    this.phase('disconnected', 'link-lost');
    this.note(
      'warning',
      'TWS lost its connection to IBKR. The connection to TWS is kept; waiting for IBKR to return.',
      code,
    );
    this.effects.push({ type: 'down', kept: true });
  }

  #linkRestored(code: 1101 | 1102): void {
    if (this.state.link.at !== 'open') return;
    const dataLost = code === 1101;
    const text = dataLost
      ? 'IBKR is back, but market data was lost: every ticker is requested again.'
      : 'IBKR is back and says that market data was kept: checking that it flows.';
    if (this.state.linkLost) {
      this.set({ linkLost: false, connectedAt: this.moment.now });
      this.phase('connected', 'ok');
    }
    this.note('info', text, code);
    this.effects.push({ type: 'restored', dataLost });
  }

  #portMoved(text: string): void {
    const port = Number(/(\d{2,5})\D*$/.exec(text)?.[1]);
    const known = Number.isInteger(port) && port > 0 && port < 65_536;
    if (known) this.set({ port });
    this.note(
      'warning',
      known
        ? `TWS moved its API to port ${port}; connecting there.`
        : 'TWS moved its API to another port and did not say which.',
      1300,
    );
    this.lose('port-moved', null);
  }

  #closed(cause: 'refused' | 'unreachable' | 'ended'): void {
    const { link } = this.state;
    if (link.at === 'opening') {
      this.set({ link: { at: 'none' } });
      return this.failed(cause === 'ended' ? 'rejected' : cause, null);
    }
    const wasOpen = link.at === 'open';
    this.set({ link: { at: 'none' } });
    if (wasOpen) {
      this.note('warning', 'The connection to TWS was closed from the other side.');
      this.lost('socket-closed', null);
    }
    this.openIfDue();
  }

  // What the clock says.

  #alarm(): void {
    const { link } = this.state;
    const { now, lastHeardAt } = this.moment;
    switch (link.at) {
      case 'opening':
        if (now < link.deadline) return;
        if (link.step === 'accounts') {
          this.set({ accounts: [] });
          return this.#up();
        }
        return this.lose(
          link.step === 'tcp'
            ? 'unreachable'
            : link.step === 'hello'
              ? 'mute'
              : 'handshake-timeout',
          null,
        );
      case 'open':
        return this.#heartbeat(link, now, lastHeardAt);
      case 'closing':
        return;
      case 'none':
        return this.openIfDue();
    }
  }

  #heartbeat(link: Link & { at: 'open' }, now: number, lastHeardAt: number): void {
    const diagnosis = feel(link, now, lastHeardAt, this.timeouts);
    switch (diagnosis) {
      case 'wait':
        return;
      case 'alive':
        return this.set({
          link: { ...link, probe: null, lookAt: lastHeardAt + this.timeouts.idleMs },
        });
      case 'dead':
        this.note(
          'warning',
          'The connection looks open, but the gateway has not answered: it is half-open. Opening a new one.',
        );
        return this.lose('half-open', null);
      default:
        return this.#sendProbe(link, diagnosis.probe, this.timeouts.probeMs);
    }
  }

  #sendProbe(link: Link & { at: 'open' }, missed: number, patienceMs: number): void {
    const sentAt = this.moment.now;
    this.set({ link: { ...link, probe: { sentAt, deadline: sentAt + patienceMs, missed } } });
    this.effects.push({ type: 'probe', attempt: this.state.attempt });
  }
}
