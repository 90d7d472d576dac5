/** Time as every service sees it, so that tests can turn the hands. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls once after `ms`; the answer cancels it. */
  after(ms: number, call: () => void): Cancel;
}

export type Cancel = () => void;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** Calls every `ms`, counted from the end of the call before, so that a slow call never piles up. */
export function every(clock: Clock, ms: number, call: () => void): Cancel {
  let cancel = clock.after(ms, tick);
  function tick(): void {
    cancel = clock.after(ms, tick);
    call();
  }
  return () => cancel();
}
