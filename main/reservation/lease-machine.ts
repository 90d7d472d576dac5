import { type Asker, isOrphan, type Lease, type LeaseTerms, warningDueMs } from './lease.ts';
import { dequeue, positions, type Waiter } from './queue.ts';

/**
 * The reservation as a pure machine. `free`: nobody holds it. `closing`: granted, but our own
 * session is not yet known to be closed, so nobody has been told. `held`: a lease stands.
 */
export type LeaseState =
  | { readonly phase: 'free'; readonly queue: readonly Waiter[] }
  | {
      readonly phase: 'closing';
      readonly lease: Lease;
      readonly ticket: number;
      /** Set when nobody is left to receive the lease: it is dropped as soon as closing ends. */
      readonly dropped: 'gone' | 'forced' | null;
      readonly queue: readonly Waiter[];
    }
  | { readonly phase: 'held'; readonly lease: Lease; readonly queue: readonly Waiter[] };

export type LeaseEvent =
  | {
      readonly type: 'acquire';
      readonly ticket: number;
      readonly asker: Asker;
      readonly terms: LeaseTerms | null;
      readonly token: string;
      readonly bootId: string;
    }
  | { readonly type: 'session-closed'; readonly ticket: number }
  | { readonly type: 'session-stuck'; readonly ticket: number; readonly why: string }
  | {
      readonly type: 'release';
      readonly ticket: number;
      readonly connection: number;
      readonly token: string | null;
    }
  | {
      readonly type: 'renew';
      readonly ticket: number;
      readonly asker: Asker;
      readonly token: string;
      readonly ttlMs: number;
    }
  | { readonly type: 'recall' }
  | { readonly type: 'force' }
  | { readonly type: 'gateway-lost' }
  | { readonly type: 'connection-closed'; readonly connection: number }
  | { readonly type: 'tick' };

export type Outcome =
  | { readonly kind: 'acquired'; readonly lease: Lease }
  | { readonly kind: 'denied' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'timed-out'; readonly waitedMs: number; readonly reserved: boolean }
  | { readonly kind: 'crowded' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'released'; readonly lease: Lease }
  | { readonly kind: 'renewed'; readonly lease: Lease }
  | { readonly kind: 'not-reserved' }
  | { readonly kind: 'not-holder'; readonly lease: Lease }
  | { readonly kind: 'wrong-token' };

export type EndReason = 'released' | 'expired' | 'forced' | 'bound-connection-closed' | 'orphaned';

export type LeaseEffect =
  | { readonly type: 'answer'; readonly ticket: number; readonly outcome: Outcome }
  | { readonly type: 'position'; readonly ticket: number; readonly position: number }
  | { readonly type: 'close-session'; readonly ticket: number; readonly lease: Lease }
  | { readonly type: 'persist'; readonly lease: Lease | null }
  | { readonly type: 'resume-session' }
  | { readonly type: 'ask-back'; readonly connection: number; readonly why: AskBackReason }
  | { readonly type: 'ended'; readonly lease: Lease; readonly reason: EndReason };

export type AskBackReason = 'recalled' | 'gateway-lost' | 'expiring';

export interface LeaseRules {
  /** Orphans are released this long after their connection closed; null leaves them. */
  readonly orphanTimeoutMs: number | null;
  readonly maxQueue: number;
}

/** What the machine must know of the world when an event arrives. */
export interface Surroundings {
  readonly now: number;
  readonly downloading: boolean;
}

export interface Step {
  readonly state: LeaseState;
  readonly effects: readonly LeaseEffect[];
}

export const initialLeaseState: LeaseState = { phase: 'free', queue: [] };

export function stepLease(
  state: LeaseState,
  event: LeaseEvent,
  around: Surroundings,
  rules: LeaseRules,
): Step {
  const effects: LeaseEffect[] = [];
  // Whoever waits goes first: what fell due before this event is settled before it is looked at.
  const settled = settle(state, around, rules, effects);
  const next = settle(apply(settled, event, around, rules, effects), around, rules, effects);
  for (const { ticket, position } of positions(state.queue, next.queue)) {
    effects.push({ type: 'position', ticket, position });
  }
  // Between one holder and the next our session stays closed.
  const told =
    next.phase === 'free' ? effects : effects.filter(({ type }) => type !== 'resume-session');
  return { state: next, effects: told };
}

/** When the machine next has something to do by itself, or null. */
export function wakeAtMs(state: LeaseState, rules: LeaseRules): number | null {
  const due: number[] = state.queue.map((waiter) => waiter.deadlineMs);
  if (state.phase === 'held') {
    const { lease } = state;
    if (lease.expiresAtMs !== null) due.push(lease.expiresAtMs);
    const warning = warningDueMs(lease);
    if (warning !== null && lease.warnedOfMs !== lease.expiresAtMs) due.push(warning);
    if (lease.orphanedAtMs !== null && rules.orphanTimeoutMs !== null) {
      due.push(lease.orphanedAtMs + rules.orphanTimeoutMs);
    }
  }
  return due.length === 0 ? null : Math.min(...due);
}

