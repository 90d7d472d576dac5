import type { PatchBatch, Snapshot, State } from './state.ts';

/**
 * The state after a batch, or null when the batch does not follow on what is known and a new
 * snapshot must be taken. A batch older than the snapshot changes nothing.
 */
export function applyPatches(known: Snapshot, batch: PatchBatch): Snapshot | null {
  if (batch.seq <= known.seq) return known;
  if (batch.seq !== known.seq + 1) return null;
  const state: Record<string, unknown> = { ...known.state };
  for (const patch of batch.patches) {
    if ('value' in patch) {
      state[patch.slice] = patch.value;
    } else {
      const entries = { ...(state[patch.slice] as object), ...patch.entries };
      for (const key of patch.gone) delete (entries as Record<string, unknown>)[key];
      state[patch.slice] = entries;
    }
  }
  return { seq: batch.seq, at: batch.at, state: state as unknown as State };
}
