import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  doubleFolder,
  expect,
  firstPage,
  fixtureFolder,
  launchFixture,
  test,
} from './fixture-app.ts';

const run = promisify(execFile);
const executable = path.join(doubleFolder, 'electron');

test('closing a window may be refused, and hides it then', async ({ app, page }) => {
  const window = await app.browserWindow(page);
  await app.evaluate(() => {
    globalThis.fixture.closes = 'hide';
  });
  await window.evaluate((w) => w.close());
  expect(await window.evaluate((w) => [w.isDestroyed(), w.isVisible()])).toEqual([false, false]);
  await window.evaluate((w) => w.show());
  expect(await window.evaluate((w) => w.isVisible())).toBe(true);
  await app.evaluate(() => {
    globalThis.fixture.closes = 'destroy';
  });
});

test('a crashed renderer is reported and a new window can take its place', async ({
  app,
  page,
}) => {
  const next = app.waitForEvent('window');
  await (await app.browserWindow(page)).evaluate((w) => w.webContents.forcefullyCrashRenderer());
  const second = await next;
  await second.waitForURL((url) => url.pathname === '/index.html', { waitUntil: 'load' });
  expect(await app.evaluate(() => globalThis.fixture.gone.map(({ reason }) => reason))).toEqual([
    'crashed',
  ]);
  expect(await second.evaluate('fixture.add(1, 2)')).toBe(3);
});

test('a second instance tells the first and is refused', async ({ app, page, userData }) => {
  expect(page.url()).toContain('/index.html');
  const args = [fixtureFolder, `--user-data-dir=${userData}`, '--open', 'a b'];
  const second = await run(executable, args, { cwd: fixtureFolder }).catch((error) => error);
  expect(second.code).toBe(3);
  await expect
    .poll(() => app.evaluate(() => globalThis.fixture.seen))
    .toEqual([
      {
        second: [executable, ...args],
        cwd: fixtureFolder,
        data: { from: 'fixture' },
      },
    ]);
});

test('quit closes the browser and leaves no lock behind', async ({ userData }) => {
  const app = await launchFixture(userData);
  await firstPage(app);
  const child = app.process();
  await app.close();
  expect(child.exitCode).toBe(0);
  expect(fs.readdirSync(userData).filter((name) => name.startsWith('double-'))).toEqual([]);
});

test('SIGTERM quits in order', async ({ userData }) => {
  const child = spawn(executable, [fixtureFolder, `--user-data-dir=${userData}`], {
    cwd: fixtureFolder,
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  await expect
    .poll(() => fs.existsSync(path.join(userData, 'chromium', 'Default')), { timeout: 15_000 })
    .toBe(true);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('what the double lacks fails and names itself', async ({ app, page }) => {
  expect(page.url()).toContain('/index.html');
  const found = await app.evaluate((electron) => {
    const message = (call: () => unknown) => {
      try {
        return String(call());
      } catch (error) {
        return (error as Error).message;
      }
    };
    const [window] = electron.BrowserWindow.getAllWindows();
    return [
      message(() => electron.safeStorage),
      message(() => electron.app.getGPUInfo('basic')),
      message(() => window?.setProgressBar(1)),
      message(() => electron.app.on('continue-activity' as never, () => {})),
      message(() => new electron.BrowserWindow({ kiosk: true })),
      message(() => new electron.BrowserWindow({ webPreferences: { sandbox: false } })),
      message(() => electron.Menu.buildFromTemplate([{ label: 'x', before: ['y'] }])),
    ];
  });
  expect(found).toEqual([
    'The Electron double does not have electron.safeStorage.',
    'The Electron double does not have app#.getGPUInfo.',
    'The Electron double does not have BrowserWindow#.setProgressBar.',
    "The Electron double does not have the event 'continue-activity' of app.",
    "The Electron double does not have the option 'kiosk' of BrowserWindow.",
    'The Electron double does not have a page with webPreferences.sandbox: false.',
    "The Electron double does not have the option 'before' of MenuItem.",
  ]);
});

test('every call is written down', async ({ app, page }) => {
  expect(page.url()).toContain('/index.html');
  const calls = await app.evaluate(() => {
    const double = (globalThis as never)[Symbol.for('electron-double')] as {
      calls: { api: string; args: unknown[] }[];
    };
    return double.calls.filter(({ api }) => api.startsWith('Tray') || api === 'new BrowserWindow');
  });
  expect(calls.map(({ api }) => api)).toEqual([
    'Tray#setToolTip',
    'Tray#setContextMenu',
    'new BrowserWindow',
  ]);
  expect(calls[0]?.args).toEqual(['fixture']);
  expect(calls[2]?.args).toMatchObject([{ webPreferences: { sandbox: true } }]);
});

test('the app is told which runtime it runs on', async ({ app, page }) => {
  expect(page.url()).toContain('/index.html');
  expect(await app.evaluate(() => process.versions['electron'])).toBe('0.0.0-double');
});
