import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { silentLog } from '../kit/log.ts';
import { StateFile } from './state-file.ts';

it('is replaced whole, tried again when the disk refused, and read as nothing when broken', () => {
  const dir = fs.mkdtempSync(join(os.tmpdir(), 'state-'));
  const folder = join(dir, 'state');
  const file = new StateFile(folder, 'one.json', silentLog);
  expect(file.read()).toBeUndefined();
  file.write(undefined);
  expect(fs.existsSync(folder)).toBe(false);
  file.write([1]);
  expect(file.read()).toEqual([1]);

  fs.renameSync(folder, join(dir, 'away'));
  fs.writeFileSync(folder, 'in the way');
  file.write([2]);
  fs.rmSync(folder);
  file.write(undefined, true);
  expect(file.read()).toEqual([2]);
  expect(fs.readdirSync(folder)).toEqual(['one.json']);

  fs.writeFileSync(join(folder, 'one.json'), '{"half');
  expect(file.read()).toBeUndefined();
  fs.rmSync(dir, { recursive: true });
});
