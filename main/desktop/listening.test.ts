import { describe, expect, it } from 'vitest';
import type { Phase } from '../../shared/services.ts';
import type { PatchBatch } from '../../shared/state.ts';
import { settle } from '../../testing/fake-clock.ts';
import { listening } from './listening.ts';
import { calmState, serviceIn } from './test-support.ts';

function storeWith(http: Phase) {
  const listeners = new Set<(batch: PatchBatch) => void>();
  const store = {
    state: stateWith(http),
    subscribe(listener: (batch: PatchBatch) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const enter = (phase: Phase) => {
    store.state = stateWith(phase);
    for (const listener of listeners) listener({ seq: 1, at: 0, patches: [] });
  };
  return { store, listeners, enter };
}

function stateWith(phase: Phase) {
  const services = { ndjson: serviceIn('ndjson', 'running', 0), http: serviceIn('http', phase, 0) };
  return calmState(0, { services });
}

describe('waiting for the servers', () => {
  it('ends at once when they listen', async () => {
    await listening(storeWith('running').store);
  });

  it('outlasts a taken port and leaves no listener behind', async () => {
    const { store, listeners, enter } = storeWith('backing-off');
    let ready = false;
    const waiting = listening(store).then(() => {
      ready = true;
    });
    enter('starting');
    await settle();
    expect(ready).toBe(false);
    enter('running');
    await waiting;
    expect(listeners.size).toBe(0);
  });
});