function apply(
  state: LeaseState,
  event: LeaseEvent,
  around: Surroundings,
  rules: LeaseRules,
  effects: LeaseEffect[],
): LeaseState {
  switch (event.type) {
    case 'acquire':
      return acquire(state, event, around, rules, effects);
    case 'session-closed':
      return sessionClosed(state, event.ticket, around, effects);
    case 'session-stuck':
      if (state.phase !== 'closing' || state.ticket !== event.ticket) return state;
      answer(effects, event.ticket, { kind: 'failed', why: event.why });
      return freed(state.queue, effects);
    case 'release':
      return release(state, event, effects);
    case 'renew':
      return renew(state, event, around, effects);
    case 'recall':
      if (state.phase !== 'held') return state;
      askBack(state.lease, 'recalled', effects);
      return hold(state, { recalledAtMs: state.lease.recalledAtMs ?? around.now }, effects);
    case 'force':
      if (state.phase === 'closing') return { ...state, dropped: 'forced' };
      return state.phase === 'held' ? end(state, 'forced', effects) : state;
    case 'gateway-lost':
      if (state.phase === 'held') askBack(state.lease, 'gateway-lost', effects);
      return state;
    case 'connection-closed':
      return connectionClosed(state, event.connection, around, effects);
    case 'tick':
      return state;
  }
}

/** Ends what has run out, then hands the reservation to whoever has waited longest. */
function settle(
  before: LeaseState,
  around: Surroundings,
  rules: LeaseRules,
  effects: LeaseEffect[],
): LeaseState {
  let state = before;
  if (state.phase === 'held') state = age(state, around.now, rules, effects);

  const kept = state.queue.filter((waiter) => waiter.deadlineMs > around.now);
  if (kept.length < state.queue.length) {
    for (const waiter of state.queue) {
      if (waiter.deadlineMs > around.now) continue;
      const waitedMs = waiter.deadlineMs - waiter.sinceMs;
      answer(effects, waiter.ticket, {
        kind: 'timed-out',
        waitedMs,
        reserved: state.phase !== 'free',
      });
    }
    state = { ...state, queue: kept };
  }

  const [first, ...others] = state.queue;
  if (state.phase !== 'free' || first === undefined || around.downloading) return state;
  return grant(first, others, around.now, effects);
}

function age(
  state: LeaseState & { readonly phase: 'held' },
  now: number,
  rules: LeaseRules,
  effects: LeaseEffect[],
): LeaseState {
  const { lease } = state;
  if (lease.expiresAtMs !== null && lease.expiresAtMs <= now) return end(state, 'expired', effects);
  if (
    lease.orphanedAtMs !== null &&
    rules.orphanTimeoutMs !== null &&
    lease.orphanedAtMs + rules.orphanTimeoutMs <= now
  ) {
    return end(state, 'orphaned', effects);
  }
  const warning = warningDueMs(lease);
  if (warning === null || warning > now || lease.warnedOfMs === lease.expiresAtMs) return state;
  askBack(lease, 'expiring', effects);
  return { ...state, lease: { ...lease, warnedOfMs: lease.expiresAtMs } };
}

function acquire(
  state: LeaseState,
  event: LeaseEvent & { readonly type: 'acquire' },
  around: Surroundings,
  rules: LeaseRules,
  effects: LeaseEffect[],
): LeaseState {
  const waitMs = event.terms?.waitMs ?? 0;
  const waiter: Waiter = {
    ticket: event.ticket,
    asker: event.asker,
    terms: event.terms,
    token: event.token,
    bootId: event.bootId,
    sinceMs: around.now,
    deadlineMs: around.now + waitMs,
  };
  if (state.phase === 'free' && !around.downloading) {
    return grant(waiter, state.queue, around.now, effects);
  }
  if (waitMs > 0) {
    if (state.queue.length < rules.maxQueue) return { ...state, queue: [...state.queue, waiter] };
    answer(effects, event.ticket, { kind: 'crowded' });
    return state;
  }
  answer(effects, event.ticket, { kind: state.phase === 'free' ? 'denied' : 'conflict' });
  return state;
}

function grant(
  waiter: Waiter,
  queue: readonly Waiter[],
  now: number,
  effects: LeaseEffect[],
): LeaseState {
  const { asker, terms } = waiter;
  const lease: Lease = {
    token: waiter.token,
    kind: terms === null ? 'plain' : 'owned',
    client: terms?.client ?? null,
    peer: asker.peer,
    loopback: asker.loopback,
    connection: asker.connection,
    bound: terms?.bound ?? false,
    sinceMs: now,
    ttlMs: terms?.ttlMs ?? null,
    expiresAtMs: null,
    orphanedAtMs: null,
    recalledAtMs: null,
    warnedOfMs: null,
    bootId: waiter.bootId,
  };
  effects.push({ type: 'close-session', ticket: waiter.ticket, lease });
  return { phase: 'closing', lease, ticket: waiter.ticket, dropped: null, queue };
}

