import { expect, test } from './desktop-app.ts';

const args = [
  '--demo',
  '--ndjson-port=0',
  '--http-port=0',
  `--shm-name=gh-desktop-${process.pid}`,
] as const;

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
