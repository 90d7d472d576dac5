import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FakeClock } from '../../../testing/fake-clock.ts';
import { silentLog } from '../../kit/log.ts';
import { workBar, workSeries } from '../testing/store-work.ts';
import { BarStore } from './bar-store.ts';
import { realDisk } from './disk.ts';

it.each([
  ['ENOSPC', 'the disk is full', 'Make room'],
  ['EDQUOT', 'the quota of the disk is used up', 'Make room'],
  ['EROFS', 'the disk is read-only', 'Make the disk writable'],
  ['EACCES', 'the system refuses it (EACCES)', 'Allow Gatehouse to write'],
  ['EMFILE', 'too many files are open (EMFILE)', 'Allow more open files'],
  ['EIO', 'Error: it went wrong', 'Look at the disk'],
])('advises what helps against %s', async (code, why, advice) => {
  const dir = fs.mkdtempSync(join(os.tmpdir(), 'disk-fault-'));
  const open = () => {
    throw Object.assign(new Error('it went wrong'), { code });
  };
  const store = new BarStore(dir, new FakeClock(), silentLog, { ...realDisk, open });
  store.open();
  expect(await store.merge(workSeries, [workBar(0)])).toEqual({
    ok: false,
    reason: 'disk',
    message: `WORK_1m.csv could not be written: ${why}`,
    advice: expect.stringMatching(`^${advice}.*; what is missing is fetched afterwards\\.$`),
  });
  fs.rmSync(dir, { recursive: true });
});
