import type { ConnectOptions } from './client.d.mts';

export declare class SessionUnavailable extends Error {}

export interface LeaseOptions extends ConnectOptions {
  readonly name: string;
  /** How long to wait for the session; without it the answer comes at once. */
  readonly waitMs?: number;
  readonly ttlMs?: number;
}

export interface Lease {
  /** Aborts when the session is asked back. */
  readonly recalled: AbortSignal;
  /** Aborts when the lease ended while it was still wanted. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

export declare function acquireLease(options: LeaseOptions): Promise<Lease>;
export declare function withLease<T>(
  options: LeaseOptions,
  work: (lease: Lease) => T | Promise<T>,
): Promise<T>;
