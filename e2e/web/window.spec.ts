import { expect, test } from '@playwright/test';
import { NdjsonClient } from '../support/ndjson.ts';
import { apart, Program } from '../support/program.ts';

let program: Program;
let address: string;
let ndjsonPort: number;

test.beforeEach(async () => {
  program = new Program(['headless', '--lightweight', ...apart()]);
  const ready = await program.ready();
  address = `http://127.0.0.1:${ready.http.port}/`;
  ndjsonPort = ready.ndjson.port;
});

test.afterEach(async () => {
  await program.stop();
});

test('shows the services, the session, the epoch and every ticker', async ({ page }) => {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  await page.goto(address);
  await expect(page.getByTestId('headline')).toHaveText(/20 tickers with random quotes/);
  for (const service of ['snapshot', 'ndjson', 'http']) {
    await expect(page.locator(`[data-service=${service}]`)).toHaveAttribute(
      'data-phase',
      'running',
    );
  }
  await expect(page.getByTestId('connection')).toContainText('no gateway');
  await expect(page.getByTestId('epoch')).toHaveText(/^\d*[02468]$/);
  await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', '21');
  await expect(page.locator('[data-ticker=AAPL]')).toBeVisible();
  expect(faults).toEqual([]);
});

test('shows who holds the session, and takes it back when asked to', async ({ page }) => {
  await page.goto(address);
  await expect(page.getByTestId('reservation')).toContainText('Nobody holds');
  const client = new NdjsonClient(ndjsonPort);
  await client.ask('acquire_ibkr', { client: 'my-algo' });
  await expect(page.getByTestId('reservation')).toContainText('my-algo');
  await expect(page.getByTestId('headline')).toContainText('lent to my-algo');

  await page.getByRole('button', { name: 'Release now' }).click();
  await page.getByRole('button', { name: 'Release now' }).last().click();
  await expect(page.getByTestId('reservation')).toContainText('Nobody holds');
  client.close();
});

test('a recall from the window reaches the holder', async ({ page }) => {
  const client = new NdjsonClient(ndjsonPort);
  await client.ask('acquire_ibkr');
  await page.goto(address);
  await page.getByRole('button', { name: 'Ask for it back' }).click();
  expect(await client.read()).toMatchObject({
    id: null,
    op: 'release_ibkr',
    data: { status: 'release_requested' },
  });
  await expect(page.getByTestId('reservation')).toContainText('asked to give it back');
  client.close();
});

test('a stopped service is shown so, and started again from the window', async ({ page }) => {
  await page.goto(address);
  const card = page.locator('[data-service=ndjson]');
  await card.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
  await expect(card).toHaveAttribute('data-phase', 'stopped');
  await expect(card).toContainText('Programs are cut off, get no quotes');
  await expect(page.getByTestId('headline')).toContainText('Stopped by hand: NDJSON server');
  await expect(page.getByTestId('headline').locator('[data-level=paused]')).toBeVisible();
  await card.getByRole('button', { name: 'Start' }).click();
  await expect(card).toHaveAttribute('data-phase', 'running');
  const client = new NdjsonClient(ndjsonPort);
  expect((await client.ask('list_tickers')).data).toHaveLength(20);
  client.close();
});

test('stopping the snapshot takes the shared memory and leaves the quotes, as it says', async ({
  page,
}) => {
  await page.goto(address);
  const card = page.locator('[data-service=snapshot]');
  await card.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('dialog')).toContainText('Quotes and the epoch go on');
  await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
  await expect(card).toHaveAttribute('data-phase', 'stopped');
  const client = new NdjsonClient(ndjsonPort);
  expect((await client.ask('get_quote', { ticker: 'AAPL' })).data).toHaveProperty('price');
  expect((await client.ask('get_shm_name')).error?.code).toBe('NOT_FOUND');
  client.close();
});

test('a refusal stands under its button and moves no other', async ({ page }) => {
  await page.routeWebSocket('**/ws', (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const message = JSON.parse(String(text));
      if (message.name !== 'service.restart') return server.send(text);
      const error = { code: 'BUSY', message: 'It cannot be restarted just now, for a reason.' };
      socket.send(JSON.stringify({ kind: 'answer', id: message.id, result: { ok: false, error } }));
    });
  });
  await page.goto(address);
  const card = page.locator('[data-service=snapshot]');
  const stop = card.getByRole('button', { name: 'Stop' });
  const restart = card.getByRole('button', { name: 'Restart' });
  await restart.click();
  await expect(card.getByRole('alert')).toContainText('cannot be restarted');
  const [one, other] = [await stop.boundingBox(), await restart.boundingBox()];
  expect(one?.y).toBe(other?.y);
  const [inner, outer] = [await card.getByRole('alert').boundingBox(), await card.boundingBox()];
  expect((inner?.x ?? 0) + (inner?.width ?? 0)).toBeLessThan((outer?.x ?? 0) + (outer?.width ?? 0));
});

