import { adviceFor } from '../../../shared/advice/index.ts';
import { barSeconds } from '../../../shared/bar.ts';
import type { PacingView } from '../../../shared/connection.ts';
import type { Instrument } from '../../../shared/instrument.ts';
import type { Cancel, Clock } from '../../kit/clock.ts';
import type { Answer } from '../client/client-port.ts';
import type { HistoryRequest, HistoryResult, Refusal } from '../ports.ts';
import {
  type Asked,
  cancelled,
  notConnected,
  type Requests,
  refusalOf,
  type Sender,
  timedOut,
} from '../requests.ts';
import { barSizeOf, barsOf, endDateTime } from './history-bars.ts';
import {
  type Budget,
  earliest,
  freshBudget,
  type PacingRules,
  punish,
  type Sent,
  spend,
  used,
  windowRoomAt,
} from './pacing.ts';

/** IBKR may take long over long requests, but after this it has forgotten them. */
const answerMs = 60_000;

interface Waiter {
  readonly settle: (result: HistoryResult) => void;
  /** It was sent: the time this one has for it begins. */
  readonly sent: () => void;
}

interface Job {
  readonly identity: string;
  readonly request: HistoryRequest;
  readonly instrument: Instrument;
  readonly asked: Asked;
  readonly cost: Omit<Sent, 'at'>;
  readonly order: number;
  readonly waiters: Set<Waiter>;
  person: boolean;
  /** The id it went out with; null while it waits. */
  id: number | null;
  cancelTimer: Cancel | null;
}

export interface HistoryQueuePorts {
  readonly clock: Clock;
  readonly requests: Requests;
  readonly sender: Sender & { readonly isOpen: boolean };
  /** The contract to ask for: a continuous future takes no end date, its current month does. */
  readonly instrument: (symbol: string, withEnd: boolean) => Promise<Instrument>;
  readonly changed: () => void;
}

/** Historical requests in their turn: a person's first, equal ones once, never beyond the allowance. */
export class HistoryQueue {
  readonly #ports: HistoryQueuePorts;
  readonly #rules: PacingRules;
  readonly #waiting: Job[] = [];
  readonly #sent = new Map<number, Job>();
  #budget: Budget = freshBudget;
  #order = 0;
  #cancelTimer: Cancel | null = null;

  constructor(rules: PacingRules, ports: HistoryQueuePorts) {
    this.#rules = rules;
    this.#ports = ports;
  }

