import { describe, expect, it } from 'vitest';
import { afterCrash, noCrash } from './crash-policy.ts';

describe('a window that crashes', () => {
  it('comes back at once the first time', () => {
    expect(afterCrash(noCrash, 1_000_000).waitMs).toBe(0);
  });

  it('comes back ever later when it crashes in a loop, but always comes back', () => {
    let memory = noCrash;
    let now = 1_000_000;
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      const next = afterCrash(memory, now);
      memory = next.memory;
      waits.push(next.waitMs);
      now += next.waitMs + 100;
    }
    expect(waits).toEqual([0, 1_000, 5_000, 15_000, 60_000, 60_000, 60_000, 60_000]);
  });

  it('is forgiven once it has lived a minute', () => {
    let memory = noCrash;
    for (const now of [0, 1_100, 6_200]) memory = afterCrash(memory, now).memory;
    expect(memory.crashes).toBe(3);
    expect(afterCrash(memory, 6_200 + 5_000 + 60_000).waitMs).toBe(0);
  });
});
