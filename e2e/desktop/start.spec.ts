import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, runtime, test } from './desktop-app.ts';
import { root } from './runtime.ts';

const run = promisify(execFile);

test('starts, says ready on standard output and shows the tickers', async ({ desktop }) => {
  const page = await desktop.page();
  const ready = await desktop.ready;
  expect(ready).toMatchObject({
    event: 'ready',
    mode: 'desktop',
    pid: desktop.process.pid,
    dataDir: desktop.dataDir,
  });
  await expect(page.getByRole('main')).toContainText('AAPL');
  await expect(page.getByRole('main')).toHaveAttribute('data-live', 'true');
});

test('the page is of the app’s own origin and asks nothing of the network', async ({ desktop }) => {
  const page = await desktop.page();
  await expect(page.getByRole('main')).toContainText('AAPL');
  const url = await desktop.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getURL(),
  );
  expect(url).toBe('app://gatehouse/index.html');
  const asked = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin),
  );
  expect(new Set(asked)).toEqual(new Set([await page.evaluate(() => location.origin)]));
});

test('the window greys while the main process is silent, and is live again after', async ({
  desktop,
}) => {
  const page = await desktop.page();
  await desktop.ready;
  await expect(page.getByRole('main')).toHaveAttribute('data-live', 'true');
  // The page watches itself, because nothing can be asked of it through a process that is stuck.
  await page.evaluate(() => {
    const main = document.querySelector('main');
    new MutationObserver(() => {
      if (main?.dataset['live'] === 'false') document.body.dataset['greyed'] = 'yes';
    }).observe(main as Node, { attributes: true });
  });
  await desktop.app.evaluate(() => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_500);
  });
  await expect(page.locator('body')).toHaveAttribute('data-greyed', 'yes');
  await expect(page.getByRole('main')).toHaveAttribute('data-live', 'true');
});

test('the same program answers over HTTP beside the window', async ({ desktop }) => {
  const { http } = await desktop.ready;
  const answer = await fetch(`http://${http.host}:${http.port}/api/v1/health`);
  expect(answer.status).toBe(200);
});

test('help and refused options end it without a window', async ({ dataDir }) => {
  const start = (option: string) =>
    run(runtime.program, [root, `--data-dir=${dataDir}`, option]).catch((error) => error);
  expect((await start('--help')).stdout).toContain('--http-port');
  const slip = await start('--htp-port=1');
  expect(slip).toMatchObject({ code: 2, stdout: '' });
  expect(slip.stderr).toContain('Did you mean --http-port?');
  expect(await start('--http-port=99999')).toMatchObject({ code: 78, stdout: '' });
});
