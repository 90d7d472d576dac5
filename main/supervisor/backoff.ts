const stepsMs = [1_000, 2_000, 5_000, 10_000, 30_000] as const;

/** How long to wait before start number `attempt + 1`, when `attempt` of them have failed in a row. */
export function backoffMs(attempt: number): number {
  return stepsMs[Math.min(Math.max(attempt, 1), stepsMs.length) - 1] as number;
}
