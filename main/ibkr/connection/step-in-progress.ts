import type { ConnectionReason } from '../../../shared/connection.ts';
import { awayReasons, failureText } from './reasons.ts';
import { delayAfter, idAfter, withJitter } from './retry.ts';
import { scheduledRestart } from './scheduled.ts';
import type { Effect, MachineState, Moment } from './state.ts';
import type { Timeouts } from './timeouts.ts';

/** The first attempt after a loss comes at once, but not in the same breath. */
const afterLossMs = 250;
/** A taken client id costs no wait to speak of: the next one is tried. */
const afterIdClashMs = 250;
/** A session that lives shorter than this was no success. */
const shortLifeMs = 5000;
/** So many short lives in a row count as failures, or a gateway that greets and drops would be hammered. */
export const shortLivesAllowed = 3;
/** A mistake only a person can mend is looked at again this seldom. */
const attentionMs = 300_000;

/** A step of the machine being worked out: how sockets begin and end, and what follows from it. */
export class StepInProgress {
  state: MachineState;
  readonly effects: Effect[] = [];
  protected readonly moment: Moment;

  constructor(state: MachineState, moment: Moment) {
    this.state = state;
    this.moment = moment;
  }

  protected openIfDue(): void {
    const { state } = this;
    const { now } = this.moment;
    if (state.intent !== 'up' || state.link.at !== 'none') return;
    if (state.nextAttemptAt === null || now < state.nextAttemptAt) return;
    const { id: following, wrapped } = idAfter(state.nextClientId, state.config.clientIds);
    const attempt = state.attempt + 1;
    const clientId = state.nextClientId;
    const limit = state.plan.attemptMs ?? this.timeouts.tcpMs;
    this.set({
      attempt,
      clientId,
      nextClientId: following,
      attempts: state.attempts + 1,
      accounts: null,
      serverVersion: null,
      nextAttemptAt: wrapped ? now + state.config.cyclePauseMs : null,
      link: { at: 'opening', step: 'tcp', startedAt: now, deadline: now + limit },
    });
    this.effects.push({
      type: 'open',
      attempt,
      host: state.config.host,
      port: state.port,
      clientId,
    });
  }

  // Endings.

  /** Closes what stands and reports the session as over, without a word on why. */
  protected leave(): void {
    const { link } = this.state;
    if (link.at === 'open') this.endOfSession();
    if (link.at === 'open' || link.at === 'opening') this.close();
  }

  protected close(): void {
    this.set({ link: { at: 'closing' } });
    this.effects.push({ type: 'close', attempt: this.state.attempt });
  }

  protected endOfSession(): void {
    const { state } = this;
    // After 1100 the loss has been reported already.
    if (!state.linkLost) {
      this.set({ lastDisconnectAt: this.moment.now });
      this.effects.push({ type: 'down', kept: false });
    }
    this.set({ connectedAt: null, linkLost: false });
  }

  /** Ends the socket for a reason of ours and decides what follows. */
  protected lose(reason: ConnectionReason, detail: string | null): void {
    const wasOpen = this.state.link.at === 'open';
    this.close();
    if (wasOpen) this.lost(reason, detail);
    else this.failed(reason, detail);
  }

  protected lost(reason: ConnectionReason, detail: string | null): void {
    const { now } = this.moment;
    const short = this.state.connectedAt !== null && now - this.state.connectedAt < shortLifeMs;
    this.endOfSession();
    this.set({ downSince: now, shortLives: short ? this.state.shortLives + 1 : 0 });
    if (!this.state.config.autoReconnect) {
      this.set({ intent: 'down', nextAttemptAt: null });
      this.phase('disconnected', reason, detail);
      return;
    }
    this.set({ reconnectCount: this.state.reconnectCount + 1 });
    if (reason === 'wrong-account') return this.needsPerson(reason, detail);
    if (this.state.shortLives > shortLivesAllowed) return this.failed(reason, detail);
    this.schedule(afterLossMs);
    this.phase('reconnecting', this.expected(reason), detail);
  }

  protected failed(reason: ConnectionReason, detail: string | null): void {
    const { state } = this;
    if (state.downSince === null) this.set({ downSince: this.moment.now });
    if (reason === 'wrong-account' || reason === 'unsupported-version') {
      this.set({ failedAttempts: state.failedAttempts + 1 });
      return this.needsPerson(reason, detail);
    }
    const freeRetry = reason === 'client-id-in-use' && state.config.clientIds.policy === 'cycle';
    if (!freeRetry) {
      this.set({
        failedAttempts: state.failedAttempts + 1,
        failuresInRow: state.failuresInRow + 1,
      });
    }
    const triesLeft = state.triesLeft === null ? null : state.triesLeft - 1;
    if (triesLeft !== null && triesLeft <= 0) {
      this.set({ intent: 'down', triesLeft: 0, nextAttemptAt: null });
      this.phase('failed', reason, detail);
      this.note('error', `${failureText(reason, this.state)} No further attempt is made.`);
      return;
    }
    this.set({ triesLeft });
    const usedUp = this.state.nextAttemptAt !== null;
    const wait = freeRetry
      ? afterIdClashMs
      : withJitter(
          delayAfter(this.state.failuresInRow, state.plan.delaysMs ?? state.config.delaysMs),
          this.moment.random,
        );
    this.schedule(wait);
    const shown = freeRetry && usedUp ? 'client-ids-used-up' : this.expected(reason);
    this.phase(state.wasUp ? 'reconnecting' : 'connecting', shown, detail);
    if (!freeRetry || usedUp) {
      const seconds = Math.round(((this.state.nextAttemptAt ?? 0) - this.moment.now) / 1000);
      const next = seconds < 1 ? 'Trying again at once.' : `Next attempt in ${seconds} s.`;
      this.note('warning', `${failureText(reason, this.state)} ${next}`);
    }
    this.openIfDue();
  }

  protected needsPerson(reason: ConnectionReason, detail: string | null): void {
    if (this.state.plan.tries !== null) {
      this.set({ intent: 'down', triesLeft: 0, nextAttemptAt: null });
    } else {
      this.schedule(attentionMs);
    }
    this.phase('failed', reason, detail);
  }

  /** After the last client id the pause set at its opening stands, if it is the longer wait. */
  protected schedule(waitMs: number): void {
    const due = this.moment.now + waitMs;
    const pause = this.state.nextAttemptAt ?? 0;
    this.set({ nextAttemptAt: Math.max(due, pause) });
  }

  /** A restart that was to be expected explains an outage that began in its time. */
  protected expected(reason: ConnectionReason): ConnectionReason {
    const { now } = this.moment;
    const began = scheduledRestart(this.state.downSince ?? now, this.state.config.restart);
    if (began === null || !awayReasons.has(reason) || now >= began.until) return reason;
    return began.kind === 'daily' ? 'scheduled-restart' : 'weekly-login';
  }

  // Small tools.

  protected get timeouts(): Timeouts {
    return this.state.config.timeouts;
  }

  protected set(change: Partial<MachineState>): void {
    this.state = { ...this.state, ...change };
  }

  protected phase(
    phase: MachineState['phase'],
    reason: ConnectionReason,
    detail: string | null = null,
  ): void {
    if (this.state.phase === phase && this.state.reason === reason) {
      this.set({ detail });
      return;
    }
    this.set({ phase, reason, detail, since: this.moment.now });
  }

  protected note(level: 'info' | 'warning' | 'error', text: string, code?: number): void {
    this.effects.push({ type: 'note', level, text, ...(code === undefined ? {} : { code }) });
  }
}
