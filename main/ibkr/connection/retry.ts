/** Waits between failed attempts, the last repeated. */
export const serviceDelaysMs: readonly number[] = [5, 10, 30, 60, 120, 300].map((s) => s * 1000);

/** After the highest id the count waits this long and starts again at 1. */
export const cyclePauseMs = 300_000;
export const highestClientId = 50;

/** Up to a tenth longer than asked, never shorter, so that many programs do not knock in step. */
export function withJitter(ms: number, random: number): number {
  return ms + Math.floor(ms * 0.1 * Math.min(Math.max(random, 0), 1));
}

export function delayAfter(failuresInRow: number, delaysMs: readonly number[]): number {
  const last = delaysMs.length - 1;
  return delaysMs[Math.min(Math.max(failuresInRow - 1, 0), last)] ?? 0;
}

export interface ClientIds {
  readonly policy: 'cycle' | 'fixed';
  readonly first: number;
}

/** The id after `id`; `wrapped` when the ids are used up and a pause is due first. */
export function idAfter(
  id: number,
  ids: ClientIds,
): { readonly id: number; readonly wrapped: boolean } {
  if (ids.policy === 'fixed') return { id, wrapped: false };
  // A starting id above the range is the user's own wish; there is nothing sensible to cycle to.
  if (ids.first > highestClientId) return { id: ids.first, wrapped: false };
  return id >= highestClientId ? { id: 1, wrapped: true } : { id: id + 1, wrapped: false };
}
