import type { Clock } from '../kit/clock.ts';

/** A clock that runs `rate` times as fast as another and stands `offsetMs` away from it at first. */
export function scaledClock(base: Clock, rate: number, offsetMs: number): Clock {
  if (rate === 1 && offsetMs === 0) return base;
  const start = base.now();
  return {
    now: () => start + offsetMs + (base.now() - start) * rate,
    after: (ms, call) => base.after(ms / rate, call),
  };
}
