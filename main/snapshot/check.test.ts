import fs from 'node:fs';
import { expect, test } from 'vitest';
import { checkSharedMemory } from './check.ts';
import { linuxSegments } from './os/linux.ts';
import { temporaryFolder } from './proofs/harness.ts';

const onLinux = process.platform === 'linux';

test.runIf(onLinux)('a check of working shared memory leaves nothing behind', () => {
  const folder = temporaryFolder();
  expect(checkSharedMemory(1 << 16, () => linuxSegments({ folder }))).toEqual({ ok: true });
  expect(fs.readdirSync(folder)).toEqual([]);
});

test.runIf(onLinux)('a check names what is wrong and what to do', () => {
  const folder = temporaryFolder();
  const full = checkSharedMemory(1 << 16, () => linuxSegments({ folder, allocate: () => 28 }));
  expect(full).toMatchObject({ ok: false, code: 'SHM_FULL' });
  const gone = checkSharedMemory(1 << 16, () => linuxSegments({ folder: `${folder}/none` }));
  expect(gone).toMatchObject({ ok: false, code: 'SHM_SYSTEM', advice: expect.any(String) });
  expect(fs.readdirSync(folder)).toEqual([]);
});
