import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPatches } from '../../shared/apply-patches.ts';
import type { PatchBatch, Snapshot, State, TickerView } from '../../shared/state.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { sampleState } from '../../testing/sample-state.ts';
import { Store } from './store.ts';

function open() {
  const clock = new FakeClock();
  const store = new Store(sampleState(), clock);
  const batches: PatchBatch[] = [];
  store.subscribe((batch) => batches.push(batch));
  return { clock, store, batches };
}

const ticker = (last: number): TickerView => ({ last, volume: 1, at: 0, source: 'tick', rate: 0 });

describe('the state', () => {
  it('has one writer for each slice', () => {
    const { store } = open();
    store.claim('tickers');
    expect(() => store.claim('tickers')).toThrow('already has a writer');
  });

  it('tells many changes together, ten times a second at most', () => {
    const { clock, store, batches } = open();
    const slice = store.claim('snapshot');
    for (let epoch = 2; epoch <= 200; epoch += 2) {
      slice.set({ ...slice.get(), epoch });
      clock.advance(10);
    }
    expect(batches.length).toBeLessThanOrEqual(10);
    clock.advance(100);
    expect(batches.at(-1)?.patches).toEqual([
      { slice: 'snapshot', value: { ...slice.get(), epoch: 200 } },
    ]);
  });

  it('tells an urgent change at once, with what has gathered before it', () => {
    const { store, batches } = open();
    const snapshot = store.claim('snapshot');
    const reservation = store.claim('reservation');
    snapshot.set({ ...snapshot.get(), epoch: 2 });
    expect(batches).toHaveLength(0);
    reservation.set({ ...reservation.get(), state: 'reserved' }, 'urgent');
    expect(batches).toHaveLength(1);
    expect(batches[0]?.patches.map(({ slice }) => slice).sort()).toEqual([
      'reservation',
      'snapshot',
    ]);
  });

  it('tells of tickers only those that moved or are gone', () => {
    const { clock, store, batches } = open();
    const slice = store.claim('tickers');
    slice.set({ A: ticker(1), B: ticker(2) });
    clock.advance(100);
    slice.set({ A: slice.get()['A'] as TickerView, C: ticker(3) });
    clock.advance(100);
    expect(batches[1]?.patches).toEqual([
      { slice: 'tickers', entries: { C: ticker(3) }, gone: ['B'] },
    ]);
  });

  it('says nothing when nothing changed', () => {
    const { clock, store, batches } = open();
    const slice = store.claim('snapshot');
    slice.set(slice.get());
    clock.advance(1_000);
    expect(batches).toEqual([]);
  });

  it('is the same to one who follows the patches, whenever they began', () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constant('epoch' as const), epoch: fc.nat(1_000) }),
      fc.record({
        kind: fc.constant('ticker' as const),
        name: fc.constantFrom('A', 'B', 'C', 'D'),
        last: fc.nat(100),
      }),
      fc.record({ kind: fc.constant('gone' as const), name: fc.constantFrom('A', 'B', 'C', 'D') }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(250) }),
      fc.record({ kind: fc.constant('join' as const) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const clock = new FakeClock();
        const store = new Store(sampleState(), clock);
        const snapshot = store.claim('snapshot');
        const tickers = store.claim('tickers');
        const followers: Snapshot[] = [];
        for (const step of changes) {
          if (step.kind === 'epoch') snapshot.set({ ...snapshot.get(), epoch: step.epoch });
          if (step.kind === 'ticker') {
            tickers.set({ ...tickers.get(), [step.name]: ticker(step.last) });
          }
          if (step.kind === 'gone') {
            const { [step.name]: _gone, ...rest } = tickers.get();
            tickers.set(rest);
          }
          if (step.kind === 'wait') clock.advance(step.ms);
          if (step.kind === 'join') {
            const index = followers.push(store.snapshot()) - 1;
            store.subscribe((batch) => {
              followers[index] = applyPatches(followers[index] as Snapshot, batch) as Snapshot;
            });
          }
        }
        store.flush();
        for (const { state } of followers) expect(state).toEqual(store.state);
      }),
    );
  });
});

describe('one who follows', () => {
  const known: Snapshot = { seq: 5, at: 0, state: sampleState() };
  const batch = (seq: number): PatchBatch => ({ seq, at: 0, patches: [] });

  it('drops patches older than the snapshot', () => {
    expect(applyPatches(known, batch(5))).toBe(known);
  });

  it('asks for a new snapshot at a hole', () => {
    expect(applyPatches(known, batch(7))).toBeNull();
  });

  it('takes the next one', () => {
    expect(applyPatches(known, batch(6))?.seq).toBe(6);
    expect((applyPatches(known, batch(6)) as Snapshot).state satisfies State).toEqual(known.state);
  });
});
