import { readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { apart, Program } from '../support/program.ts';

test('smoke finds a running demo in order, and a server that is away in disorder', async () => {
  const program = new Program(['headless', '--demo', ...apart()]);
  const { ndjson } = await program.ready();
  const smoke = new Program(['smoke', '--port', String(ndjson.port)]);
  const { code, stdout } = await smoke.ended;
  expect(stdout).toMatch(/\n\d+ passed, 0 failed, \d+ skipped\n$/);
  expect(code).toBe(0);
  await program.stop();
  const again = await new Program(['smoke', '--port', String(ndjson.port)]).ended;
  expect(again.code).toBe(1);
  expect(again.stdout).toContain('✗');
});

test('smoke finds every request answered in lightweight mode', async () => {
  const program = new Program(['headless', '--lightweight', ...apart()]);
  const { ndjson } = await program.ready();
  const { code, stdout } = await new Program(['smoke', '--port', String(ndjson.port)]).ended;
  expect(stdout).toMatch(/\n\d+ passed, 0 failed, 0 skipped\n$/);
  expect(code).toBe(0);
  await program.stop();
});

test('shm verifies the segments of a running demo, and misses those of a stopped one', async () => {
  test.skip(process.platform !== 'linux', 'segments are looked at by name on Linux');
  const program = new Program(['headless', '--demo', ...apart()]);
  const { shm } = await program.ready();
  const name = shm?.dictionary as string;
  await expect
    .poll(async () => (await new Program(['shm', '--name', name]).ended).stdout)
    .toContain('Everything verified.');
  const json = await new Program(['shm', '--name', name, '--json']).ended;
  expect(JSON.parse(json.stdout)).toMatchObject({ columns: { name: `${name}-bars` } });
  await program.stop();
  const { code, stdout } = await new Program(['shm', '--name', name]).ended;
  expect(code).toBe(1);
  expect(stdout).toContain('SHM_MISSING');
});

test('export writes what the demo has downloaded', async () => {
  const program = new Program(['headless', '--demo', ...apart()]);
  const { dataDir } = await program.ready();
  const tool = (...args: string[]) =>
    new Program(['export', '--data-dir', dataDir, ...args], { cwd: program.dataDir }).ended;
  const csv = await tool('--out', 'all.csv', '--symbols', 'AAPL,EUR.USD', '--timeframes', '1d');
  expect(csv.code).toBe(0);
  const [header, ...rows] = readFileSync(path.join(program.dataDir, 'all.csv'), 'utf8')
    .trim()
    .split('\n');
  expect(header).toBe('symbol,timeframe,timestamp,open,high,low,close,volume');
  expect(new Set(rows.map((row) => row.split(',')[0]))).toEqual(new Set(['AAPL', 'EUR.USD']));
  expect((await tool('--out', 'all.parquet')).code).toBe(0);
  const parquet = readFileSync(path.join(program.dataDir, 'all.parquet'), 'latin1');
  expect(parquet.startsWith('PAR1') && parquet.endsWith('PAR1')).toBe(true);
  const wrong = await tool('--out', 'all.xls');
  expect([wrong.code, wrong.stderr]).toEqual([
    78,
    expect.stringContaining('csv, arrow or parquet'),
  ]);
  await program.stop();
});

test('doctor says what is wrong, what to do, and where values came from', async () => {
  const options = apart().slice(0, 6);
  const bad = await new Program(['doctor', ...options, '--ib-port', '1']).ended;
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain('✗ TWS / IB Gateway');
  expect(bad.stdout).toContain('Start TWS or IB Gateway');
  expect(bad.stdout).toContain('ib.port = 1  (option --ib-port)');

  const simulator = new Program(['simulate', '--port', '0']);
  const { port } = (await simulator.ready()) as unknown as { port: number };
  const good = await new Program(['doctor', ...options, '--ib-port', String(port)]).ended;
  expect(good.stdout).toContain('The API answers on');
  expect(good.code).toBe(0);
  await simulator.stop();
});

test('doctor knows a running Gatehouse from another program on its ports', async () => {
  const running = new Program(['headless', '--demo', ...apart()]);
  const { ndjson, http } = await running.ready();
  const asked = ['doctor', ...apart().slice(0, 6), '--demo'];
  const ours = await new Program([
    ...asked,
    ...['--ndjson-port', String(ndjson.port), '--http-port', String(http.port)],
  ]).ended;
  expect(ours.stdout.match(/is where Gatehouse \S+ is running/g)).toHaveLength(2);
  expect(ours.code).toBe(0);
  // Each speaks the other's language there: neither is what belongs on that port.
  const swapped = await new Program([
    ...asked,
    ...['--ndjson-port', String(http.port), '--http-port', String(ndjson.port)],
  ]).ended;
  expect(swapped.stdout.match(/is taken by another program/g)).toHaveLength(2);
  expect(swapped.code).toBe(1);
  await running.stop();
});

test('serves HTTPS with a certificate, and doctor knows it there', async () => {
  const certificate = ['--tls-cert', certificateFile('cert'), '--tls-key', certificateFile('key')];
  const running = new Program(['headless', '--lightweight', ...apart(), ...certificate]);
  const { http } = await running.ready();
  const window = await secureText(`https://localhost:${http.port}/`);
  expect(window).toContain('<title>');
  const asked = [
    'doctor',
    ...apart().slice(0, 6),
    '--lightweight',
    '--http-port',
    String(http.port),
  ];
  const knowing = await new Program([...asked, ...certificate]).ended;
  expect(knowing.stdout).toContain(`:${http.port} is where Gatehouse`);
  const plain = await new Program(asked).ended;
  expect(plain.stdout).toContain(`:${http.port} is taken by another program`);
  await running.stop();
});

test('forward passes bytes to the gateway, and leaves its port free at the end', async () => {
  const simulator = new Program(['simulate', '--port', '0']);
  const { port } = (await simulator.ready()) as unknown as { port: number };
  const listen = 20_000 + (process.pid % 20_000);
  const forward = new Program([
    'forward',
    ...['--listen', `127.0.0.1:${listen}`, '--target', `127.0.0.1:${port}`],
  ]);
  await expect.poll(() => forward.stderr).toContain('forwarding');
  const through = await new Program(['doctor', '--ib-port', String(listen), ...apart().slice(0, 6)])
    .ended;
  expect(through.stdout).toContain('The API answers on');
  const second = await new Program(['forward', '--listen', `127.0.0.1:${listen}`]).ended;
  expect([second.code, second.stderr]).toEqual([69, expect.stringContaining('is taken by')]);
  expect((await forward.stop('SIGINT')).code).toBe(0);
  await simulator.stop();
});

function certificateFile(which: 'cert' | 'key'): string {
  return fileURLToPath(new URL(`../../testing/certificate/${which}.pem`, import.meta.url));
}

/** As a client that trusts the tests' certificate and no other. */
function secureText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { ca: readFileSync(certificateFile('cert')) };
    https.get(url, options, (answer) => text(answer).then(resolve, reject)).on('error', reject);
  });
}
