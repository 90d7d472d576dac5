import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { calmArgs, type DesktopApp, expect, runtime, shown, test } from './desktop-app.ts';
import { root } from './runtime.ts';

const run = promisify(execFile);

async function isVisible(desktop: DesktopApp): Promise<boolean> {
  return desktop.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().some((window) => window.isVisible()),
  );
}

async function closeWindow(desktop: DesktopApp): Promise<void> {
  await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
}

test('the keys of the screens are shown, and work', async ({ desktop }) => {
  const page = await desktop.page();
  await expect(page.getByRole('navigation', { name: 'Screens' })).toContainText('Ctrl 7');
  await page.keyboard.press('Control+7');
  await expect(page.getByRole('region', { name: 'Settings' })).toBeVisible();
});

test('closing hides the window in the tray, the services go on, and the tray brings it back', async ({
  desktop,
}) => {
  await desktop.page();
  const { http } = await desktop.ready;
  await expect.poll(() => isVisible(desktop)).toBe(true);
  const before = (await desktop.state())?.services;
  await closeWindow(desktop);
  expect(await isVisible(desktop)).toBe(false);
  const health = await fetch(`http://${http.host}:${http.port}/api/v1/health`);
  expect(health.status).toBe(200);
  await desktop.choose('show');
  expect(await isVisible(desktop)).toBe(true);
  expect((await desktop.state())?.services).toEqual(before);
});

test('closing tells once that the app goes on', async ({ desktop }) => {
  test.skip(runtime.kind !== 'double', 'Electron does not tell which notifications were shown.');
  await desktop.page();
  await desktop.ready;
  await closeWindow(desktop);
  await desktop.choose('show');
  await closeWindow(desktop);
  const titles = await desktop.app.evaluate(({ Notification }) =>
    (Notification as unknown as { all(): { title: string }[] }).all().map(({ title }) => title),
  );
  expect(titles).toEqual(['Gatehouse goes on in the tray']);
});

test('a crashed renderer comes back by itself and no service notices', async ({ desktop }) => {
  const page = await desktop.page();
  await desktop.ready;
  await expect(page.getByRole('main')).toContainText('AAPL');
  const before = await desktop.state();
  const again = desktop.app.waitForEvent('window');
  await desktop.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
  );
  const second = await shown(await again);
  await expect(second.getByRole('main')).toContainText('AAPL');
  await expect.poll(() => isVisible(desktop)).toBe(true);
  const after = await desktop.state();
  expect(after?.services).toEqual(before?.services);
  expect(after?.app.pid).toBe(before?.app.pid);
});

test('a renderer that crashes in a loop is brought back later and later', async ({ desktop }) => {
  await desktop.page();
  await desktop.ready;
  for (const _ of [1, 2]) {
    const again = desktop.app.waitForEvent('window');
    await desktop.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
    );
    await shown(await again);
  }
  const waits = [...desktop.log.matchAll(/"againInMs":(\d+)/g)].map(([, ms]) => Number(ms));
  expect(waits).toEqual([0, 1_000]);
});

test('a second instance brings the first to the front, whatever it is told', async ({
  desktop,
}) => {
  await desktop.page();
  await desktop.ready;
  await closeWindow(desktop);
  const before = await desktop.state();
  const hostile = [
    '--user-data-dir',
    '../../etc',
    'gatehouse://quit?now',
    'javascript:alert(1)',
    '--inspect=0.0.0.0:9229',
    '%00',
    'x'.repeat(50_000),
  ];
  for (const extra of [[], ...hostile.map((word) => [word])]) {
    // Its own options come last, because the first word is the app.
    const second = await run(runtime.program, [root, `--data-dir=${desktop.dataDir}`, ...extra], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: undefined },
    }).then(
      () => 0,
      (error) => error.code,
    );
    // What it cannot read it refuses (2); sent elsewhere it finds the data folder taken (69).
    expect([0, 2, 69]).toContain(second);
  }
  await expect.poll(() => isVisible(desktop)).toBe(true);
  expect(
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length),
  ).toBe(1);
  expect((await desktop.state())?.services).toEqual(before?.services);
});

for (const [what, text] of [
  ['half a file', '{"bounds":{"x":12'],
  ['nonsense', '\u0000\u0001\u0002'],
  [
    'a place on no display',
    JSON.stringify({
      bounds: { x: 90_000, y: 90_000, width: 900, height: 600 },
      maximized: false,
      toldAboutTray: true,
    }),
  ],
] as const) {
  test(`a window-state file with ${what} costs the place, never the start`, async ({
    dataDir,
    launch,
  }) => {
    fs.writeFileSync(path.join(dataDir, 'window.json'), text);
    const desktop = await launch();
    const page = await desktop.page();
    await expect(page.getByRole('main')).toContainText('AAPL');
    const bounds = await desktop.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.getBounds(),
    );
    expect(bounds?.x).toBeLessThan(10_000);
    expect(await desktop.quit()).toBe(0);
    const kept = JSON.parse(fs.readFileSync(path.join(dataDir, 'window.json'), 'utf8'));
    expect(kept.bounds.width).toBeGreaterThan(0);
  });
}

test('the window opens where it was left', async ({ launch }) => {
  const first = await launch();
  await first.page();
  await first.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 50, width: 777, height: 555 }),
  );
  expect(await first.quit()).toBe(0);
  const second = await launch();
  await second.page();
  const bounds = await second.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getBounds(),
  );
  expect(bounds).toMatchObject({ width: 777, height: 555 });
});

test('sleep and waking up reach the services, which go on', async ({ desktop }) => {
  const page = await desktop.page();
  await desktop.ready;
  await desktop.app.evaluate(({ powerMonitor }) => {
    powerMonitor.emit('suspend');
    powerMonitor.emit('resume');
  });
  await expect.poll(() => desktop.log).toContain('the machine woke up');
  expect(desktop.log).toContain('the machine goes to sleep');
  await expect(page.getByRole('main')).toHaveAttribute('data-live', 'true');
});

test.describe('without a tray', () => {
  test.skip(runtime.kind !== 'double', 'Only the double can be told to have no tray.');

  test('the app starts, and closing its window quits in order', async ({ launch }) => {
    const desktop = await launch({ args: calmArgs, env: { ELECTRON_DOUBLE_NO_TRAY: '1' } });
    const page = await desktop.page();
    await desktop.ready;
    await expect(page.getByRole('main')).toContainText('AAPL');
    expect(await desktop.tray()).toBeNull();
    const ended = desktop.ended();
    await closeWindow(desktop).catch(() => {});
    expect(await ended).toBe(0);
  });
});
