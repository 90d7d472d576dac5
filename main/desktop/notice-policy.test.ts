import { describe, expect, it } from 'vitest';
import type { HealthLevel } from '../../shared/health.ts';
import { type NoticeMemory, nextNotice, nothingTold } from './notice-policy.ts';

function tell(levels: readonly (readonly [number, HealthLevel, boolean?])[]): readonly string[] {
  let memory: NoticeMemory = nothingTold;
  return levels.flatMap(([now, level, watching = false]) => {
    const next = nextNotice(memory, { level, headline: level }, now, watching);
    memory = next.memory;
    return next.notice ? [`${now} ${next.notice.body}`] : [];
  });
}

describe('what the person is told', () => {
  it('is nothing while all is well', () => {
    expect(
      tell([
        [0, 'working'],
        [1, 'ok'],
        [2, 'paused'],
        [3, 'ok'],
      ]),
    ).toEqual([]);
  });

  it('is each trouble once, and its end', () => {
    expect(
      tell([
        [0, 'error'],
        [1_000, 'error'],
        [90_000, 'error'],
        [100_000, 'working'],
        [110_000, 'ok'],
      ]),
    ).toEqual(['0 error', '110000 ok']);
  });

  it('is worse news at once, other news at most once a minute', () => {
    expect(
      tell([
        [0, 'warning'],
        [1_000, 'ok'],
        [2_000, 'warning'],
        [3_000, 'error'],
        [4_000, 'ok'],
        [63_000, 'ok'],
      ]),
    ).toEqual(['0 warning', '3000 error', '63000 ok']);
  });

  it('is nothing of what they see in the window in front of them', () => {
    expect(
      tell([
        [0, 'error', true],
        [70_000, 'error'],
        [140_000, 'ok'],
      ]),
    ).toEqual(['140000 ok']);
  });
});
