import fs from 'node:fs';
import { expect, test } from './desktop-app.ts';

const segment = `gh-desktop-${process.pid}`;

const args = ['--demo', '--ndjson-port=0', '--http-port=0', `--shm-name=${segment}`] as const;

test('the demo shows tickers live, and the tray is at ease', async ({ launch }) => {
  const desktop = await launch({ args });
  const page = await desktop.page();
  expect((await desktop.ready).ib.demo).toBe(true);
  await expect
    .poll(async () => Object.values((await desktop.state())?.tickers ?? {}).some((t) => t.rate > 0))
    .toBe(true);
  await expect(page.getByTestId('headline')).toContainText('Live');
  await expect(page.locator('[data-ticker=AAPL]')).toBeVisible();
  await expect.poll(async () => (await desktop.tray())?.image).toContain('/ok');
  expect((await desktop.tray())?.toolTip).toContain('Gatehouse (demo): Live');
});

test('the session is closed and opened from the tray', async ({ launch }) => {
  const desktop = await launch({ args });
  await desktop.ready;
  await expect.poll(async () => (await desktop.state())?.connection.phase).toBe('connected');
  await expect.poll(async () => (await desktop.tray())?.items['disconnect: Disconnect']).toBe(true);
  await desktop.choose('disconnect');
  await expect.poll(async () => (await desktop.state())?.connection.phase).toBe('disconnected');
  await expect.poll(async () => (await desktop.tray())?.image).toContain('paused');
  await desktop.choose('connect');
  await expect.poll(async () => (await desktop.state())?.connection.phase).toBe('connected');
});

test('quits in order in the middle of the demo’s first download', async ({ launch }) => {
  // So many days take long enough to be met in the middle.
  const desktop = await launch({ args, env: { GATEHOUSE_HISTORY_DOWNLOAD_DAYS: '3650' } });
  await expect.poll(async () => (await desktop.state())?.history.downloading).toBe(true);
  expect(await desktop.quit()).toBe(0);
  const left = fs.existsSync('/dev/shm') ? fs.readdirSync('/dev/shm') : [];
  expect(left.filter((name) => name.startsWith(segment))).toEqual([]);
  expect(desktop.log).not.toContain('the stop was not orderly');
});
