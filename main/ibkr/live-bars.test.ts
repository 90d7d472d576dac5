import { afterEach, describe, expect, it } from 'vitest';
import type { Bar } from '../../shared/bar.ts';
import { type Rig, startRig } from './testing/rig.ts';

let rig: Rig;
afterEach(() => rig.close());

describe('bars that are kept up to date', () => {
  it('go on after a lost connection and after 1102, in order and without repetition', async () => {
    rig = await startRig({}, { clockRate: 1 });
    await rig.service.start();
    await rig.connected();
    const bars: Bar[] = [];
    const starts: number[] = [];
    let updates = 0;
    const stop = rig.service.keepUpToDate('AAPL', '1m', (bar, isNew) => {
      updates++;
      if (isNew) starts.push(bar.t);
      bars.push(bar);
    });
    await rig.until('bars come', () => starts.length > 100);
    const grow = async (): Promise<void> => {
      const before = updates;
      await rig.until('they are updated', () => updates > before, 20_000);
    };
    rig.simulator.fault('kill-socket');
    await rig.until('the loss is seen', () => !rig.service.isOpen());
    await grow();
    rig.simulator.fault('link-lost', { restore: 'data-kept-but-dead' });
    await rig.until('the link is lost', () => rig.view().reason === 'link-lost');
    rig.simulator.reset();
    await grow();
    expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
    expect(bars.every((bar) => bar.high >= bar.low && bar.volume >= 0)).toBe(true);
    stop();
    await rig.until('the request is cancelled', () =>
      rig.simulator.log().some((entry) => entry.message === 'cancelHistoricalData'),
    );
  });

  it('can be wanted before there is a session', async () => {
    rig = await startRig();
    let updates = 0;
    rig.service.keepUpToDate('ES', '1h', () => updates++);
    await rig.service.start();
    await rig.until('bars come', () => updates > 3);
    await rig.service.stop();
    const before = updates;
    await rig.service.start();
    await rig.until('they come after a new start', () => updates > before);
  });
});
