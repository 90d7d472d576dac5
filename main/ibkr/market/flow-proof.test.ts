import { describe, expect, it } from 'vitest';
import { usualFlow } from '../ports.ts';
import { fellSilent, neverAnswered, retryWait } from './flow.ts';
import { FlowProof } from './flow-proof.ts';

const dead = { lastTickAt: null, requestedAt: 0 };
const alive = { lastTickAt: 1500, requestedAt: 0 };

describe('the proof that data flows', () => {
  it('is given when every ticker has spoken since the disturbance', () => {
    const proof = new FlowProof(usualFlow);
    proof.begin(1000);
    expect(proof.check([alive, { ...alive, lastTickAt: 999 }], 2000)).toEqual({ type: 'wait' });
    expect(proof.check([alive, alive], 2000)).toEqual({ type: 'flows' });
    expect(proof.state).toBe('proven');
    expect(proof.check([dead], 60_000)).toEqual({ type: 'wait' });
  });

  it('asks once again for those that are silent, then names them', () => {
    const proof = new FlowProof(usualFlow);
    proof.begin(0);
    expect(proof.check([alive, dead], 9999)).toEqual({ type: 'wait' });
    expect(proof.check([alive, dead], 10_000)).toEqual({ type: 'ask-again', missing: [dead] });
    const asked = { lastTickAt: null, requestedAt: 12_000 };
    expect(proof.check([alive, asked], 21_999)).toEqual({ type: 'wait' });
    expect(proof.check([alive, asked], 22_000)).toEqual({ type: 'missing', missing: [asked] });
    expect(proof.state).toBe('missing');
  });

  it('opens the connection anew when nobody speaks, but not again and again', () => {
    const proof = new FlowProof(usualFlow);
    const round = (at: number): string => {
      proof.begin(at);
      proof.check([dead], at + 10_000);
      return proof.check([dead], at + 20_000).type;
    };
    expect(round(0)).toBe('reopen');
    expect(round(100_000)).toBe('missing');
    expect(round(700_000)).toBe('reopen');
  });

  it('waits for requests that have not been sent yet', () => {
    const proof = new FlowProof(usualFlow);
    proof.begin(0);
    const unsent = { lastTickAt: null, requestedAt: Number.POSITIVE_INFINITY };
    expect(proof.check([unsent], 3_600_000)).toEqual({ type: 'wait' });
    expect(proof.check([], 3_600_000)).toEqual({ type: 'nothing' });
  });
});

describe('silence', () => {
  const facts = { feed: 'streaming', heard: 100, requestedAt: 0, lastTickAt: 100_000 };

  it('means something only for a ticker that used to speak, and by its own measure', () => {
    expect(fellSilent(facts, 160_000, usualFlow)).toBe(false);
    expect(fellSilent(facts, 160_001, usualFlow)).toBe(true);
    expect(fellSilent({ ...facts, heard: 5 }, 999_999, usualFlow)).toBe(false);
    const slow = { ...facts, heard: 20 };
    expect(fellSilent(slow, 200_000, usualFlow)).toBe(false);
    expect(fellSilent(slow, 200_001, usualFlow)).toBe(true);
    expect(fellSilent({ ...facts, feed: 'polled' }, 999_999, usualFlow)).toBe(false);
  });

  it('of a new request is noticed when not even an old price came', () => {
    const asked = { feed: 'waiting', heard: 0, requestedAt: 1000, lastTickAt: null };
    expect(neverAnswered(asked, 11_000, usualFlow)).toBe(false);
    expect(neverAnswered(asked, 11_001, usualFlow)).toBe(true);
    expect(neverAnswered({ ...asked, heard: 1 }, 99_999, usualFlow)).toBe(false);
  });

  it('is broken by asking at growing intervals', () => {
    expect([0, 1, 2, 3, 4, 50].map((tries) => retryWait(tries, usualFlow) / 1000)).toEqual([
      30, 60, 120, 300, 300, 300,
    ]);
  });
});
