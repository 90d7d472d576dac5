import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { acquireLock, type Lock, type LockRefused } from './lock.ts';

function lockPath(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gatehouse-lock-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'lock');
}

function held(outcome: Lock | LockRefused): Lock {
  if ('heldBy' in outcome) throw new Error('the lock is taken');
  return outcome;
}

test('a second holder is refused and told who the first one is', () => {
  const file = lockPath();
  const lock = held(acquireLock(file, { http: 8000 }));
  expect(acquireLock(file)).toMatchObject({ heldBy: { pid: process.pid, http: 8000 } });
  lock.release();
});

test('a released lock leaves no file and can be taken again', () => {
  const file = lockPath();
  held(acquireLock(file)).release();
  expect(fs.existsSync(file)).toBe(false);
  held(acquireLock(file)).release();
});

test('a file left by a dead holder does not refuse the next one', () => {
  const file = lockPath();
  fs.writeFileSync(file, '{"pid":999999,"sinceMs":1}\n');
  held(acquireLock(file)).release();
});

test('a holder that cannot be read is still a refusal', () => {
  const file = lockPath();
  const lock = held(acquireLock(file));
  fs.writeFileSync(file, 'not JSON');
  expect(acquireLock(file)).toEqual({ heldBy: null });
  lock.release();
});

test('kill -9 frees the lock', async () => {
  const file = lockPath();
  const holder = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      `const { acquireLock } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)});
       acquireLock(${JSON.stringify(file)});
       console.log('held');
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  expect(acquireLock(file)).toMatchObject({ heldBy: { pid: holder.pid } });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  held(acquireLock(file)).release();
});
