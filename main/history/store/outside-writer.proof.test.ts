import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { count } from '../../../testing/counts.ts';
import { barsOf } from '../../kit/bar-columns.ts';
import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { workBar, workBars, workSeries } from '../testing/store-work.ts';
import { BarStore } from './bar-store.ts';
import { describeReport } from './parse-file.ts';

/** Opens, writes one row and closes, again and again, as a script of somebody else does. */
const appender = `
const fs = require('node:fs');
const [path, from, to] = process.argv.slice(1);
const t0 = Date.UTC(2026, 0, 5, 14, 30);
for (let minute = Number(from); minute < Number(to); minute++) {
  const time = new Date(t0 + minute * 60000).toISOString().slice(0, 19).replace('T', ' ');
  const fd = fs.openSync(path, 'a');
  fs.writeSync(fd, time + '+00:00,1,2,1,1.5,' + minute + '\\n');
  fs.closeSync(fd);
}
`;

it('an outside program that appends to the same file loses no row while holes are filled', async () => {
  const dir = fs.mkdtempSync(join(os.tmpdir(), 'outside-'));
  const store = new BarStore(dir, systemClock, silentLog);
  store.open();
  const holes = count(60, 250);
  const rows = count(3000, 20_000);
  const first = 10_000;
  const seeded = workBars(0, 2 * holes).filter((_, nth) => nth % 2 === 0);
  await store.merge(workSeries, seeded);
  const path = store.path(workSeries);
  const outside = spawn(
    process.execPath,
    ['-e', appender, path, String(first), String(first + rows)],
    {
      stdio: 'inherit',
    },
  );
  const ended = new Promise((done) => outside.on('close', done));
  for (let hole = 0; hole < holes; hole++) {
    for (;;) {
      const result = await store.merge(workSeries, [workBar(2 * hole + 1)]);
      if (result.ok) break;
      expect(['busy', 'unstable']).toContain(result.reason);
    }
  }
  expect(await ended).toBe(0);
  await store.close();
  const loaded = store.read(workSeries);
  if (!loaded.ok) throw new Error(loaded.reason);
  expect(describeReport(loaded.report).filter((line) => !line.includes('out of order'))).toEqual(
    [],
  );
  const bars = barsOf(loaded.columns);
  expect(bars.slice(0, 2 * holes)).toEqual(workBars(0, 2 * holes));
  expect(bars.slice(2 * holes).map(({ volume }) => volume)).toEqual(
    Array.from({ length: rows }, (_, nth) => first + nth),
  );
  fs.rmSync(dir, { recursive: true });
}, 120_000);
