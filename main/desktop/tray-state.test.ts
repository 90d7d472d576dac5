import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionPhases } from '../../shared/connection.ts';
import { type HealthLevel, healthLevels } from '../../shared/health.ts';
import { freeReservation } from '../../shared/reservation.ts';
import { phases, serviceNames } from '../../shared/services.ts';
import type { State } from '../../shared/state.ts';
import { calmState, connectionIn, serviceIn } from './test-support.ts';
import { trayState } from './tray-state.ts';

const now = Date.UTC(2026, 5, 1, 14);
const lent = { ...freeReservation, state: 'reserved' as const, holder: 'backtest', since: now };

function levelOf(change: Partial<State>): HealthLevel {
  return trayState(calmState(now, change), now).level;
}

describe('the tray', () => {
  it('is at ease while everything runs', () => {
    expect(trayState(calmState(now), now)).toEqual({
      level: 'ok',
      toolTip: 'Gatehouse (paper): Live: the session stands, no tick has come yet',
    });
  });

  it('shows each kind of state as itself', () => {
    expect(levelOf({ services: { http: serviceIn('http', 'failed', now, 'port taken') } })).toBe(
      'error',
    );
    expect(levelOf({ services: { http: serviceIn('http', 'degraded', now) } })).toBe('warning');
    expect(levelOf({ services: { http: serviceIn('http', 'starting', now) } })).toBe('working');
    expect(levelOf({ reservation: lent })).toBe('paused');
  });

  it('shows the worst of all that is the case: error, warning, working, paused, ok', () => {
    const service = fc.record({
      name: fc.constantFrom(...serviceNames),
      phase: fc.constantFrom(...phases),
    });
    const anyState = fc.record({
      services: fc.array(service, { maxLength: 6 }),
      phase: fc.constantFrom(...connectionPhases),
      failedAttempts: fc.nat({ max: 3 }),
      needsAttention: fc.boolean(),
      reserved: fc.boolean(),
      orphaned: fc.boolean(),
    });
    fc.assert(
      fc.property(anyState, (given) => {
        const services = given.services.map(({ name, phase }) => [
          name,
          serviceIn(name, phase, now),
        ]);
        const connection = connectionIn(given, now);
        const reservation = given.reserved
          ? { ...lent, orphaned: given.orphaned }
          : freeReservation;
        const whole = levelOf({ services: Object.fromEntries(services), connection, reservation });
        // No part of the state by itself looks worse than the whole.
        const parts = [
          levelOf({ services: Object.fromEntries(services) }),
          levelOf({ services: {}, connection, reservation }),
        ];
        const rank = (level: HealthLevel) => healthLevels.indexOf(level);
        expect(rank(whole)).toBe(Math.min(...parts.map(rank)));
      }),
    );
  });

  it('says LIVE where money is at stake', () => {
    const calm = calmState(now);
    const state = { ...calm, app: { ...calm.app, trading: 'live' as const } };
    expect(trayState(state, now).toolTip).toMatch(/^Gatehouse \(LIVE\): /);
  });

  it('keeps its words within what Windows shows', () => {
    const services = { http: serviceIn('http', 'failed', now, 'x'.repeat(500)) };
    expect(trayState(calmState(now, { services }), now).toolTip).toHaveLength(127);
  });
});
