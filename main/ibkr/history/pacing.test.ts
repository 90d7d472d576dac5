import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Budget,
  earliest,
  freshBudget,
  punish,
  usualPacing as rules,
  type Sent,
  spend,
  used,
} from './pacing.ts';

const request = (change: Partial<Sent> = {}): Omit<Sent, 'at'> => ({
  weight: 1,
  identity: Math.random().toString(),
  series: 'AAPL',
  smallBars: false,
  ...change,
});

describe('the allowance for historical requests', () => {
  it('lets 60 go within ten minutes and the next when the first has left the window', () => {
    let budget: Budget = freshBudget;
    for (let i = 0; i < 60; i++) {
      expect(earliest(budget, request(), i * 10, rules)).toBe(i * 10);
      budget = spend(budget, { ...request(), at: i * 10 }, rules);
    }
    expect(used(budget, 1000, rules)).toBe(60);
    expect(earliest(budget, request(), 1000, rules)).toBe(600_000);
    expect(earliest(budget, request({ weight: 2 }), 1000, rules)).toBe(600_010);
    expect(used(budget, 600_000, rules)).toBe(59);
  });

  it('does not let the same question out twice within 15 s', () => {
    const same = request({ identity: 'x' });
    const budget = spend(freshBudget, { ...same, at: 1000 }, rules);
    expect(earliest(budget, same, 2000, rules)).toBe(16_000);
    expect(earliest(budget, request(), 2000, rules)).toBe(2000);
  });

  it('lets fewer than six small-bar requests for one series out within 2 s', () => {
    let budget: Budget = freshBudget;
    const small = () => request({ smallBars: true });
    for (let i = 0; i < 5; i++) budget = spend(budget, { ...small(), at: 100 * i }, rules);
    expect(earliest(budget, small(), 500, rules)).toBe(2000);
    expect(earliest(budget, { ...small(), series: 'MSFT' }, 500, rules)).toBe(500);
    expect(earliest(budget, request(), 500, rules)).toBe(500);
  });

  it('holds everything back for a while after a violation', () => {
    const budget = punish(freshBudget, 5000, rules);
    expect(earliest(budget, request(), 6000, rules)).toBe(65_000);
  });

  it('never has more than the limit in any window, whatever is asked when', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ wait: fc.nat(20_000), weight: fc.constantFrom(1, 2) }), {
          maxLength: 200,
        }),
        (asked) => {
          let budget: Budget = freshBudget;
          let now = 0;
          const sent: Sent[] = [];
          for (const { wait, weight } of asked) {
            now += wait;
            const one = request({ weight });
            now = Math.max(now, earliest(budget, one, now, rules));
            const entry = { ...one, at: now };
            sent.push(entry);
            budget = spend(budget, entry, rules);
          }
          for (const last of sent) {
            const inside = sent.filter((one) => one.at > last.at - 600_000 && one.at <= last.at);
            expect(inside.reduce((sum, one) => sum + one.weight, 0)).toBeLessThanOrEqual(60);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
