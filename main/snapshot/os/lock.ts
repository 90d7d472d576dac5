import fs from 'node:fs';
import { lockHandle } from './lock-handle.ts';

/** What the holder of a lock wrote into it. */
export interface LockHolder {
  readonly pid: number;
  readonly sinceMs: number;
  readonly [fact: string]: unknown;
}

export interface Lock {
  release(): void;
}

export interface LockRefused {
  /** Null when the holder has not written who it is, or may not be read. */
  readonly heldBy: LockHolder | null;
}

/**
 * Takes the lock that a file stands for, or says who holds it. The system itself keeps the lock,
 * so it is free again the moment its holder dies, however it dies.
 */
export function acquireLock(
  path: string,
  facts: Readonly<Record<string, unknown>> = {},
): Lock | LockRefused {
  const handle = lockHandle(path);
  if (!handle) return { heldBy: readHolder(path) };
  const holder: LockHolder = { pid: process.pid, sinceMs: Date.now(), ...facts };
  handle.write(`${JSON.stringify(holder)}\n`);
  return handle;
}

function readHolder(path: string): LockHolder | null {
  try {
    const holder: unknown = JSON.parse(fs.readFileSync(path, 'utf8'));
    const pid = (holder as { pid?: unknown } | null)?.pid;
    return typeof pid === 'number' ? (holder as LockHolder) : null;
  } catch {
    return null;
  }
}
