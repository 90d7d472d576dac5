import type { Asker, LeaseTerms } from './lease.ts';

/** Somebody who asked for the reservation and is willing to wait for it. First come, first served. */
export interface Waiter {
  readonly ticket: number;
  readonly asker: Asker;
  readonly terms: LeaseTerms | null;
  /** The token the lease will have, drawn when it was asked for, so that the machine stays pure. */
  readonly token: string;
  readonly bootId: string;
  readonly sinceMs: number;
  readonly deadlineMs: number;
}

/** Splits off those who waited on a connection that has closed. */
export function dequeue(
  queue: readonly Waiter[],
  connection: number,
): { readonly left: readonly Waiter[]; readonly kept: readonly Waiter[] } {
  const left = queue.filter((waiter) => waiter.asker.connection === connection);
  if (left.length === 0) return { left, kept: queue };
  return { left, kept: queue.filter((waiter) => waiter.asker.connection !== connection) };
}

/** The places, counted from 1, that are new or have changed. */
export function positions(
  before: readonly Waiter[],
  after: readonly Waiter[],
): readonly { readonly ticket: number; readonly position: number }[] {
  if (before === after) return [];
  return after.flatMap((waiter, index) =>
    before[index]?.ticket === waiter.ticket ? [] : [{ ticket: waiter.ticket, position: index + 1 }],
  );
}