  async ask(request: HistoryRequest): Promise<HistoryResult> {
    const asked: Asked = { symbol: request.symbol, request: `${request.timeframe} bars` };
    if (request.signal?.aborted) return cancelled(asked);
    if (!this.#ports.sender.isOpen) return notConnected(asked);
    const instrument = await this.#ports.instrument(request.symbol, request.end !== null);
    if (request.signal?.aborted) return cancelled(asked);
    if (!this.#ports.sender.isOpen) return notConnected(asked);
    return new Promise((resolve) => {
      this.#join(this.#jobFor(request, instrument, asked), request, resolve);
      this.#pump();
    });
  }

  /** The session is over: whoever waits is told at once. */
  lose(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    for (const job of [...this.#waiting, ...this.#sent.values()]) {
      this.#finish(job, notConnected(job.asked));
    }
  }

  view(): PacingView {
    const now = this.#ports.clock.now();
    const next = this.#next(now);
    return {
      used: used(this.#budget, now, this.#rules),
      limit: this.#rules.perWindow,
      windowSeconds: this.#rules.windowMs / 1000,
      open: this.#sent.size,
      openLimit: this.#rules.open,
      waiting: this.#waiting.length,
      nextSlotAt: next && next.at > now ? next.at : null,
      pausedUntil: this.#budget.pausedUntil > now ? this.#budget.pausedUntil : null,
    };
  }

  /** Counts a request against the allowance that is sent elsewhere. */
  spendOne(cost: Omit<Sent, 'at'>): void {
    this.#budget = spend(this.#budget, { ...cost, at: this.#ports.clock.now() }, this.#rules);
  }

  #jobFor(request: HistoryRequest, instrument: Instrument, asked: Asked): Job {
    const whatToShow = request.whatToShow ?? instrument.whatToShow;
    const identity = [
      request.symbol,
      request.timeframe,
      request.end,
      request.duration,
      request.useRth,
      whatToShow,
    ].join('|');
    const all = [...this.#waiting, ...this.#sent.values()];
    const same = all.find((job) => job.identity === identity);
    if (same) return same;
    const job: Job = {
      identity,
      request: { ...request, whatToShow },
      instrument,
      asked,
      cost: {
        weight: whatToShow === 'BID_ASK' ? 2 : 1,
        identity,
        series: `${request.symbol}|${instrument.exchange}|${whatToShow}`,
        smallBars: barSeconds(request.timeframe) <= 30,
      },
      order: this.#order++,
      waiters: new Set(),
      person: false,
      id: null,
      cancelTimer: null,
    };
    this.#waiting.push(job);
    return job;
  }

  #join(job: Job, request: HistoryRequest, resolve: (result: HistoryResult) => void): void {
    const { clock } = this.#ports;
    const { signal, deadlineMs } = request;
    if (request.priority === 'person') job.person = true;
    const withdraw = (result: HistoryResult): void => {
      if (!job.waiters.has(waiter)) return;
      waiter.settle(result);
      job.waiters.delete(waiter);
      if (job.waiters.size === 0) this.#abandon(job);
    };
    const onAbort = (): void => withdraw(cancelled(job.asked));
    let cancelTimer: Cancel | null = null;
    const waiter: Waiter = {
      settle: (result) => {
        cancelTimer?.();
        signal?.removeEventListener('abort', onAbort);
        resolve(result);
      },
      sent: () => {
        if (deadlineMs === undefined) return;
        cancelTimer = clock.after(deadlineMs, () => withdraw(timedOut(job.asked, deadlineMs)));
      },
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    job.waiters.add(waiter);
    if (job.id !== null) waiter.sent();
  }

  /** Nobody wants it any more. */
  #abandon(job: Job): void {
    const { id } = job;
    if (id !== null) this.#ports.sender.send((client) => client.cancelHistory(id), true);
    this.#drop(job);
    this.#pump();
  }

  #pump(): void {
    const { clock, sender } = this.#ports;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    while (sender.isOpen && this.#sent.size < this.#rules.open) {
      const now = clock.now();
      const next = this.#next(now);
      if (!next) break;
      if (next.at > now) {
        this.#cancelTimer = clock.after(next.at - now, () => this.#pump());
        break;
      }
      this.#send(next.job, now);
    }
    this.#ports.changed();
  }

  /** The job that may go first: of those due soonest, a person's, then the oldest. */
  #next(now: number): { readonly job: Job; readonly at: number } | null {
    let best: { readonly job: Job; readonly at: number } | null = null;
    // Thousands may wait, but of what the window allows there are only a few answers.
    const windows = new Map<string, number>();
    for (const job of this.#waiting) {
      const { weight } = job.cost;
      const rules = this.#rulesFor(job);
      const key = `${weight} ${rules.perWindow}`;
      const windowAt = windows.get(key) ?? windowRoomAt(this.#budget, weight, now, rules);
      windows.set(key, windowAt);
      const at = earliest(this.#budget, job.cost, now, rules, windowAt);
      if (!best || at < best.at || (at === best.at && before(job, best.job))) best = { job, at };
    }
    return best;
  }

  /** Background work leaves some of the allowance, so that a person need not wait for the window. */
  #rulesFor(job: Job): PacingRules {
    if (job.person) return this.#rules;
    const left = Math.max(1, this.#rules.perWindow - this.#rules.keptForPeople);
    return { ...this.#rules, perWindow: left };
  }

  #send(job: Job, now: number): void {
    const { clock, requests, sender } = this.#ports;
    this.#waiting.splice(this.#waiting.indexOf(job), 1);
    this.#budget = spend(this.#budget, { ...job.cost, at: now }, this.#rules);
    const id = requests.add(
      job.asked,
      (answer) => this.#take(job, answer),
      () => this.#finish(job, notConnected(job.asked)),
    );
    job.id = id;
    this.#sent.set(id, job);
    for (const waiter of job.waiters) waiter.sent();
    job.cancelTimer = clock.after(answerMs, () => {
      sender.send((client) => client.cancelHistory(id), true);
      this.#finish(job, timedOut(job.asked, answerMs));
      this.#pump();
    });
    const { request, instrument } = job;
    sender.send((client) =>
      client.history(id, {
        instrument,
        end: endDateTime(request.end),
        duration: request.duration,
        barSize: barSizeOf(request.timeframe),
        whatToShow: request.whatToShow ?? instrument.whatToShow,
        useRth: request.useRth,
        keepUpToDate: false,
      }),
    );
  }

  #take(job: Job, answer: Answer): void {
    if (answer.type === 'bars') {
      this.#finish(job, { ok: true, bars: barsOf(answer.bars) });
    } else if (answer.type === 'error' && adviceFor(answer.code, answer.text).endsRequest) {
      const refusal: Refusal = refusalOf(answer.code, answer.text, job.asked);
      if (refusal.reason === 'pacing') {
        this.#budget = punish(this.#budget, this.#ports.clock.now(), this.#rules);
      }
      this.#finish(job, refusal);
    } else {
      return;
    }
    this.#pump();
  }

  #finish(job: Job, result: HistoryResult): void {
    this.#drop(job);
    for (const waiter of job.waiters) waiter.settle(result);
    job.waiters.clear();
  }

  #drop(job: Job): void {
    job.cancelTimer?.();
    job.cancelTimer = null;
    const at = this.#waiting.indexOf(job);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (job.id !== null) {
      this.#sent.delete(job.id);
      this.#ports.requests.remove(job.id);
    }
  }
}

function before(a: Job, b: Job): boolean {
  return a.person === b.person ? a.order < b.order : a.person;
}
