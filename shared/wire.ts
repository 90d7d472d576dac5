import type { Result } from './result.ts';
import type { PatchBatch, Snapshot } from './state.ts';

/** From the window to the supervisor. */
export type WindowMessage =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly kind: 'resync' };

/** From the supervisor to the window. */
export type SupervisorMessage =
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'patches'; readonly batch: PatchBatch }
  | { readonly kind: 'beat'; readonly at: number; readonly seq: number }
  | { readonly kind: 'answer'; readonly id: number; readonly result: Result<unknown> };

/** A beat leaves this often, so that silence means a dead link and not a quiet market. */
export const beatMs = 1_000;
/** After so much silence what is shown can no longer be called live. */
export const silenceMs = 3_000;
