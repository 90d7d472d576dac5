import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Lease } from './lease.ts';

/** Where the lease outlives this process. */
export interface LeaseStore {
  load(): Lease | null;
  /** Throws when the lease cannot be recorded. */
  save(lease: Lease | null): void;
}

/**
 * The lease in a file, replaced whole. The write is synchronous because "acquired" may not leave
 * before it: a crash in between would forget the holder and open a second session.
 */
export function leaseFile(path: string): LeaseStore {
  return {
    load() {
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
      return parseLease(text);
    },
    save(lease) {
      if (lease === null) {
        rmSync(path, { force: true });
        return;
      }
      const draft = `${path}.new`;
      writeFileSync(draft, `${JSON.stringify({ version: 1, lease }, null, 2)}\n`, { mode: 0o600 });
      renameSync(draft, path);
    },
  };
}

/** The lease as written, or null where the text is not one of ours. */
export function parseLease(text: string): Lease | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const lease = (document as { lease?: Partial<Lease> } | null)?.lease;
  if (
    typeof lease !== 'object' ||
    lease === null ||
    typeof lease.token !== 'string' ||
    typeof lease.peer !== 'string' ||
    typeof lease.sinceMs !== 'number' ||
    typeof lease.bootId !== 'string'
  ) {
    return null;
  }
  return {
    token: lease.token,
    kind: lease.kind === 'owned' ? 'owned' : 'plain',
    client: lease.client ?? null,
    peer: lease.peer,
    loopback: lease.loopback ?? true,
    connection: null,
    bound: lease.bound ?? false,
    sinceMs: lease.sinceMs,
    ttlMs: lease.ttlMs ?? null,
    expiresAtMs: lease.expiresAtMs ?? null,
    orphanedAtMs: lease.orphanedAtMs ?? null,
    recalledAtMs: lease.recalledAtMs ?? null,
    warnedOfMs: null,
    bootId: lease.bootId,
  };
}
