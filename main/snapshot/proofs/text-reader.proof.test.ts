import fs from 'node:fs';
import { expect, test } from 'vitest';
import { count } from '../../../testing/counts.ts';
import { endHammer, python, run, script, startHammer, uniqueName } from './harness.ts';

const possible = process.platform === 'linux' && python !== undefined;

test.runIf(possible)(
  'a program that only knows the published text reads the dictionary, from new processes, again and again',
  async () => {
    const name = uniqueName();
    const hammer = await startHammer({ name, tickers: 5, bars: 300, mode: 'ticks', pauseMs: 20 });
    for (let i = 0; i < count(6, 200); i++) {
      const outcome = await run('/usr/bin/env', [
        python as string,
        script('text_reader.py'),
        name,
        `T${i % 5}`,
      ]);
      expect(outcome.code, outcome.err).toBe(0);
      expect(JSON.parse(outcome.out)).toMatchObject({
        header: { version: 1, writer_pid: hammer.pid },
        bars: 20,
      });
    }
    expect(await endHammer(hammer)).toBe(0);
    expect(fs.readdirSync('/dev/shm').filter((entry) => entry.includes(name))).toEqual([]);
  },
);
