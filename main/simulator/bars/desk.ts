import type { Cancel, Clock } from '../../kit/clock.ts';
import type { Session } from '../session.ts';

/** A historical request that waits for its answer. */
export interface HistoryJob {
  readonly session: Session;
  readonly reqId: number;
  cancelled: boolean;
}

/** A client that has so much unread gets no further answer until it has read. */
const enoughUnread = 1024 * 1024;

/** Serves historical requests in turn, one per turn of the event loop and client, never faster than it is read. */
export class HistoryDesk {
  readonly #clock: Clock;
  readonly #failed: (job: HistoryJob, error: unknown) => void;
  readonly #queues = new Map<Session, { readonly job: HistoryJob; readonly serve: () => void }[]>();
  readonly #timers = new Set<Cancel>();
  readonly #working = new Set<Session>();
  #open = 0;

  constructor(clock: Clock, failed: (job: HistoryJob, error: unknown) => void) {
    this.#clock = clock;
    this.#failed = failed;
  }

  /** Requests without an answer, over all clients. */
  get open(): number {
    return this.#open;
  }

  submit(job: HistoryJob, delayMs: number, serve: () => void): void {
    this.#open++;
    job.session.subscriptions.history.set(job.reqId, job);
    if (delayMs <= 0) {
      this.#queue(job, serve);
      return;
    }
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      this.#queue(job, serve);
    });
    this.#timers.add(cancel);
  }

  cancel(job: HistoryJob): void {
    if (job.cancelled) return;
    job.cancelled = true;
    this.#done(job);
  }

  forget(session: Session): void {
    for (const job of [...session.subscriptions.history.values()]) this.cancel(job);
    this.#queues.delete(session);
  }

  stop(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#queues.clear();
  }

  #queue(job: HistoryJob, serve: () => void): void {
    if (job.cancelled) return;
    const queue = this.#queues.get(job.session) ?? [];
    queue.push({ job, serve });
    this.#queues.set(job.session, queue);
    this.#work(job.session);
  }

  #work(session: Session): void {
    if (this.#working.has(session)) return;
    this.#working.add(session);
    setImmediate(() => {
      this.#working.delete(session);
      const queue = this.#queues.get(session);
      if (!queue || session.phase === 'closed') return;
      if (session.silent) {
        session.whenSpeaking(() => this.#work(session));
        return;
      }
      if (session.outbox.unread > enoughUnread) {
        session.outbox.flush();
        if (session.socket.writableLength > enoughUnread) {
          session.socket.once('drain', () => this.#work(session));
          return;
        }
      }
      const next = queue.shift();
      if (queue.length === 0) this.#queues.delete(session);
      if (next && !next.job.cancelled) {
        this.#done(next.job);
        this.#serve(next.job, next.serve);
      }
      if (queue.length > 0) this.#work(session);
    });
  }

  #serve(job: HistoryJob, serve: () => void): void {
    try {
      serve();
    } catch (error) {
      this.#failed(job, error);
    }
  }

  #done(job: HistoryJob): void {
    const jobs = job.session.subscriptions.history;
    if (jobs.get(job.reqId) !== job) return;
    jobs.delete(job.reqId);
    this.#open--;
  }
}
