import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Bars } from '../../../clients/node/bars.mjs';
import type { SharedMemoryError } from '../../../clients/node/shm-errors.mjs';
import { count, proving } from '../../../testing/counts.ts';
import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { createSnapshot, inspectSegments } from '../index.ts';
import { python, run, script, startHammer, uniqueName } from './harness.ts';
import { history, someBars } from './test-bars.ts';

const tickers = 3;

/** Reads every series and answers those that died with their writer. */
function deadSeries(bars: Bars): string[] {
  const dead: string[] = [];
  for (let i = 0; i < tickers; i++) {
    const symbol = `T${i}`;
    try {
      const { close, volume, count: rows } = bars.history(symbol);
      for (let row = 0; row < rows; row++)
        expect([close[row], volume[row]]).toEqual([close[0], close[0]]);
    } catch (error) {
      expect((error as SharedMemoryError).code).toBe('WRITER_DEAD');
      dead.push(symbol);
    }
  }
  return dead;
}

test.runIf(process.platform === 'linux')(
  'a writer killed at any moment leaves readers whole, and the next writer recovers',
  async () => {
    const name = uniqueName();
    let caughtInMidWrite = 0;
    for (let i = 0; i < count(4, 1000); i++) {
      const hammer = await startHammer({ name, tickers, bars: 400, mode: 'whole', pauseMs: 0 });
      const bars = new Bars(`${name}-bars`);
      const { generation } = bars;
      await sleep(Math.random() * 20);
      hammer.kill('SIGKILL');
      await once(hammer, 'exit');
      expect(bars.writer()).toMatchObject({ state: 'live', alive: false });

      const dead = deadSeries(bars);
      if (dead.length > 0) caughtInMidWrite++;
      const report = inspectSegments({ name });
      expect(report.columns?.writer.condition).toBe('dead');
      const torn = report.columns?.series.filter((series) => series.condition === 'torn');
      expect(torn?.map((series) => series.symbol)).toEqual(dead);
      if (python && i % 10 === 0) await readWithPython(name, dead);

      const next = createSnapshot({
        clock: systemClock,
        log: silentLog,
        pid: process.pid,
        shm: { name, mirrorBars: 5 },
      });
      await next.start();
      next.write([history('T0', someBars(10))]);
      expect(bars.history('T0').count).toBe(10);
      expect(bars.generation).toBe(generation + 1);
      expect(inspectSegments({ name }).problems).toEqual([]);
      await next.stop();
      bars.close();
    }
    if (proving) {
      console.log(JSON.stringify({ caughtInMidWrite }));
      expect(caughtInMidWrite).toBeGreaterThan(0);
    }
  },
);

async function readWithPython(name: string, dead: readonly string[]): Promise<void> {
  const args = [script('dead_writer_reader.py'), `${name}-bars`, String(tickers)];
  const outcome = await run('/usr/bin/env', [python as string, ...args]);
  expect(outcome.code, outcome.err).toBe(0);
  expect(JSON.parse(outcome.out)).toEqual({ dead, mixed: [] });
}
