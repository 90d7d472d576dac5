import { EventEmitter } from 'node:events';
import type { PowerMonitor, PowerSaveBlocker } from 'electron';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../kit/log.ts';
import { followPower, StayAwake } from './power.ts';

describe('the machine’s sleep', () => {
  it('reaches the services as events, and a shutdown waits for the orderly stop', () => {
    const monitor = new EventEmitter();
    const seen: string[] = [];
    followPower(
      monitor as unknown as PowerMonitor,
      {
        sleeps: () => seen.push('sleeps'),
        wakes: () => seen.push('wakes'),
        ends: () => seen.push('ends'),
      },
      silentLog,
    );
    monitor.emit('suspend');
    monitor.emit('resume');
    monitor.emit('shutdown', { preventDefault: () => seen.push('held') });
    expect(seen).toEqual(['sleeps', 'wakes', 'held', 'ends']);
  });
});

describe('staying awake', () => {
  it('is asked for once while the session is live, and given up after', () => {
    const calls: string[] = [];
    const blocker = {
      start: (type: string) => {
        calls.push(type);
        return 7;
      },
      stop: (id: number) => {
        calls.push(`stop ${id}`);
        return true;
      },
    };
    const awake = new StayAwake(blocker as unknown as PowerSaveBlocker);
    for (const live of [false, true, true, false, false]) awake.set(live);
    expect(calls).toEqual(['prevent-app-suspension', 'stop 7']);
  });
});
