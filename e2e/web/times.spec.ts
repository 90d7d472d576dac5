import { expect, test } from '@playwright/test';
import { apart, Program } from '../support/program.ts';

let program: Program;
let address: string;

test.beforeAll(async () => {
  program = new Program(['headless', '--demo', ...apart()]);
  const { http } = await program.ready();
  address = `http://127.0.0.1:${http.port}/`;
});

test.afterAll(async () => {
  await program.stop();
});

test.use({ timezoneId: 'Asia/Tokyo' });

for (const screen of ['logs', 'connection']) {
  test(`${screen} shows the time of where the person is, says so once, and has UTC at hand`, async ({
    page,
  }) => {
    await page.goto(`${address}#${screen}`);
    await expect(page.getByText('times in Asia/Tokyo')).toHaveCount(1);
    const time = page.getByRole('main').locator('time').first();
    await expect(time).toHaveAttribute('title', /^\d{4}-\d\d-\d\dT.*Z$/);
    const utc = new Date((await time.getAttribute('title')) ?? '');
    const inTokyo = utc.toLocaleTimeString('en-GB', { timeZone: 'Asia/Tokyo' });
    await expect(time).toContainText(inTokyo);
  });
}

test('a file of daily bars has the dates of its bars, wherever the person is', async ({ page }) => {
  await page.goto(`${address}#history`);
  const state = await (await fetch(`${address}api/v1/state`)).json();
  const { last } = state.state.history.coverage[0];
  const row = page.locator('[data-series]').first();
  await expect(row.locator('[data-label=To]')).toHaveText(
    new Date(last).toISOString().slice(0, 10),
  );
});
