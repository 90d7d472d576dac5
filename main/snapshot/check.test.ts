import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { nameRefused } from './check.ts';
import { takeLock } from './leftovers.ts';
import { linuxSegments } from './os/linux.ts';
import { temporaryFolder } from './proofs/harness.ts';

const onLinux = process.platform === 'linux';

test.runIf(onLinux)('a name that nobody has may be taken, and asking leaves nothing behind', () => {
  const folder = temporaryFolder();
  expect(nameRefused('shm0', () => linuxSegments({ folder }))).toBeUndefined();
  expect(fs.readdirSync(folder)).toEqual([]);
});

test.runIf(onLinux)(
  'a name is refused while another process writes it, and where it stands for something else',
  () => {
    const folder = temporaryFolder();
    const os = linuxSegments({ folder });
    const lock = takeLock(os, 'shm0');
    expect(nameRefused('shm0', () => os)).toMatchObject({
      code: 'SHM_IN_USE',
      message: `process ${process.pid} is writing the segment shm0`,
    });
    lock.release();
    fs.mkdirSync(path.join(folder, 'shm0'));
    expect(nameRefused('shm0', () => os)).toMatchObject({ code: 'SHM_FOREIGN' });
    expect(nameRefused('shm0', () => linuxSegments({ folder: `${folder}/none` }))).toMatchObject({
      advice: expect.any(String),
    });
  },
);
