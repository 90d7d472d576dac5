import { execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { promisify } from 'node:util';
import { NdjsonClient } from '../support/ndjson.ts';
import { type DesktopApp, expect, test } from './desktop-app.ts';

const run = promisify(execFile);

function refused(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(false);
    });
    socket.once('error', () => done(true));
  });
}

async function childrenOf(pid: number): Promise<string> {
  return run('pgrep', ['-P', String(pid)]).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}

async function expectNothingLeft(desktop: DesktopApp): Promise<void> {
  const ready = await desktop.ready;
  expect(await refused(ready.ndjson.port)).toBe(true);
  expect(await refused(ready.http.port)).toBe(true);
  expect(await childrenOf(ready.pid)).toBe('');
}

test('an orderly quit ends with 0 and leaves no port, lock or child behind', async ({
  desktop,
  launch,
}) => {
  await desktop.page();
  await desktop.ready;
  expect(await desktop.quit()).toBe(0);
  await expectNothingLeft(desktop);
  // The same data folder can be used at once.
  const again = await launch();
  await again.ready;
  expect(await again.quit()).toBe(0);
});

test('quit in the middle of work waits for nobody who holds on', async ({ desktop }) => {
  const page = await desktop.page();
  const { ndjson } = await desktop.ready;
  const clients = Array.from({ length: 5 }, () => new NdjsonClient(ndjson.port));
  await (clients[0] as NdjsonClient).ask('acquire_ibkr');
  // Calls under way, a page that floods, programs that stay connected, and a quit asked twice.
  void page
    .evaluate(() =>
      Promise.all(Array.from({ length: 300 }, () => window.gatehouse.call('logs.read', {}))),
    )
    .catch(() => {});
  await desktop.app.evaluate(({ app }) => app.quit()).catch(() => {});
  expect(await desktop.quit()).toBe(0);
  await expectNothingLeft(desktop);
  for (const client of clients) client.close();
});

test('quit while it is still starting', async ({ desktop }) => {
  expect(await desktop.quit()).toBe(0);
});

test('SIGTERM stops it in order', async ({ desktop }) => {
  const { pid } = await desktop.ready;
  const ended = desktop.ended();
  process.kill(pid, 'SIGTERM');
  expect(await ended).toBe(0);
  await expectNothingLeft(desktop);
});

test('a system that shuts down is given an orderly stop', async ({ desktop }) => {
  await desktop.ready;
  const ended = desktop.ended();
  await desktop.app
    .evaluate(({ powerMonitor }) => {
      powerMonitor.emit('shutdown', { preventDefault() {} });
    })
    .catch(() => {});
  expect(await ended).toBe(0);
});

test('what the window remembers is written when it quits', async ({ desktop }) => {
  await desktop.page();
  await desktop.quit();
  expect(fs.existsSync(`${desktop.dataDir}/window.json`)).toBe(true);
});