function sessionClosed(
  state: LeaseState,
  ticket: number,
  around: Surroundings,
  effects: LeaseEffect[],
): LeaseState {
  if (state.phase !== 'closing' || state.ticket !== ticket) return state;
  if (state.dropped !== null) {
    const outcome: Outcome =
      state.dropped === 'gone'
        ? { kind: 'gone' }
        : { kind: 'failed', why: 'The operator released the reservation before it stood' };
    answer(effects, ticket, outcome);
    return freed(state.queue, effects);
  }
  // The time-to-live runs from the moment the holder can use it, not from the moment it asked.
  const { ttlMs } = state.lease;
  const lease: Lease = {
    ...state.lease,
    sinceMs: around.now,
    expiresAtMs: ttlMs === null ? null : around.now + ttlMs,
  };
  effects.push({ type: 'persist', lease });
  answer(effects, ticket, { kind: 'acquired', lease });
  return { phase: 'held', lease, queue: state.queue };
}

function release(
  state: LeaseState,
  event: LeaseEvent & { readonly type: 'release' },
  effects: LeaseEffect[],
): LeaseState {
  if (state.phase !== 'held') {
    answer(effects, event.ticket, { kind: 'not-reserved' });
    return state;
  }
  const { lease } = state;
  if (event.token !== null && event.token !== lease.token) {
    answer(effects, event.ticket, { kind: 'wrong-token' });
    return state;
  }
  const mayRelease =
    event.token !== null ||
    lease.kind === 'plain' ||
    isOrphan(lease) ||
    lease.connection === event.connection;
  if (!mayRelease) {
    answer(effects, event.ticket, { kind: 'not-holder', lease });
    return state;
  }
  answer(effects, event.ticket, { kind: 'released', lease });
  return end(state, 'released', effects);
}

function renew(
  state: LeaseState,
  event: LeaseEvent & { readonly type: 'renew' },
  around: Surroundings,
  effects: LeaseEffect[],
): LeaseState {
  if (state.phase !== 'held') {
    answer(effects, event.ticket, { kind: 'not-reserved' });
    return state;
  }
  if (event.token !== state.lease.token) {
    answer(effects, event.ticket, { kind: 'wrong-token' });
    return state;
  }
  // Whoever shows the token of an orphan is its holder come back on another connection.
  const adopted = isOrphan(state.lease)
    ? { connection: event.asker.connection, peer: event.asker.peer, orphanedAtMs: null }
    : {};
  const next = hold(
    state,
    { ...adopted, ttlMs: event.ttlMs, expiresAtMs: around.now + event.ttlMs, warnedOfMs: null },
    effects,
  );
  answer(effects, event.ticket, { kind: 'renewed', lease: next.lease });
  return next;
}

function connectionClosed(
  before: LeaseState,
  connection: number,
  around: Surroundings,
  effects: LeaseEffect[],
): LeaseState {
  const { left, kept } = dequeue(before.queue, connection);
  for (const waiter of left) answer(effects, waiter.ticket, { kind: 'gone' });
  const state: LeaseState = left.length === 0 ? before : { ...before, queue: kept };
  if (state.phase === 'free' || state.lease.connection !== connection) return state;
  // Nobody has been told of a lease that is still closing our session, so nobody can mean to use it.
  if (state.phase === 'closing') return { ...state, dropped: state.dropped ?? 'gone' };
  if (state.lease.bound) return end(state, 'bound-connection-closed', effects);
  return hold(state, { connection: null, orphanedAtMs: around.now }, effects);
}

function hold(
  state: LeaseState & { readonly phase: 'held' },
  change: Partial<Lease>,
  effects: LeaseEffect[],
): LeaseState & { readonly phase: 'held' } {
  const lease = { ...state.lease, ...change };
  effects.push({ type: 'persist', lease });
  return { ...state, lease };
}

function end(
  state: LeaseState & { readonly phase: 'held' },
  reason: EndReason,
  effects: LeaseEffect[],
): LeaseState {
  effects.push({ type: 'ended', lease: state.lease, reason });
  effects.push({ type: 'persist', lease: null });
  return freed(state.queue, effects);
}

function freed(queue: readonly Waiter[], effects: LeaseEffect[]): LeaseState {
  effects.push({ type: 'resume-session' });
  return { phase: 'free', queue };
}

function askBack(lease: Lease, why: AskBackReason, effects: LeaseEffect[]): void {
  if (lease.connection !== null)
    effects.push({ type: 'ask-back', connection: lease.connection, why });
}

function answer(effects: LeaseEffect[], ticket: number, outcome: Outcome): void {
  effects.push({ type: 'answer', ticket, outcome });
}
