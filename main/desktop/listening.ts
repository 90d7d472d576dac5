import type { PatchBatch, State } from '../../shared/state.ts';

/** What of the store is needed to wait for the servers. */
export interface Watched {
  readonly state: State;
  subscribe(listener: (batch: PatchBatch) => void): () => void;
}

/** Resolves once everything that must listen does, which after a taken port may be much later. */
export function listening(store: Watched): Promise<void> {
  const servers = ['ndjson', 'http'] as const;
  const all = () =>
    servers.every((name) => {
      const phase = store.state.services[name]?.phase;
      return phase === 'running' || phase === 'degraded';
    });
  if (all()) return Promise.resolve();
  return new Promise((done) => {
    const stop = store.subscribe(() => {
      if (!all()) return;
      stop();
      done();
    });
  });
}
