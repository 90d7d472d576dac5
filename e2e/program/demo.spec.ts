import { expect, test } from '@playwright/test';
import { NdjsonClient } from '../support/ndjson.ts';
import { apart, Program } from '../support/program.ts';

test('the demo connects to its gateway, and quotes tick', async () => {
  const program = new Program(['headless', '--demo', ...apart()]);
  const { ndjson, http, ib } = await program.ready();
  expect(ib.demo).toBe(true);
  const client = new NdjsonClient(ndjson.port);
  await expect
    .poll(async () => (await client.ask('get_status')).data?.['connection'], { timeout: 20_000 })
    .toMatchObject({ state: 'connected', port: ib.port });
  for (const ticker of ['AAPL', 'BRK.B', 'EUR.USD', 'ES']) {
    await expect
      .poll(async () => (await client.ask('get_quote', { ticker })).data?.['source'], {
        timeout: 20_000,
      })
      .toBe('ibkr_tick');
  }
  const status = await fetch(`http://127.0.0.1:${http.port}/api/v1/system/ib-status`);
  expect(await status.json()).toMatchObject({
    ib_connection: { manager_thinks_connected: true, actually_connected: true },
  });
  const account = await fetch(`http://127.0.0.1:${http.port}/api/v1/account/summary`);
  const { values } = (await account.json()) as { values: { tag: string }[] };
  expect(values.map(({ tag }) => tag)).toContain('NetLiquidation');
  client.close();
  expect((await program.stop()).code).toBe(0);
});

test('the session is closed before a program has it, and comes back when it is released', async () => {
  const program = new Program(['headless', '--demo', ...apart()]);
  const { ndjson } = await program.ready();
  const client = new NdjsonClient(ndjson.port);
  const state = async () =>
    ((await client.ask('get_status')) as { data: { connection: { state: string } } }).data
      .connection.state;
  await expect.poll(state, { timeout: 20_000 }).toBe('connected');
  await expect
    .poll(async () => (await client.ask('get_quote', { ticker: 'AAPL' })).data, { timeout: 20_000 })
    .toBeDefined();
  await expect
    .poll(async () => (await client.ask('acquire_ibkr')).data?.['status'], { timeout: 60_000 })
    .toBe('acquired');
  expect(await state()).toBe('disconnected');
  expect((await client.ask('get_quote', { ticker: 'AAPL' })).data).toBeDefined();
  await client.ask('release_ibkr');
  await expect.poll(state, { timeout: 20_000 }).toBe('connected');
  client.close();
  await program.stop();
});

test('a session lent before a crash is still lent after it, and the start does not wait for it', async () => {
  const options = [...apart()];
  const first = new Program(['headless', '--demo', ...options]);
  const before = new NdjsonClient((await first.ready()).ndjson.port);
  // Shorter than a start would wait for a session, long enough for one that does not.
  const lease = { client: 'algo', ttl_ms: 15_000 };
  await expect
    .poll(async () => (await before.ask('acquire_ibkr', lease)).data?.['status'], {
      timeout: 20_000,
    })
    .toBe('acquired');
  before.close();
  first.child.kill('SIGKILL');
  await first.ended;
  const second = new Program(['headless', '--demo', ...options], { cwd: first.dataDir });
  const client = new NdjsonClient((await second.ready()).ndjson.port);
  expect((await client.ask('get_reservation')).data).toMatchObject({
    state: 'reserved',
    holder: 'algo',
    orphaned: true,
  });
  expect((await client.ask('release_ibkr')).data).toEqual({ status: 'released' });
  await expect
    .poll(async () => (await client.ask('get_status')).data?.['connection'], { timeout: 20_000 })
    .toMatchObject({ state: 'connected' });
  client.close();
  await second.stop();
  await first.stop();
});

test('the simulated gateway runs as a program, takes orders and ends with 0', async () => {
  const program = new Program(['simulate', '--port', '0', '--seed', '7']);
  const ready = (await program.ready()) as unknown as {
    port: number;
    seed: number;
    control: { port: number };
  };
  expect(ready.seed).toBe(7);
  const net = await import('node:net');
  const control = net.connect(ready.control.port, '127.0.0.1');
  const answer = new Promise<string>((done) => control.once('data', (data) => done(String(data))));
  control.write('{"id":1,"cmd":"fault","name":"no-such-fault","on":true}\n');
  expect(JSON.parse(await answer)).toMatchObject({ id: 1, ok: false });
  control.destroy();
  expect((await program.stop()).code).toBe(0);
});
