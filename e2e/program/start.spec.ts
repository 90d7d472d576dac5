import { existsSync, readdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { NdjsonClient } from '../support/ndjson.ts';
import { apart, Program } from '../support/program.ts';

function canConnect(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

test('prints one ready line, and nothing else, on standard output', async () => {
  const program = new Program(['headless', '--lightweight', ...apart()]);
  const ready = await program.ready();
  expect(ready).toMatchObject({
    event: 'ready',
    pid: program.child.pid,
    mode: 'headless',
    forward: null,
    ib: { lightweight: true, demo: false },
    dataDir: path.join(program.dataDir, 'data'),
  });
  expect(await canConnect(ready.ndjson.port)).toBe(true);
  expect(await canConnect(ready.http.port)).toBe(true);
  const { stdout } = await program.stop();
  expect(stdout.trim().split('\n')).toHaveLength(1);
});

test('answers the six requests over TCP', async () => {
  const program = new Program(['headless', '--lightweight', ...apart()]);
  const { ndjson, shm } = await program.ready();
  const client = new NdjsonClient(ndjson.port);

  const tickers = (await client.ask('list_tickers')).data as unknown as string[];
  expect(tickers).toHaveLength(20);
  expect(tickers[0]).toBe('AAPL');
  const quote = (await client.ask('get_quote', { ticker: 'AAPL' })).data;
  expect(Object.keys(quote ?? {})).toEqual([
    'price',
    'volume',
    'currency',
    'ts_epoch_ms',
    'source',
    'ticker',
    'stale',
  ]);
  const epoch = (await client.ask('get_snapshot_epoch')).data?.['epoch'] as number;
  expect(epoch).toBeGreaterThan(0);
  expect(epoch % 2).toBe(0);
  const name = await client.ask('get_shm_name');
  if (shm) expect(name.data).toEqual({ shm_name: shm.dictionary });
  else expect(name.error?.code).toBe('NOT_FOUND');
  expect((await client.ask('acquire_ibkr')).data).toEqual({ status: 'acquired' });
  expect((await client.ask('acquire_ibkr')).error?.code).toBe('CONFLICT');
  expect((await client.ask('release_ibkr')).data).toEqual({ status: 'released' });
  expect((await client.ask('release_ibkr')).error?.code).toBe('BAD_REQUEST');

  client.close();
  await program.stop();
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends it with 0 and leaves no port, segment or lock behind`, async () => {
    const program = new Program(['headless', '--lightweight', ...apart()]);
    const ready = await program.ready();
    const data = path.join(program.dataDir, 'data');
    expect(existsSync(path.join(data, 'lock'))).toBe(true);
    program.child.kill(signal);
    const { code } = await program.ended;
    expect(code).toBe(0);
    expect(await canConnect(ready.ndjson.port)).toBe(false);
    expect(await canConnect(ready.http.port)).toBe(false);
    expect(readdirSync(data).sort()).toEqual(['logs']);
    if (ready.shm && process.platform === 'linux') {
      const left = readdirSync('/dev/shm').filter((name) =>
        name.startsWith(ready.shm?.dictionary as string),
      );
      expect(left).toEqual([]);
    }
    await program.stop();
  });
}

test('start without an Electron runtime says so in one line and runs headless', async () => {
  const program = new Program(['start', '--lightweight', ...apart()], {
    env: { ELECTRON_OVERRIDE_DIST_PATH: '/nowhere' },
  });
  expect((await program.ready()).mode).toBe('headless');
  const { stderr } = await program.stop();
  const said = stderr.split('\n').filter((line) => line.startsWith('gatehouse: '));
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('npm run electron:install');
});

test('the log file holds what standard error said', async () => {
  const program = new Program(['headless', '--lightweight', ...apart()]);
  await program.ready();
  program.child.kill('SIGTERM');
  const { stderr } = await program.ended;
  const logs = path.join(program.dataDir, 'data', 'logs');
  const { readFileSync } = await import('node:fs');
  const files = readdirSync(logs).filter((name) => name.endsWith('.log'));
  expect(files.length).toBeGreaterThan(0);
  const written = files.map((name) => readFileSync(path.join(logs, name), 'utf8')).join('');
  expect(written.trim()).toBe(stderr.trim());
  await program.stop();
});
