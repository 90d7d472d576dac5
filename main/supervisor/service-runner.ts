import type { Phase, ServiceView } from '../../shared/services.ts';
import type { Cancel, Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { backoffMs } from './backoff.ts';
import type { Service, ServiceReport } from './service.ts';

/** A service is well again for this long before its failures are forgotten. */
const forgiveAfterMs = 60_000;

export interface RunnerOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly startDeadlineMs: number;
  readonly stopDeadlineMs: number;
  changed(view: ServiceView): void;
}

/** Keeps one service alive: starts it, starts it anew after a failure, stops it within a deadline. */
export class ServiceRunner {
  readonly service: Service;
  readonly #options: RunnerOptions;
  #view: ServiceView;
  #wanted = false;
  #retry: Cancel = () => {};
  #forgive: Cancel = () => {};
  /** Starts and stops never overlap: each waits for the one before. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(service: Service, options: RunnerOptions) {
    this.service = service;
    this.#options = options;
    this.#view = {
      name: service.name,
      phase: 'stopped',
      since: options.clock.now(),
      reason: null,
      attempt: 0,
      nextAttemptAt: null,
    };
  }

  get view(): ServiceView {
    return this.#view;
  }

  /** What a service is handed to speak of its own health. */
  readonly report: ServiceReport = {
    degraded: (reason) => {
      if (this.#view.phase === 'running' || this.#view.phase === 'degraded') {
        this.#enter('degraded', reason);
      }
    },
    well: () => {
      if (this.#view.phase === 'degraded') this.#enter('running', null);
    },
    failed: (error) => {
      if (this.#view.phase !== 'running' && this.#view.phase !== 'degraded') return;
      void this.#inTurn(async () => {
        await this.#stopService();
        this.#fail(error);
      });
    },
  };

  /** Resolves to null once it runs, else to why the first attempt failed; later ones go on. */
  start(): Promise<Error | null> {
    this.#wanted = true;
    this.#retry();
    return this.#inTurn(() => this.#attempt());
  }

  stop(): Promise<void> {
    this.#wanted = false;
    this.#retry();
    return this.#inTurn(() => this.#halt());
  }

  restart(): Promise<Error | null> {
    this.#wanted = true;
    this.#retry();
    return this.#inTurn(async () => {
      await this.#halt();
      return this.#attempt();
    });
  }

  async #halt(): Promise<void> {
    if (this.#view.phase === 'stopped') return;
    this.#enter('stopping', null);
    await this.#stopService();
    this.#enter('stopped', null, 0);
  }

  async #attempt(): Promise<Error | null> {
    if (!this.#wanted || this.#view.phase === 'running' || this.#view.phase === 'degraded') {
      return null;
    }
    this.#enter('starting', null);
    const error = await this.#withDeadline(
      () => this.service.start(),
      this.#options.startDeadlineMs,
      'did not start',
    );
    if (error === null) {
      this.#enter('running', null);
      this.#forgive = this.#options.clock.after(forgiveAfterMs, () => {
        if (this.#view.phase === 'running') this.#view = { ...this.#view, attempt: 0 };
      });
      return null;
    }
    await this.#stopService();
    this.#fail(error);
    return error;
  }

  #fail(error: Error): void {
    const attempt = this.#view.attempt + 1;
    const { clock, log } = this.#options;
    if (!this.#wanted) {
      this.#enter('failed', error.message, attempt);
      return;
    }
    const wait = backoffMs(attempt);
    log.error({ service: this.service.name, attempt, retryInMs: wait }, error.message);
    this.#enter('backing-off', error.message, attempt, clock.now() + wait);
    this.#retry = clock.after(wait, () => void this.#inTurn(() => this.#attempt()));
  }

  async #stopService(): Promise<void> {
    this.#forgive();
    const error = await this.#withDeadline(
      () => this.service.stop(),
      this.#options.stopDeadlineMs,
      'did not stop',
    );
    if (error) this.#options.log.error({ service: this.service.name }, error.message);
  }

  #withDeadline(work: () => Promise<void>, ms: number, what: string): Promise<Error | null> {
    return new Promise((done) => {
      const cancel = this.#options.clock.after(ms, () =>
        done(new Error(`${this.service.name} ${what} within ${ms / 1000} s`)),
      );
      const finish = (error: Error | null) => {
        cancel();
        done(error);
      };
      Promise.resolve()
        .then(work)
        .then(
          () => finish(null),
          (error: unknown) => finish(error instanceof Error ? error : new Error(String(error))),
        );
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  #enter(
    phase: Phase,
    reason: string | null,
    attempt = this.#view.attempt,
    nextAttemptAt: number | null = null,
  ): void {
    const since = phase === this.#view.phase ? this.#view.since : this.#options.clock.now();
    this.#view = { ...this.#view, phase, since, reason, attempt, nextAttemptAt };
    this.#options.changed(this.#view);
  }
}
