import { expect, test } from '@playwright/test';
import { apart, Program } from '../support/program.ts';

let program: Program;
let address: string;

test.beforeEach(async () => {
  program = new Program(['headless', '--demo', '--forward-port', '0', ...apart()]);
  const { http } = await program.ready();
  address = `http://127.0.0.1:${http.port}/`;
});

test.afterEach(async () => {
  await program.stop();
});

test('shows live feeds, with ages that stay young', async ({ page }) => {
  await page.goto(address);
  await expect(page.getByTestId('headline')).toContainText(/Live: \d+ feeds/);
  await expect(page.getByTestId('connection')).toContainText('Connected to 127.0.0.1');
  await expect(page.locator('[data-ticker=AAPL]').getByText('fresh')).toBeVisible();
  await expect(page.getByText('DU1234567')).toBeVisible();
});

test('scans for gaps at the press of a button, and shows the files', async ({ page }) => {
  await page.goto(`${address}#history`);
  await expect(page.locator('[data-series=AAPL_1d]')).toContainText('whole');
  await page.getByRole('button', { name: 'Scan now' }).click();
  await expect(page.getByTestId('last-scan')).toHaveText(/^[0-4]\.\d s ago$/);
});

test('a ticker is added to the watchlist, ticks, and is taken off again', async ({ page }) => {
  await page.goto(`${address}#history`);
  const field = page.getByLabel('Tickers to add');
  await field.fill('zzzz');
  await field.press('Enter');
  await expect(page.getByText('25 tickers')).toBeVisible();
  await page.getByRole('button', { name: 'Take KO off the watchlist' }).click();
  await expect(page.getByText('24 tickers')).toBeVisible();
});

test('several tickers are added at once, and each that is refused stays with its reason', async ({
  page,
}) => {
  await page.goto(`${address}#history`);
  const field = page.getByLabel('Tickers to add');
  const long = 'A'.repeat(32);
  await field.fill(`ibm, brk b intc,<script>, ${long}`);
  await field.press('Enter');
  await expect(page.getByText('26 tickers')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveText([
    'BRK.B is on the watchlist.',
    '<SCRIPT> is not a ticker, as in AAPL, BRK.B, EUR.USD or ES.',
    `${long} has more than 31 characters.`,
  ]);
  await expect(field).toHaveValue(`BRK.B, <SCRIPT>, ${long}`);
});

test('a ticker IBKR does not know is told of once a request, by name', async ({ page }) => {
  const name = 'NOSUCHTICKERANYWHERE';
  await page.goto(`${address}#history`);
  const field = page.getByLabel('Tickers to add');
  await field.fill(name);
  await field.press('Enter');
  const notices = page.getByRole('region', { name: 'Worth knowing' });
  await expect(notices).toContainText(`${name} cannot be downloaded`);
  await expect(notices.getByText('IBKR knows no such security')).toHaveCount(1);
  await page.goto(`${address}#connection`);
  const errors = page.getByRole('region', { name: 'What IBKR reported' });
  await expect(errors.getByText(`${name}, live quotes`)).toHaveCount(1);
  await expect(errors.getByText(`${name}, 1d bars`)).toHaveCount(1);
  await expect(errors).not.toContainText('`');
});

test('the log is followed until one scrolls up, and again from its end', async ({ page }) => {
  await page.setViewportSize({ width: 420, height: 420 });
  await page.goto(`${address}#logs`);
  const follow = page.getByRole('switch', { name: 'Follow' });
  await expect(page.getByRole('log')).toContainText('Connected with client id');
  await page.getByRole('log').hover();
  await page.mouse.wheel(0, -400);
  await expect(follow).not.toBeChecked();
  await page.mouse.wheel(0, 4_000);
  await expect(follow).toBeChecked();
});

test('disconnects and connects again, and tells the story', async ({ page }) => {
  await page.goto(`${address}#connection`);
  const headline = page.getByTestId('headline');
  await expect(headline).toContainText('Live');
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await expect(headline.locator('[data-level=paused]')).toBeVisible();
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(headline).toContainText('Live');
  await expect(page.getByText(/Connected with client id/).first()).toBeVisible();
});

test('shows the figures of the account', async ({ page }) => {
  await page.goto(`${address}#connection`);
  const account = page.getByRole('region', { name: 'Account DU1234567' });
  await expect(account).toContainText(/Net liquidation value[\d,]+\.\d\d USD/);
  await expect(account).toContainText(/Buying power[\d,]+\.\d\d USD/);
});

test('asks for no figures of the account where that is switched off', async ({ page }) => {
  const other = new Program(['headless', '--demo', ...apart()], {
    env: { GATEHOUSE_IB_ACCOUNTS: 'false' },
  });
  const { http } = await other.ready();
  await page.goto(`http://127.0.0.1:${http.port}/#connection`);
  await expect(page.getByRole('region', { name: 'Data farms' })).toBeVisible();
  const told = await page.request.post(
    `http://127.0.0.1:${http.port}/api/v1/commands/account.summary`,
    { data: {} },
  );
  expect(await told.json()).toMatchObject({ error: { code: 'SWITCHED_OFF' } });
  await expect(page.getByRole('region', { name: /^Account/ })).toHaveCount(0);
  await other.stop();
});

test('shows what flows through the forwarded port', async ({ page }) => {
  await page.goto(`${address}#programs`);
  await expect(page.getByText('only while the session is reserved')).toBeVisible();
});
