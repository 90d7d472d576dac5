import type { Cancel, Clock } from '../main/kit/clock.ts';

interface Alarm {
  readonly due: number;
  readonly order: number;
  readonly call: () => void;
}

/** A clock whose hands only the test moves. Alarms ring in the order they fall due. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #alarms = new Set<Alarm>();

  constructor(startMs = Date.UTC(2026, 0, 5, 15, 0, 0)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): Cancel {
    const alarm = { due: this.#now + Math.max(0, ms), order: this.#order++, call };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }

  /** How many alarms are set: a test of "nothing left behind". */
  get pending(): number {
    return this.#alarms.size;
  }

  advance(ms: number): void {
    const target = this.#now + ms;
    for (let next = this.#next(target); next !== undefined; next = this.#next(target)) {
      this.#alarms.delete(next);
      this.#now = next.due;
      next.call();
    }
    this.#now = target;
  }

  /** Advances in steps and lets promises settle between them. */
  async advanceAsync(ms: number, step = ms): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      this.advance(Math.min(step, left));
      await settle();
    }
  }

  #next(target: number): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.due > target) continue;
      if (
        !first ||
        alarm.due < first.due ||
        (alarm.due === first.due && alarm.order < first.order)
      ) {
        first = alarm;
      }
    }
    return first;
  }
}

export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise<void>((done) => setImmediate(done));
}
