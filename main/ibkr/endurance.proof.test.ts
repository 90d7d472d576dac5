import { afterEach, describe, expect, it } from 'vitest';
import { count } from '../../testing/counts.ts';
import { fastClock, type Rig, startRig } from './testing/rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const symbols = ['AAPL', 'MSFT'];
const cycles = count(15, 1000);

describe('kill and heal', () => {
  it(`${cycles} times at a fast clock leaves nothing behind and never has two sessions`, async () => {
    const clock = fastClock(20);
    rig = await startRig({ clock, timeouts: {}, delaysMs: [5000, 10_000], flow: {} });
    const { simulator, service } = rig;
    service.watch(symbols);
    await service.start();
    await rig.connected();
    await settled();
    const before = resources();
    const ways = ['kill-socket', 'restart', 'truncate', 'client-id-in-use', 'operator'] as const;
    let most = 0;
    for (let cycle = 0; cycle < cycles; cycle++) {
      const way = ways[cycle % ways.length];
      const ended = rig.view().lastDisconnectAt;
      if (way === 'restart') simulator.fault('restart', { down: 0.05 });
      else if (way === 'operator') service.reconnect();
      else {
        if (way === 'client-id-in-use') {
          simulator.fault('client-id-in-use', { ids: [(rig.view().clientId % 50) + 1] });
        }
        simulator.fault('kill-socket');
      }
      await rig.until('it fell', () => rig.view().lastDisconnectAt !== ended);
      await rig.until('it is back', () => {
        const now = simulator.sessions().filter((session) => session.phase === 'ready').length;
        most = Math.max(most, now);
        return service.isOpen() && requests(simulator.log()) > 0;
      });
      simulator.reset();
    }
    await rig.flowing(symbols);
    await settled();
    const after = resources();
    expect(most).toBe(1);
    expect(simulator.sessions()).toHaveLength(1);
    expect(rig.view().marketData.linesUsed).toBe(symbols.length);
    expect(after.sockets).toBe(before.sockets);
    expect(after.timers).toBeLessThanOrEqual(before.timers + 3);
    expect(after.listeners).toBe(before.listeners);
    expect(rig.view().timeline.length).toBeLessThanOrEqual(200);
  });

  /** The gateway needs a moment to let go of what we closed. */
  async function settled(): Promise<void> {
    await rig.until('one session is left', () => rig.simulator.sessions().length === 1);
    await rig.flowing(symbols);
  }
});

function requests(log: readonly { readonly message: string }[]): number {
  return log.filter((entry) => entry.message === 'marketData').length;
}

function resources(): { sockets: number; timers: number; listeners: number } {
  const kinds = process.getActiveResourcesInfo();
  const events = ['uncaughtException', 'exit', 'SIGINT', 'SIGTERM', 'unhandledRejection'];
  return {
    sockets: kinds.filter((kind) => kind.startsWith('TCPSocket')).length,
    timers: kinds.filter((kind) => kind === 'Timeout').length,
    listeners: events.reduce((sum, event) => sum + process.listenerCount(event), 0),
  };
}
