import { expect, type Page, test } from '@playwright/test';
import { Gateway } from '../support/gateway.ts';
import { NdjsonClient } from '../support/ndjson.ts';
import { apart, Program } from '../support/program.ts';

let gateway: Gateway;
let program: Program;
let address: string;
let ndjsonPort: number;

type Fault = readonly [name: string, parameters: object];

const watchlist = ['MSFT', '7203', 'AAPL', 'KO'];

/** The faults stand before the program connects. */
async function start(page: Page, screen: string, faults: readonly Fault[] = []): Promise<void> {
  gateway = new Gateway();
  const port = await gateway.ready();
  for (const [name, parameters] of faults) await gateway.fault(name, parameters);
  program = new Program([
    ...['headless', '--ib-port', String(port), '--watchlist', watchlist.join(',')],
    ...apart(),
  ]);
  const { http, ndjson } = await program.ready();
  address = `http://127.0.0.1:${http.port}/`;
  ndjsonPort = ndjson.port;
  await page.goto(`${address}#${screen}`);
}

test.afterEach(async () => {
  await program.stop();
  await gateway.stop();
});

test('a refused ticker is shown with its reason, in its place on the watchlist', async ({
  page,
}) => {
  await start(page, 'feeds', [['not-subscribed', { symbols: ['MSFT'] }]]);
  const headline = page.getByTestId('headline');
  await expect(headline).toContainText('3 of 4 feeds live; MSFT is refused');
  await expect(headline.locator('[data-level=warning]')).toBeVisible();
  const rows = page.locator('[data-ticker]');
  await expect(rows).toHaveCount(4);
  const order = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-ticker')));
  expect(order).toEqual(watchlist);
  await expect(rows.first()).toContainText('refused');
  await expect(rows.first()).toContainText('subscri');
});

test('a watchlist that an option gives says that it holds again at the next start', async ({
  page,
}) => {
  await start(page, 'history');
  await expect(page.getByTestId('watchlist-fixed')).toContainText('option --watchlist');
});

test('delayed data is called delayed in the headline, the rows and the quotes', async ({
  page,
}) => {
  await start(page, 'feeds', [['delayed-only', {}]]);
  const headline = page.getByTestId('headline');
  await expect(headline).toContainText('Delayed: 4 feeds, the oldest tick 15 min ago');
  await expect(headline.locator('[data-level=warning]')).toBeVisible();
  await expect(page.locator('[data-ticker=AAPL] [data-level=warning]')).toHaveText('delayed');
  const client = new NdjsonClient(ndjsonPort);
  const quote = async () => (await client.ask('get_quote', { ticker: 'AAPL' })).data;
  await expect.poll(quote).toMatchObject({ delayed: true, stale: true });
  client.close();
});

test('a session that takes the data is named, with what to do', async ({ page }) => {
  await start(page, 'overview');
  const headline = page.getByTestId('headline');
  await expect(headline).toContainText('Live: 4 feeds');
  await gateway.fault('competing-session');
  await expect(headline).toContainText('Another session of this login takes the data; log out');
  await expect(page.locator('[data-ticker=AAPL]')).toContainText('taken elsewhere');
  await expect(page.getByTestId('data-trouble')).toContainText('Another session of this login');
  const session = page.getByRole('region', { name: 'Session' });
  await expect(session).toContainText('the data comes back by itself');
  await expect(session.locator('[data-level=ok]')).toHaveCount(0);
});

test('without a session nothing is shown as if there were one, and Connect is at hand', async ({
  page,
}) => {
  await start(page, 'connection');
  const session = page.getByRole('region', { name: 'Session' });
  const farms = page.getByRole('region', { name: 'Data farms' });
  const button = (name: string) => session.getByRole('button', { name, exact: true });
  await expect(farms.locator('[data-level=ok]').first()).toBeVisible();
  await expect(session).toContainText('Client id');
  await expect(button('Connect')).toBeDisabled();
  await expect(page.getByTestId('why-off')).toHaveText('Connect: It is connected.');

  await button('Disconnect').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await expect(button('Disconnect')).toBeDisabled();
  await expect(button('Reconnect')).toBeDisabled();
  await expect(page.getByTestId('why-off')).toHaveText(
    'Reconnect, Disconnect: It is disconnected.',
  );
  await expect(farms).toContainText('Nothing is known of them');
  for (const gone of ['Client id', 'Server version', 'clock', 'Lines']) {
    await expect(session).not.toContainText(gone);
  }

  await page.goto(`${address}#overview`);
  await expect(page.locator('[data-ticker=AAPL]')).toContainText('no session');
  await expect(session).toContainText('press Connect');
  await button('Connect').click();
  await expect(page.locator('[data-ticker=AAPL]')).toContainText('fresh');
  await expect(button('Connect')).toHaveCount(0);
});

test('Connect starts the service of the session that was stopped by hand', async ({ page }) => {
  await start(page, 'overview');
  const headline = page.getByTestId('headline');
  const card = page.locator('[data-service=ibkr]');
  await expect(headline).toContainText('Live: 4 feeds');
  await card.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
  await expect(headline).toHaveText('Stopped by hand: IBKR session');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(card).toHaveAttribute('data-phase', 'running');
  await expect(headline).toContainText('Live: 4 feeds');
});
