import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { apart, Program } from '../support/program.ts';

interface Case {
  readonly what: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly files?: Readonly<Record<string, string>>;
  readonly code: number;
  readonly says: readonly (string | RegExp)[];
}

const cases: readonly Case[] = [
  {
    what: 'an unknown command',
    args: ['headles'],
    code: 2,
    says: ['"headles" is not a command'],
  },
  {
    what: 'an unknown option, with the nearest one',
    args: ['headless', '--ndjson-prot', '1'],
    code: 2,
    says: ['--ndjson-prot is not an option', 'Did you mean --ndjson-port?'],
  },
  {
    what: 'an option without its value',
    args: ['headless', '--ib-host'],
    code: 2,
    says: ['--ib-host needs a value'],
  },
  {
    what: 'options that exclude each other',
    args: ['headless', '--demo', '--lightweight'],
    code: 2,
    says: ['--demo and --lightweight exclude each other'],
  },
  {
    what: 'a bad port on the command line',
    args: ['headless', '--ndjson-port', '99999'],
    code: 78,
    says: ['ndjson.port', '"99999"', 'option --ndjson-port', 'from 0 to 65535'],
  },
  {
    what: 'a bad port in the environment',
    args: ['headless'],
    env: { IB_PORT: 'abc' },
    code: 78,
    says: ['ib.port', '"abc"', 'environment variable IB_PORT', 'must be a port'],
  },
  {
    what: 'a bad value in .env',
    args: ['headless'],
    files: { '.env': 'IB_CLIENT_ID=first\n' },
    code: 78,
    says: ['ib.client_id', '"first"', 'IB_CLIENT_ID in', '.env'],
  },
  {
    what: 'a YAML error, with line and column',
    args: ['headless'],
    files: { 'gatehouse.yaml': 'ndjson:\n  port: 1\n  host: "open\n' },
    code: 78,
    says: [/gatehouse\.yaml, line \d+, column \d+/, 'not YAML'],
  },
  {
    what: 'an unknown key in the file',
    args: ['headless'],
    files: { 'gatehouse.yaml': 'ndjson:\n  prot: 1\n' },
    code: 78,
    says: ['line 2, column 3', 'there is no key "ndjson.prot"'],
  },
  {
    what: 'a bad value in the file',
    args: ['headless'],
    files: { 'gatehouse.yaml': 'ib:\n  client_id_policy: random\n' },
    code: 78,
    says: ['ib.client_id_policy', '"random"', 'gatehouse.yaml, line 2', 'cycle or fixed'],
  },
  {
    what: 'a configuration file that is not there',
    args: ['headless', '--config', 'nothing.yaml'],
    code: 78,
    says: ['nothing.yaml', 'cannot be read'],
  },
  {
    what: 'a data folder that is a file',
    args: ['headless', '--lightweight', '--data-dir', 'taken'],
    files: { taken: '' },
    code: 78,
    says: ['data_dir', 'option --data-dir', 'cannot be used'],
  },
  {
    what: 'an address other machines can reach, without being asked for',
    args: ['headless', '--lightweight', '--http-host', '0.0.0.0'],
    code: 78,
    says: ['http.host', '0.0.0.0', '--allow-remote'],
  },
  {
    what: 'a certificate without its key',
    args: ['headless', '--lightweight', '--tls-cert', 'a.pem'],
    code: 78,
    says: ['http.tls_cert', 'needs http.tls_key'],
  },
];

for (const { what, args, env, files, code, says } of cases) {
  test(`refuses ${what} with exit code ${code} and one sentence`, async () => {
    const cwd = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-refusal-'));
    for (const [name, text] of Object.entries(files ?? {})) {
      writeFileSync(path.join(cwd, name), text);
    }
    const program = new Program(args, { cwd, ...(env ? { env } : {}) });
    const ended = await program.ended;
    expect(ended.code).toBe(code);
    expect(ended.stdout).toBe('');
    const lines = ended.stderr.trim().split('\n');
    expect(lines).toHaveLength(1);
    for (const part of says) expect(lines[0]).toMatch(part);
  });
}

test('refuses a taken port with 69, names who has it, and leaves nothing half-started', async () => {
  const server = net.createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const options = apart().map((word, i, all) =>
    all[i - 1] === '--http-port' ? String(port) : word,
  );
  const program = new Program(['headless', '--lightweight', ...options]);
  const { code, stdout, stderr } = await program.ended;
  server.close();
  expect(code).toBe(69);
  expect(stdout).toBe('');
  const said = stderr.split('\n').find((line) => line.startsWith('gatehouse: ')) as string;
  expect(said).toContain(`http.port is ${port} (from option --http-port)`);
  expect(said).toContain('is taken');
  if (process.platform === 'linux') expect(said).toContain(`(pid ${process.pid})`);
  const { readdirSync } = await import('node:fs');
  expect(readdirSync(path.join(program.dataDir, 'data'))).toEqual(['logs']);
});

test('refuses a second instance on the same data folder with 69, naming the first', async () => {
  const first = new Program(['headless', '--lightweight', ...apart()]);
  await first.ready();
  const second = new Program([
    'headless',
    '--lightweight',
    ...apart(),
    '--data-dir',
    path.join(first.dataDir, 'data'),
  ]);
  const { code, stderr } = await second.ended;
  expect(code).toBe(69);
  expect(stderr).toContain(`Another Gatehouse (pid ${first.child.pid})`);
  await first.stop();
});

test('a lock left by a killed program does not stop the next', async () => {
  const first = new Program(['headless', '--lightweight', ...apart()]);
  await first.ready();
  first.child.kill('SIGKILL');
  await first.ended;
  const folder = path.join(first.dataDir, 'data');
  mkdirSync(folder, { recursive: true });
  const second = new Program(['headless', '--lightweight', ...apart(), '--data-dir', folder]);
  await second.ready();
  expect((await second.stop()).code).toBe(0);
});
