import type { Timeouts } from './timeouts.ts';

export interface Probe {
  readonly sentAt: number;
  readonly deadline: number;
  /** So many before it stayed unanswered. */
  readonly missed: number;
}

/** What is known of the pulse of an open connection. */
export interface Pulse {
  readonly probe: Probe | null;
  /** When to look at the silence next. */
  readonly lookAt: number;
}

export type Diagnosis = 'wait' | 'alive' | 'dead' | { readonly probe: number };

/** When the pulse has to be felt, if nothing else happens first. */
export function feelAt(pulse: Pulse, lastHeardAt: number, timeouts: Timeouts): number {
  return pulse.probe ? pulse.probe.deadline : Math.max(pulse.lookAt, lastHeardAt + timeouts.idleMs);
}

/** Silence asks for a probe, an unanswered probe for another, and enough of them mean death. */
export function feel(
  pulse: Pulse,
  now: number,
  lastHeardAt: number,
  timeouts: Timeouts,
): Diagnosis {
  const { probe } = pulse;
  // Anything heard since the probe went out proves life as well as its answer does.
  if (probe && lastHeardAt > probe.sentAt) return 'alive';
  if (now < feelAt(pulse, lastHeardAt, timeouts)) return 'wait';
  if (!probe) return { probe: 0 };
  const missed = probe.missed + 1;
  return missed >= timeouts.probes ? 'dead' : { probe: missed };
}