test('says that it is not live when the program is gone', async ({ page }) => {
  await page.goto(address);
  await expect(page.getByRole('main')).toHaveAttribute('data-live', 'true');
  program.child.kill('SIGSTOP');
  await expect(page.getByTestId('not-live')).toBeVisible();
  await expect(page.getByRole('main')).toHaveAttribute('data-live', 'false');
  await expect(page.getByRole('alert')).toContainText('This is how things were at');
  for (const button of await page.getByRole('main').getByRole('button').all()) {
    await expect(button).toBeDisabled();
  }
  program.child.kill('SIGCONT');
  await expect(page.getByRole('main')).toHaveAttribute('data-live', 'true');
});

test('the screens have addresses, and the log shows what was written', async ({ page }) => {
  await page.goto(`${address}#feeds`);
  await page.getByLabel('Filter the tickers').fill('brk');
  await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', '2');
  await expect(page.getByRole('navigation', { name: 'Screens' })).not.toContainText('Ctrl');
  await page.keyboard.press('Control+6');
  await expect(page.getByRole('log')).toContainText('the window is served');
  await page.goBack();
  await expect(page.getByLabel('Filter the tickers')).toBeVisible();
});

test('speaks of no gateway where there is none', async ({ page }) => {
  await page.goto(`${address}#connection`);
  const main = page.getByRole('main');
  await expect(main).toContainText('no gateway');
  await expect(main).not.toContainText(/127\.0\.0\.1|0 of 0/);
});

test('shows connected programs and disconnects one', async ({ page }) => {
  const client = new NdjsonClient(ndjsonPort);
  await client.ask('list_tickers');
  await page.goto(`${address}#programs`);
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await expect(page.getByText('No program is connected')).toBeVisible();
  await expect(client.read()).rejects.toThrow('closed');
});

test('shows each program by its name, and which holds the session and which waits', async ({
  page,
}) => {
  const [holder, waiter, reader] = [1, 2, 3].map(() => new NdjsonClient(ndjsonPort));
  await holder?.ask('acquire_ibkr', { client: 'my-algo' });
  await waiter?.ask('acquire_ibkr', { client: 'the-next', wait_ms: 60_000 });
  await reader?.ask('hello', { client: 'a-chart' });
  await page.goto(`${address}#programs`);
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  await expect(row('my-algo')).toContainText('holds it');
  await expect(row('the-next')).toContainText('waits for it');
  await expect(row('a-chart')).not.toContainText(/holds|waits/);
  holder?.close();
  await expect(page.getByText('lent to my-algo, which is not connected')).toBeVisible();
  waiter?.close();
  reader?.close();
});

for (const scheme of ['light', 'dark'] as const) {
  test(`the ${scheme} theme follows the system and can be switched`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto(address);
    const html = page.locator('html');
    await expect(html).toHaveAttribute('data-mantine-color-scheme', scheme);
    const other = scheme === 'light' ? 'dark' : 'light';
    await page.getByRole('button', { name: `Use the ${other} theme` }).click();
    await expect(html).toHaveAttribute('data-mantine-color-scheme', other);
  });
}

test('a setting is changed in the window, checked, and kept for the next start', async ({
  page,
}) => {
  await page.goto(`${address}#settings`);
  const row = page.locator('[data-setting="history.batch_size"]');
  await row.getByRole('textbox').fill('none');
  await row.getByRole('button', { name: 'Save' }).click();
  await expect(row.getByRole('alert')).toContainText('must be a whole number');
  await row.getByRole('textbox').fill('7');
  await row.getByRole('button', { name: 'Save' }).click();
  await expect(row.getByText('restart needed')).toBeVisible();
  await expect(page.getByRole('main')).not.toContainText('`');
  const fixed = page.locator('[data-setting="ndjson.port"]');
  await expect(fixed.getByRole('textbox')).toBeDisabled();
  await expect(fixed).toContainText('option --ndjson-port');
});

test('says whose money it is in full on a narrow screen', async ({ page }) => {
  await page.setViewportSize({ width: 380, height: 800 });
  await page.goto(address);
  const badge = page.getByRole('banner').getByText('lightweight', { exact: true });
  await expect(badge).toBeVisible();
  const [needed, given] = await badge.evaluate((text) => [text.scrollWidth, text.clientWidth]);
  expect(needed).toBeLessThanOrEqual(given as number);
  const [wide, screen] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    window.innerWidth,
  ]);
  expect(wide).toBeLessThanOrEqual(screen as number);
});
