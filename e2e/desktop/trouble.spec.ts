import { execFile } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { apart, Program } from '../support/program.ts';
import { expect, runtime, test } from './desktop-app.ts';
import { root } from './runtime.ts';

const run = promisify(execFile);

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
  const headless = await run(process.execPath, [
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

test('a data folder that a headless Gatehouse uses is refused in words', async () => {
  const program = new Program(['headless', '--lightweight', ...apart()]);
  await program.ready();
  const folder = path.join(program.dataDir, 'data');
  const refused = await run(runtime.program, [root, '--lightweight', `--data-dir=${folder}`]).catch(
    (error) => error,
  );
  expect(refused).toMatchObject({ code: 69, stdout: '' });
  expect(refused.stderr).toContain('Another Gatehouse');
  expect((await program.stop()).code).toBe(0);
});
