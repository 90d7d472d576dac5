import { describe, expect, it } from 'vitest';
import { LineBudget, planLines } from './lines.ts';

describe('market-data lines', () => {
  it('are enough for all, or are shared between streaming and polling', () => {
    expect(planLines(100, 100)).toEqual({ streaming: 100, polling: 0 });
    expect(planLines(101, 100)).toEqual({ streaming: 97, polling: 3 });
    expect(planLines(5, 2)).toEqual({ streaming: 0, polling: 2 });
    expect(planLines(5, 1)).toEqual({ streaming: 0, polling: 1 });
    expect(planLines(0, 100)).toEqual({ streaming: 0, polling: 0 });
  });

  it('are fewer than bought when a refusal says so, until that is forgotten', () => {
    const budget = new LineBudget(100);
    expect(budget.now(0)).toBe(100);
    budget.refusedAt(80, 1000);
    expect(budget.now(2000)).toBe(80);
    budget.refusedAt(0, 3000);
    expect(budget.now(3000)).toBe(1);
    expect(budget.now(603_001)).toBe(100);
  });
});
