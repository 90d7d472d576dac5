/** What an acquire may ask for beyond the bare reservation. */
export interface LeaseTerms {
  readonly client: string | null;
  readonly ttlMs: number | null;
  readonly waitMs: number | null;
  /** Release as soon as the holder's connection closes. */
  readonly bound: boolean;
}

/** Who asks: the number of the connection and where it comes from. */
export interface Asker {
  readonly connection: number;
  readonly peer: string;
  readonly loopback: boolean;
}

/**
 * The right of one outside program to use the session. A plain lease is released by anybody, as
 * programs that open one connection per request need it; an owned one answers to its holder.
 */
export interface Lease {
  readonly token: string;
  readonly kind: 'plain' | 'owned';
  readonly client: string | null;
  readonly peer: string;
  readonly loopback: boolean;
  /** The holder's connection, or null once it has closed: the lease is an orphan then. */
  readonly connection: number | null;
  readonly bound: boolean;
  readonly sinceMs: number;
  readonly ttlMs: number | null;
  readonly expiresAtMs: number | null;
  readonly orphanedAtMs: number | null;
  readonly recalledAtMs: number | null;
  /** Which deadline the holder has been warned of, so that each is told once. */
  readonly warnedOfMs: number | null;
  /** The machine's boot the lease was taken in. */
  readonly bootId: string;
}

export function isOrphan(lease: Lease): boolean {
  return lease.connection === null;
}

export function holderName(lease: Lease): string {
  return lease.client ?? lease.peer;
}

const warnAtMostMs = 10_000;

/** When to ask the holder to finish: ten seconds before the end, or a fifth of a short lease. */
export function warningDueMs(lease: Lease): number | null {
  if (lease.expiresAtMs === null || lease.ttlMs === null) return null;
  return lease.expiresAtMs - Math.min(warnAtMostMs, lease.ttlMs / 5);
}
