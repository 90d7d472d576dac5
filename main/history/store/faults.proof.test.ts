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
import { doWork, expectedAfter, workBar, workSeries, workSteps } from '../testing/store-work.ts';
import { BarStore } from './bar-store.ts';
import { describeReport } from './parse-file.ts';
import { quietMs } from './stability.ts';

// Much of the work is the disk's, which others may keep busy.
vi.setConfig({ testTimeout: count(120_000, 1_800_000) });

let dir: string;

beforeEach(() => {
  dir = fs.mkdtempSync(join(os.tmpdir(), 'bar-faults-'));
});

afterEach(() => {
  fs.rmSync(dir, { recursive: true });
});

/** Opens the store as after a restart and checks that the file is whole and nothing acknowledged is missing. */
async function checkAfter(steps: number): Promise<void> {
  const clock = new FakeClock();
  const store = new BarStore(dir, clock, silentLog);
  store.open();
  const everything = expectedAfter(workSteps.length);
  const before = store.read(workSeries);
  if (before.ok && before.report.tornBytes > 0) {
    expect(await store.merge(workSeries, [])).toMatchObject({ reason: 'unstable' });
    clock.advance(quietMs);
    expect(await store.merge(workSeries, [])).toMatchObject({ ok: true });
  }
  const loaded = store.read(workSeries);
  if (steps > 0 || loaded.ok) {
    if (!loaded.ok) throw new Error(loaded.reason);
    expect(describeReport(loaded.report)).toEqual([]);
    const found = new Map(barsOf(loaded.columns).map((bar) => [bar.t, bar]));
    for (const [t, bar] of expectedAfter(steps)) {
      // A step that was begun and not acknowledged may have corrected this one bar already.
      if (t === workBar(7).t && found.get(t)?.close === 55) continue;
      expect(found.get(t)).toEqual(bar);
    }
  }
  for (const bars of workSteps.slice(steps)) {
    expect(await store.merge(workSeries, bars)).toMatchObject({ ok: true });
  }
  const whole = store.read(workSeries);
  expect(whole.ok && barsOf(whole.columns)).toEqual(
    [...everything.values()].sort((a, b) => a.t - b.t),
  );
  await store.close();
  expect(fs.readdirSync(join(dir, '.gatehouse')).filter((name) => !name.endsWith('.log'))).toEqual(
    [],
  );
}

describe('a full disk', () => {
  it.each(['fail', 'tear'] as const)(
    'at any operation (%s) loses nothing acknowledged',
    async (fault) => {
      const whole = faultDisk(0, fault);
      const trial = new BarStore(dir, new FakeClock(), silentLog, whole);
      trial.open();
      await doWork(trial, () => {});
      await trial.close();
      expect(whole.operations()).toBeGreaterThan(40);
      const every = count(5, 1);
      for (let at = 1; at <= whole.operations(); at += every) {
        fs.rmSync(dir, { recursive: true });
        fs.mkdirSync(dir);
        const store = new BarStore(dir, new FakeClock(), silentLog, faultDisk(at, fault));
        store.open();
        let steps = 0;
        const failed = await doWork(store, () => steps++);
        if (failed) expect(failed).toMatchObject({ ok: false, reason: 'disk' });
        await store.close();
        await checkAfter(steps);
      }
    },
  );
});

describe('a kill -9', () => {
  const child = fileURLToPath(new URL('../testing/store-child.ts', import.meta.url));

  async function run(at: number, fault: Fault | 'none', killAfterMs?: number): Promise<number> {
    const work = spawn(process.execPath, ['--import', 'tsx', child, dir, String(at), fault], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    work.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      if (killAfterMs !== undefined) setTimeout(() => work.kill('SIGKILL'), killAfterMs);
    });
    await new Promise((ended) => work.on('close', ended));
    return told.split('\n').length - 1;
  }

  it('at any operation loses nothing acknowledged', async () => {
    const ats = count(3, 70);
    for (let nth = 0; nth < ats; nth++) {
      const at = count(9 + nth * 19, nth + 1);
      for (const fault of ['kill', 'tear-and-kill'] as const) {
        fs.rmSync(dir, { recursive: true });
        fs.mkdirSync(dir);
        await checkAfter(await run(at, fault));
      }
    }
  });

  it('at any moment loses nothing acknowledged', async () => {
    for (let nth = 0; nth < count(2, 60); nth++) {
      fs.rmSync(dir, { recursive: true });
      fs.mkdirSync(dir);
      await checkAfter(await run(0, 'none', (nth % 20) / 2));
    }
  });
});
