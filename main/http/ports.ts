import type { AccountValue } from '../../shared/account.ts';
import type { LogLine } from '../../shared/log-line.ts';
import type { Quote } from '../../shared/quote.ts';
import type { Result } from '../../shared/result.ts';
import type { PatchBatch, Snapshot } from '../../shared/state.ts';
import type { Counters } from './metrics.ts';

/** What the HTTP server needs of the rest of the program. */
export interface HttpPorts {
  snapshot(): Snapshot;
  subscribe(listener: (batch: PatchBatch) => void): () => void;
  dispatch(name: string, input: unknown, caller: 'window' | 'http'): Promise<Result<unknown>>;
  /** The log's lines after a number. */
  logs(since: number, limit: number): readonly LogLine[];
  accountSummary(): Promise<Result<readonly AccountValue[]>>;
  counters(): Counters;
  readonly quotes: { list(): readonly string[]; get(ticker: string): Quote | undefined };
}
