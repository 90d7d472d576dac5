import { expect, type Page, test } from '@playwright/test';
import { screenNames } from '../../renderer/screens/names.ts';
import { NdjsonClient } from '../support/ndjson.ts';
import { apart, Program } from '../support/program.ts';

const longName = 'AVERYLONGNAMEDTICKER0123456789';

let program: Program;
let client: NdjsonClient;
let address: string;
let ndjsonPort: number;

test.beforeAll(async () => {
  const tickers = `AAPL,MSFT,${longName}`;
  program = new Program(['headless', '--demo', '--watchlist', tickers, ...apart()]);
  const { http, ndjson } = await program.ready();
  address = `http://127.0.0.1:${http.port}/`;
  ndjsonPort = ndjson.port;
  client = new NdjsonClient(ndjsonPort);
  await client.ask('acquire_ibkr', {
    client: 'a program with quite a long name of its own',
    wait_ms: 60_000,
  });
});

test.afterAll(async () => {
  client.close();
  await program.stop();
});

test.use({ viewport: { width: 420, height: 800 } });

async function open(page: Page, screen: string): Promise<void> {
  await page.goto(`${address}#${screen}`);
  await expect(page.getByRole('main')).toHaveAttribute('data-live', 'true');
}

/** What a person would have to scroll sideways for, inside a box or the whole page. */
function offScreen(page: Page): Promise<readonly string[]> {
  return page
    .getByRole('main')
    .locator('section *')
    .evaluateAll((all) =>
      all
        .filter((each) => {
          const { right, width } = each.getBoundingClientRect();
          return width > 0 && right > window.innerWidth;
        })
        .map((each) => each.outerHTML.slice(0, 120)),
    );
}

for (const screen of screenNames) {
  test(`nothing of ${screen} lies off a window of 420 px`, async ({ page }) => {
    await open(page, screen);
    await expect(page.getByRole('main').locator('section').first()).toBeVisible();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(420);
    expect(await offScreen(page)).toEqual([]);
  });
}

test('the headline is read whole, and its shape keeps its size', async ({ page }) => {
  await open(page, 'overview');
  const headline = page.getByTestId('headline');
  await expect(headline).toContainText('a program with quite a long name of its own');
  const text = headline.locator('.level > span');
  const [needed, given] = await text.evaluate((span) => [span.scrollWidth, span.clientWidth]);
  expect(needed).toBeLessThanOrEqual(given as number);
  const mark = await headline.locator('.level-mark').boundingBox();
  expect(mark).toMatchObject({ width: 14, height: 14 });
  const bar = await page.getByRole('banner').boundingBox();
  const first = await page.getByRole('region', { name: 'Session' }).boundingBox();
  expect(first?.y).toBeGreaterThanOrEqual(bar?.height ?? Number.POSITIVE_INFINITY);
});

test('a long ticker does not move the columns beside it', async ({ page }) => {
  await open(page, 'feeds');
  const places = () =>
    page
      .locator('[data-ticker=AAPL] > [role=cell]:visible')
      .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().left));
  const name = page.getByTitle('AAPL');
  await expect(name).toHaveText('AAPL');
  const before = await places();
  await name.evaluate((cell, text) => {
    cell.textContent = text;
  }, longName);
  expect(await places()).toEqual(before);
});

test('a setting’s value has room to be read', async ({ page }) => {
  await open(page, 'settings');
  const field = page.locator('[data-setting="ib.host"]').getByRole('textbox');
  await expect(field).toHaveValue('127.0.0.1');
  expect((await field.boundingBox())?.width).toBeGreaterThan(300);
});

test('a file’s row tells what it is of, till when, what is missing and its state', async ({
  page,
}) => {
  await open(page, 'history');
  const row = page.locator('[data-series=AAPL_1d]');
  await row.scrollIntoViewIfNeeded();
  for (const label of ['To', 'Missing', 'State']) {
    await expect(row.locator(`[data-label=${label}]`)).toBeInViewport();
  }
});

test('a program that has nothing to do with the session shows no empty word about it', async ({
  page,
}) => {
  const reader = new NdjsonClient(ndjsonPort);
  await reader.ask('hello', { client: 'a-chart' });
  await open(page, 'programs');
  const row = page.locator('[data-client]').filter({ hasText: 'a-chart' });
  await expect(row.locator('[data-label=Requests]')).toBeVisible();
  await expect(row.locator('[data-label=Session]')).toBeHidden();
  reader.close();
});
