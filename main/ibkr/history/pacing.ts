export interface PacingRules {
  readonly perWindow: number;
  readonly windowMs: number;
  /** So much of the window background work does not use. */
  readonly keptForPeople: number;
  readonly open: number;
  /** The same question again within this time counts as abuse. */
  readonly identicalMs: number;
  /** Fewer than so many for one contract, exchange and tick type within `burstMs`, for small bars. */
  readonly burst: number;
  readonly burstMs: number;
  /** How long everything waits after IBKR reported a violation. */
  readonly penaltyMs: number;
}

/** IBKR's limits for small bars, kept for all bars: the soft limit of larger ones ends in a disconnect. */
export const usualPacing: PacingRules = {
  perWindow: 60,
  windowMs: 600_000,
  keptForPeople: 5,
  open: 50,
  identicalMs: 15_000,
  burst: 6,
  burstMs: 2000,
  penaltyMs: 60_000,
};

export interface Sent {
  readonly at: number;
  readonly weight: number;
  /** Everything that makes two requests the same. */
  readonly identity: string;
  /** Contract, exchange and tick type. */
  readonly series: string;
  readonly smallBars: boolean;
}

/** What has been used of the allowance. A value: every change makes a new one. */
export interface Budget {
  readonly sent: readonly Sent[];
  readonly pausedUntil: number;
}

export const freshBudget: Budget = { sent: [], pausedUntil: 0 };

export function spend(budget: Budget, sent: Sent, rules: PacingRules): Budget {
  const oldest = sent.at - rules.windowMs;
  return { ...budget, sent: [...budget.sent.filter((one) => one.at > oldest), sent] };
}

export function punish(budget: Budget, now: number, rules: PacingRules): Budget {
  return { ...budget, pausedUntil: Math.max(budget.pausedUntil, now + rules.penaltyMs) };
}

export function used(budget: Budget, now: number, rules: PacingRules): number {
  return sum(budget.sent.filter((one) => one.at > now - rules.windowMs));
}

/** The earliest moment at which this request may go out; `now` or before means at once. */
export function earliest(
  budget: Budget,
  request: Omit<Sent, 'at'>,
  now: number,
  rules: PacingRules,
  windowAt = windowRoomAt(budget, request.weight, now, rules),
): number {
  let at = windowAt;
  const same = budget.sent.findLast((one) => one.identity === request.identity);
  if (same) at = Math.max(at, same.at + rules.identicalMs);
  if (request.smallBars) {
    const series = budget.sent.filter((one) => one.series === request.series);
    at = Math.max(at, roomAt(series, 1, rules.burst - 1, rules.burstMs, at));
  }
  return at;
}

/** When the window has room for so much; the same for all requests of one weight. */
export function windowRoomAt(
  budget: Budget,
  weight: number,
  now: number,
  rules: PacingRules,
): number {
  const at = Math.max(now, budget.pausedUntil);
  return Math.max(at, roomAt(budget.sent, weight, rules.perWindow, rules.windowMs, at));
}

/** When enough of what was sent has left the window to let `weight` more in. */
function roomAt(
  sent: readonly Sent[],
  weight: number,
  limit: number,
  windowMs: number,
  now: number,
): number {
  const inside = sent.filter((one) => one.at > now - windowMs);
  let over = sum(inside) + weight - limit;
  for (const one of inside) {
    if (over <= 0) break;
    over -= one.weight;
    if (over <= 0) return one.at + windowMs;
  }
  return now;
}

function sum(sent: readonly Sent[]): number {
  return sent.reduce((total, one) => total + one.weight, 0);
}
