import type { Quote } from '../../shared/quote.ts';
import type { Result } from '../../shared/result.ts';
import type { PatchBatch, Snapshot } from '../../shared/state.ts';

/** What the HTTP server needs of the rest of the program. */
export interface HttpPorts {
  snapshot(): Snapshot;
  subscribe(listener: (batch: PatchBatch) => void): () => void;
  dispatch(name: string, input: unknown, caller: 'window' | 'http'): Promise<Result<unknown>>;
  readonly quotes: { list(): readonly string[]; get(ticker: string): Quote | undefined };
}
