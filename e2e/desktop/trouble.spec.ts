import net from 'node:net';
import { expect, test } from './desktop-app.ts';

test('a port that is taken is shown in the window, and the app stays up', async ({ launch }) => {
  const squatter = net.createServer();
  await new Promise<void>((done) => squatter.listen(0, '127.0.0.1', done));
  const { port } = squatter.address() as net.AddressInfo;
  const desktop = await launch({
    args: ['--lightweight', `--ndjson-port=${port}`, '--http-port=0', '--no-shm'],
  });
  const page = await desktop.page();
  await expect(page.getByText(/NDJSON server does not start/)).toBeVisible();
  await expect(page.getByRole('main')).toHaveAttribute('data-live', 'true');
  await expect.poll(async () => (await desktop.tray())?.image).toContain('error');
  expect((await desktop.tray())?.toolTip).toContain('NDJSON server does not start');
  // Once the port is free the service comes by itself, and only then the app says ready.
  await new Promise((done) => squatter.close(done));
  expect((await desktop.ready).ndjson.port).toBe(port);
  await expect.poll(async () => (await desktop.tray())?.image).not.toContain('error');
});

test('a data folder that another Gatehouse uses is refused in words', async ({
  launch,
  dataDir,
}) => {
  const first = await launch();
  await first.ready;
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const { root } = await import('./runtime.ts');
  const headless = await promisify(execFile)(process.execPath, [
    `${root}/out/main/cli.js`,
    'headless',
    '--lightweight',
    `--data-dir=${dataDir}`,
    '--ndjson-port=0',
    '--http-port=0',
    '--no-shm',
  ]).catch((error) => error);
  expect(headless.code).toBe(69);
  expect(headless.stderr).toContain('uses the data folder');
});
