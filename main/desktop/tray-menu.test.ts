import { describe, expect, it } from 'vitest';
import { contract, isCommand } from '../../shared/contract.ts';
import { freeReservation } from '../../shared/reservation.ts';
import { phases } from '../../shared/services.ts';
import { calmState, connectionIn, serviceIn } from './test-support.ts';
import { type MenuEntry, menuShape, trayMenu } from './tray-menu.ts';

const now = Date.UTC(2026, 5, 1, 14);
const lent = { ...freeReservation, state: 'reserved' as const, holder: 'backtest', since: now };

function find(entries: readonly MenuEntry[], id: string): MenuEntry | undefined {
  for (const entry of entries) {
    if (entry.kind === 'line') continue;
    if (entry.id === id) return entry;
    const inner = entry.kind === 'menu' ? find(entry.entries, id) : undefined;
    if (inner) return inner;
  }
  return undefined;
}

describe('the menu of the tray', () => {
  it('offers the session back only while it is lent', () => {
    expect(find(trayMenu(calmState(now), now), 'release')).toMatchObject({ enabled: false });
    const menu = trayMenu(calmState(now, { reservation: lent }), now);
    expect(find(menu, 'release')).toMatchObject({
      enabled: true,
      action: { do: 'command', name: 'reservation.force-release', input: {} },
    });
    expect(find(menu, 'recall')).toMatchObject({ enabled: true });
    expect(find(menu, 'reservation')).toMatchObject({ label: 'Session lent to backtest' });
  });

  it('does not ask back what was asked back, nor what has no holder to hear it', () => {
    for (const change of [{ recalled: true }, { orphaned: true }]) {
      const menu = trayMenu(calmState(now, { reservation: { ...lent, ...change } }), now);
      expect(find(menu, 'recall')).toMatchObject({ enabled: false });
      expect(find(menu, 'release')).toMatchObject({ enabled: true });
    }
  });

  it('leaves the session alone while it is lent, and opens what it closed', () => {
    const enabled = (id: string, change: Parameters<typeof calmState>[1]) => {
      const entry = find(trayMenu(calmState(now, change), now), id);
      return entry?.kind === 'item' ? entry.enabled : null;
    };
    expect([enabled('reconnect', {}), enabled('disconnect', {})]).toEqual([true, true]);
    const whileLent = { reservation: lent };
    expect([enabled('reconnect', whileLent), enabled('disconnect', whileLent)]).toEqual([
      false,
      false,
    ]);
    const off = {
      connection: connectionIn({ phase: 'disconnected', reason: 'stopped-by-operator' }, now),
    };
    expect([enabled('connect', off), enabled('disconnect', off)]).toEqual([true, null]);
  });

  it('starts a search for gaps, and pauses and resumes their filling', () => {
    const { history } = calmState(now);
    expect(find(trayMenu(calmState(now), now), 'scan')).toMatchObject({
      action: { name: 'history.force-scan' },
    });
    expect(find(trayMenu(calmState(now), now), 'pause')).toBeDefined();
    const paused = trayMenu(calmState(now, { history: { ...history, paused: true } }), now);
    expect(find(paused, 'resume')).toMatchObject({ action: { name: 'history.resume' } });
    const none = trayMenu(calmState(now, { history: { ...history, running: false } }), now);
    expect(find(none, 'scan')).toBeUndefined();
  });

  it('offers for every phase of a service at least one way on, save while it stops', () => {
    for (const phase of phases) {
      const state = calmState(now, { services: { http: serviceIn('http', phase, now) } });
      const menu = trayMenu(state, now);
      const enabled = ['start-http', 'stop-http', 'restart-http'].filter((id) => {
        const entry = find(menu, id);
        return entry?.kind === 'item' && entry.enabled;
      });
      expect(enabled.length > 0, phase).toBe(phase !== 'stopping');
    }
  });

  it('names only commands of the contract, with input the contract takes', () => {
    const all = (entries: readonly MenuEntry[]): readonly MenuEntry[] =>
      entries.flatMap((entry) => (entry.kind === 'menu' ? [entry, ...all(entry.entries)] : entry));
    const actions = all(trayMenu(calmState(now, { reservation: lent }), now)).flatMap((entry) =>
      entry.kind === 'item' && entry.action.do === 'command' ? [entry.action] : [],
    );
    expect(actions.length).toBeGreaterThan(4);
    for (const { name, input } of actions) {
      expect(isCommand(name)).toBe(true);
      expect(contract[name].input.safeParse(input).success, name).toBe(true);
    }
  });

  it('does not count a headline that only grew older as a change', () => {
    const state = calmState(now, { reservation: lent });
    expect(menuShape(trayMenu(state, now + 60_000))).toBe(menuShape(trayMenu(state, now)));
    expect(menuShape(trayMenu(calmState(now), now))).not.toBe(menuShape(trayMenu(state, now)));
  });

  it('can do everything, since many panels swallow the click', () => {
    const menu = trayMenu(calmState(now), now);
    for (const id of ['show', 'open-logs', 'quit']) {
      expect(find(menu, id)).toMatchObject({ kind: 'item', enabled: true });
    }
  });
});
