import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'gh-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('makes a folder and those above it, and leaves one that is there as it is', () => {
  const folder = path.join(root, 'a', 'b');
  makeFolder(folder, 0o700);
  makeFolder(folder, 0o755);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it('refuses a path that leads through a file', () => {
  writeFileSync(path.join(root, 'file'), '');
  expect(() => makeFolder(path.join(root, 'file', 'x', 'y'))).toThrow(/ENOTDIR|EEXIST/);
});

it.runIf(process.platform === 'linux')('gives up where the system makes no folders', () => {
  expect(() => makeFolder('/proc/gatehouse/deep')).toThrow(/ENOENT|EACCES/);
});
