import { readFileSync } from 'node:fs';
import os from 'node:os';

/**
 * What tells one boot of the machine from the next: the kernel's own id where there is one, else the
 * time it started, to the minute because the clock may be set meanwhile.
 */
export function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    const startedMs = Date.now() - os.uptime() * 1000;
    return `started-${Math.round(startedMs / 60_000)}`;
  }
}

export function sameBoot(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [one, other].map((id) => /^started-(\d+)$/.exec(id)?.[1]);
  return a !== undefined && b !== undefined && Math.abs(Number(a) - Number(b)) <= 2;
}
