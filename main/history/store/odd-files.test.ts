import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workSeries } from '../testing/store-work.ts';
import { fileName } from './file-name.ts';

const child = fileURLToPath(new URL('../testing/doors-child.ts', import.meta.url));

let dir: string;
let path: string;

beforeEach(() => {
  dir = fs.mkdtempSync(join(os.tmpdir(), 'odd-files-'));
  path = join(dir, fileName(workSeries));
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

/** What every way to the file says. In a process of its own, since opening a pipe blocks all of it. */
function told(): Record<string, unknown> {
  const run = spawnSync(process.execPath, ['--import', 'tsx', child, dir], {
    encoding: 'utf8',
    timeout: 25_000,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = run.stdout.split('\n').slice(0, -1);
  return Object.fromEntries(lines.map((line) => JSON.parse(line)));
}

const everywhere = (reason: string) => ({
  rows: 0,
  read: reason,
  load: reason,
  'load aside': reason,
  scan: reason,
  merge: `unusable: ${reason}`,
});

describe.skipIf(process.platform === 'win32')('what bears the name of a bar file', () => {
  it.each([
    ['a pipe', () => execFileSync('mkfifo', [path]), 'it is no regular file'],
    ['a device', () => fs.symlinkSync('/dev/null', path), 'it is no regular file'],
    ['a directory', () => fs.mkdirSync(path), 'it is a directory'],
    [
      'a link to nothing',
      () => fs.symlinkSync(join(dir, 'nowhere', 'x.csv'), path),
      'it is a link that leads nowhere',
    ],
    ['a link to itself', () => fs.symlinkSync(path, path), 'it is a link that leads nowhere'],
  ])('is left alone and named everywhere when it is %s', (_, make, reason) => {
    make();
    expect(told()).toEqual(everywhere(reason));
  });
});
