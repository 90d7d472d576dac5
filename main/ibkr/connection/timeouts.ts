/** How long the connection waits for what, before it does something about it. */
export interface Timeouts {
  readonly tcpMs: number;
  readonly helloMs: number;
  readonly readyMs: number;
  /** Without a sign of life for so long, a probe is sent. */
  readonly idleMs: number;
  /** How long one probe may stay unanswered. */
  readonly probeMs: number;
  /** So many unanswered probes in a row mean that the connection is dead. */
  readonly probes: number;
}

/** 5 s of silence and two probes add up to 14 s, so that half-open is noticed within 15. */
export const usualTimeouts: Timeouts = {
  tcpMs: 5000,
  helloMs: 5000,
  readyMs: 10_000,
  idleMs: 5000,
  probeMs: 4500,
  probes: 2,
};
