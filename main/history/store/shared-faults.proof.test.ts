import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { count } from '../../../testing/counts.ts';
import { FakeClock } from '../../../testing/fake-clock.ts';
import { barsOf } from '../../kit/bar-columns.ts';
import { silentLog } from '../../kit/log.ts';
import { type Fault, faultDisk } from '../testing/fault-disk.ts';
import { corrected, doSharedWork, OutsideWriter, outsideBar } from '../testing/outside-writer.ts';
import { expectedAfter, workSeries, workSteps } from '../testing/store-work.ts';
import { BarStore } from './bar-store.ts';
import { formatTime } from './format.ts';
import { quietMs } from './stability.ts';

// Much of the work is the disk's, which others may keep busy.
vi.setConfig({ testTimeout: count(120_000, 1_800_000) });

let dir: string;

beforeEach(() => {
  dir = fs.mkdtempSync(join(os.tmpdir(), 'shared-faults-'));
});

afterEach(() => {
  fs.rmSync(dir, { recursive: true });
});

interface Told {
  /** How many steps were acknowledged. */
  steps: number;
  /** How many rows the other program has in the file. */
  rows: number;
}

const correction = workSteps.findIndex((bars, step) => step > 0 && bars[0]?.t === corrected.t);

function bars(store: BarStore) {
  const loaded = store.read(workSeries);
  if (!loaded.ok) throw new Error(loaded.reason);
  expect(loaded.report.faults).toEqual([]);
  return new Map(barsOf(loaded.columns).map((bar) => [bar.t, bar]));
}

/** Opens the store as after a restart: all that was acknowledged is there, and each row of the other program once. */
async function checkAfter(told: Told): Promise<void> {
  const clock = new FakeClock();
  const store = new BarStore(dir, clock, silentLog);
  store.open();
  if (told.steps > correction) expect(bars(store).get(corrected.t)).toEqual(corrected);
  for (const step of workSteps.slice(told.steps)) {
    let result = await store.merge(workSeries, step);
    if (!result.ok && result.reason === 'unstable') {
      clock.advance(quietMs);
      result = await store.merge(workSeries, step);
    }
    expect(result).toMatchObject({ ok: true });
  }
  await store.close();
  const found = bars(store);
  for (const [t, bar] of expectedAfter(workSteps.length)) expect(found.get(t)).toEqual(bar);
  const lines = fs.readFileSync(store.path(workSeries), 'utf8').split('\n');
  for (let nth = 0; nth < told.rows; nth++) {
    const { t } = outsideBar(nth);
    expect(found.get(t)).toEqual(outsideBar(nth));
    expect(lines.filter((line) => line.startsWith(formatTime(t)))).toHaveLength(1);
  }
  const left = fs.readdirSync(join(dir, '.gatehouse'));
  expect(left.filter((name) => name.endsWith('.old') || name.endsWith('.new'))).toEqual([]);
}

async function work(at: number, fault: Fault): Promise<Told & { readonly operations: number }> {
  const told = { steps: 0, rows: 0 };
  const clock = new FakeClock();
  const disk = faultDisk(at, fault);
  const path = new BarStore(dir, clock, silentLog).path(workSeries);
  const outside = new OutsideWriter(path, disk, () => told.rows++);
  const store = new BarStore(dir, clock, silentLog, outside.disk);
  store.open();
  await doSharedWork(store, outside, () => {
    told.steps++;
    clock.advance(300);
  });
  await store.close();
  return { ...told, operations: disk.operations() };
}

describe('a file shared with a program that writes at the worst moments', () => {
  it.each(['fail', 'tear', 'stays-full'] as const)(
    'loses nothing of either when any operation of ours fails (%s)',
    async (fault) => {
      const { operations, ...whole } = await work(0, 'fail');
      expect(whole.steps).toBe(workSteps.length);
      expect(whole.rows).toBeGreaterThan(whole.steps);
      await checkAfter(whole);
      for (let at = 1; at <= operations; at += count(5, 1)) {
        fs.rmSync(dir, { recursive: true });
        fs.mkdirSync(dir);
        await checkAfter(await work(at, fault));
      }
    },
  );

  const child = fileURLToPath(new URL('../testing/shared-child.ts', import.meta.url));

  async function run(at: number, fault: Fault): Promise<Told> {
    const args = ['--import', 'tsx', child, dir, String(at), fault];
    const running = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    running.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await new Promise((ended) => running.on('close', ended));
    const lines = text.split('\n');
    const told = (what: string) => lines.filter((line) => line.startsWith(what)).length;
    return { steps: told('step'), rows: told('outside') };
  }

  it('loses nothing of either, and undoes no correction, when a kill -9 comes at any operation', async () => {
    for (let nth = 0; nth < count(3, 100); nth++) {
      const at = count(29 + nth * 25, nth + 1);
      for (const fault of ['kill', 'tear-and-kill'] as const) {
        fs.rmSync(dir, { recursive: true });
        fs.mkdirSync(dir);
        await checkAfter(await run(at, fault));
      }
    }
  });
});
