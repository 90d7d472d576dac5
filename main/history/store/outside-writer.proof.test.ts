import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { count } from '../../../testing/counts.ts';
import { barsOf } from '../../kit/bar-columns.ts';
import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { workBar, workBars, workSeries } from '../testing/store-work.ts';
import { BarStore } from './bar-store.ts';
import { describeReport } from './parse-file.ts';

const outsideRows = `
const fs = require('node:fs');
const [path, from, to] = process.argv.slice(1);
let minute = Number(from);
function write(fd) {
  const time = new Date(Date.UTC(2026, 0, 5, 14, 30) + minute * 60000).toISOString();
  fs.writeSync(fd, time.slice(0, 19).replace('T', ' ') + '+00:00,1,2,1,1.5,' + minute + '\\n');
  fs.closeSync(fd);
  minute++;
}
`;

/** Opens, writes one row and closes, again and again, as a script of somebody else does. */
const appender = `${outsideRows}
while (minute < Number(to)) write(fs.openSync(path, 'a'));
`;

/** Is slow between opening and writing, goes on until its input ends, and then says which minute would be next. */
const slowAppender = `${outsideRows}
let ended = false;
process.stdin.on('end', () => (ended = true)).resume();
function next() {
  if (ended) return console.log(minute);
  const fd = fs.openSync(path, 'a');
  setTimeout(() => (write(fd), setTimeout(next, 75)), 25);
}
next();
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

/** What is odd in the file as a start finds it and makes it. */
async function oddities(dir: string): Promise<readonly string[]> {
  const store = new BarStore(dir, systemClock, silentLog);
  store.open();
  const loaded = store.read(workSeries);
  await store.close();
  if (!loaded.ok) return [loaded.reason];
  return describeReport(loaded.report).filter((line) => !line.includes('out of order'));
}

it('an outside program loses no row, and has none doubled, while the process beside it is killed again and again', async () => {
  const dir = fs.mkdtempSync(join(os.tmpdir(), 'outside-killed-'));
  const before = new BarStore(dir, systemClock, silentLog);
  before.open();
  const minutes = 4000;
  await before.merge(
    workSeries,
    workBars(0, minutes).filter((_, nth) => nth % 2 === 0),
  );
  await before.close();
  const first = 10_000;
  const args = ['-e', slowAppender, before.path(workSeries), String(first)];
  const outside = spawn(process.execPath, args);
  let last = '';
  outside.stdout.on('data', (chunk: Buffer) => {
    last += chunk.toString();
  });
  const ended = new Promise((done) => outside.on('close', done));
  const child = fileURLToPath(new URL('../testing/holes-child.ts', import.meta.url));
  let filled = 0;
  for (let nth = 0; nth < count(3, 60); nth++) {
    const work = ['--import', 'tsx', child, dir, String(filled)];
    const filling = spawn(process.execPath, work, { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    filling.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      if (told.includes('filled'))
        setTimeout(() => filling.kill('SIGKILL'), 300 + ((nth * 37) % 300));
    });
    await new Promise((done) => filling.on('close', done));
    expect(await oddities(dir)).toEqual([]);
    filled += told.split('\n').filter((line) => line.startsWith('filled')).length;
  }
  outside.stdin.end();
  await ended;
  expect(await oddities(dir)).toEqual([]);
  const loaded = before.read(workSeries);
  if (!loaded.ok) throw new Error(loaded.reason);
  const bars = barsOf(loaded.columns);
  const ours = new Set(bars.map(({ t }) => t));
  expect(filled).toBeGreaterThan(0);
  for (let hole = 0; hole < filled; hole++) expect(ours.has(workBar(2 * hole + 1).t)).toBe(true);
  expect(bars.filter(({ volume }) => volume >= first).map(({ volume }) => volume)).toEqual(
    Array.from({ length: Number(last) - first }, (_, nth) => first + nth),
  );
  fs.rmSync(dir, { recursive: true });
}, 600_000);
