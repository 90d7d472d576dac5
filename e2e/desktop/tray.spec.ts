import { NdjsonClient } from '../support/ndjson.ts';
import { expect, openedBy, test } from './desktop-app.ts';

test('the tray’s icon, tooltip and menu follow a change', async ({ desktop }) => {
  await desktop.ready;
  await expect
    .poll(async () => (await desktop.tray())?.image)
    .toMatch(/ok-(dark|light)|okTemplate/);
  const { ndjson } = await desktop.ready;
  const client = new NdjsonClient(ndjson.port);
  await client.ask('acquire_ibkr', { client: 'backtest' });
  await expect.poll(async () => (await desktop.tray())?.image).toContain('paused');
  const tray = await desktop.tray();
  expect(tray?.toolTip).toContain('The session is lent to');
  expect(tray?.items).toMatchObject({ 'release: Release the session': true });
  client.close();
});

test('the session is released from the tray', async ({ desktop }) => {
  const page = await desktop.page();
  const { ndjson } = await desktop.ready;
  const client = new NdjsonClient(ndjson.port);
  expect(await client.ask('acquire_ibkr')).toMatchObject({ data: { status: 'acquired' } });
  await expect(page.getByTestId('reservation')).toContainText('lent to');
  await expect.poll(async () => (await desktop.tray())?.toolTip).toContain('lent to');
  await desktop.choose('release');
  await expect(page.getByTestId('reservation')).toContainText('Nobody holds the session');
  expect((await desktop.state())?.reservation.state).toBe('free');
  await expect
    .poll(async () => (await desktop.tray())?.items['release: Release the session'])
    .toBe(false);
  client.close();
});

test('a service is stopped and started from the tray', async ({ desktop }) => {
  await desktop.ready;
  await desktop.choose('stop-ndjson');
  await expect
    .poll(async () => (await desktop.tray())?.items)
    .toMatchObject({ 'service-ndjson: NDJSON server: stopped': true, 'start-ndjson: Start': true });
  await desktop.choose('start-ndjson');
  await expect.poll(async () => (await desktop.state())?.services.ndjson?.phase).toBe('running');
});

test('a change is on the tray and in the window at once', async ({ desktop }) => {
  const page = await desktop.page();
  const { ndjson } = await desktop.ready;
  const client = new NdjsonClient(ndjson.port);
  const seen = page.getByTestId('reservation').filter({ hasText: 'lent to' }).waitFor();
  await client.ask('acquire_ibkr');
  await seen;
  // Both come of the same patch: when the window has it, the tray has it.
  expect((await desktop.tray())?.image).toContain('paused');
  client.close();
});

test('the logs are opened from the tray, at their own path only', async ({ desktop }) => {
  await desktop.ready;
  await desktop.app.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    shell.openPath = async (path) => {
      opened.push(path);
      return '';
    };
  });
  await desktop.choose('open-logs');
  expect(await openedBy(desktop)).toEqual([`${desktop.dataDir}/logs`]);
});

test('quits from the tray', async ({ desktop }) => {
  await desktop.ready;
  const ended = desktop.ended();
  await desktop.choose('quit').catch(() => {});
  expect(await ended).toBe(0);
});
