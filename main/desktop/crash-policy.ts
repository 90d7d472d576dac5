/** How long after a crash the next one no longer counts as the same trouble. */
const forgetMs = 60_000;
const waits = [0, 1_000, 5_000, 15_000, 60_000] as const;

export interface CrashMemory {
  readonly crashes: number;
  readonly lastAt: number;
}

export const noCrash: CrashMemory = { crashes: 0, lastAt: Number.NEGATIVE_INFINITY };

/** A window that crashed comes back at once; one that crashes again and again, ever later. */
export function afterCrash(
  memory: CrashMemory,
  now: number,
): { readonly memory: CrashMemory; readonly waitMs: number } {
  const inLoop = now - memory.lastAt < forgetMs + (waits[memory.crashes - 1] ?? waits[4]);
  const crashes = inLoop ? Math.min(memory.crashes + 1, waits.length) : 1;
  return { memory: { crashes, lastAt: now }, waitMs: waits[crashes - 1] as number };
}
