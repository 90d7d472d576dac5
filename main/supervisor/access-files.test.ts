import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Exit, exitCode } from '../config/exit.ts';
import { loadConfig } from '../config/load.ts';
import { parseOptions } from '../config/options.ts';
import { silentLog } from '../kit/log.ts';
import { accessToken, certificateFiles } from './access-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gh-access-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = (...args: string[]) =>
  loadConfig(parseOptions(['--data-dir', path.join(folder, 'data'), ...args]), {
    cwd: folder,
    env: {},
    home: folder,
    platform: 'linux',
  });

function refusalOf(act: () => unknown): Exit {
  try {
    act();
  } catch (error) {
    if (error instanceof Exit) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

it('names the certificate that cannot be read, and where it was said', () => {
  const refusal = refusalOf(() =>
    certificateFiles(config('--tls-cert', 'none.pem', '--tls-key', 'none.key')),
  );
  expect(refusal.code).toBe(exitCode.config);
  expect(refusal.message).toMatch(/^http\.tls_cert is ".*none\.pem" \(from option --tls-cert\)/);
});

it('refuses a file that is no certificate before anything listens', () => {
  writeFileSync(path.join(folder, 'c.pem'), 'not a certificate');
  const refusal = refusalOf(() =>
    certificateFiles(config('--tls-cert', 'c.pem', '--tls-key', 'c.pem')),
  );
  expect(refusal.code).toBe(exitCode.config);
  expect(refusal.message).toContain('http.tls_cert');
});

it('refuses a token that is too short, naming its file', () => {
  writeFileSync(path.join(folder, 'token'), 'short');
  const refusal = refusalOf(() =>
    accessToken(config('--allow-remote', '--token-file', 'token'), silentLog),
  );
  expect(refusal.code).toBe(exitCode.config);
  expect(refusal.message).toMatch(/^http\.token_file is .*\(from option --token-file\)/);
});

it('asks for neither where other machines may not call', () => {
  expect(certificateFiles(config())).toBeNull();
  expect(accessToken(config(), silentLog)).toBeNull();
});

it('warns once when everybody who can reach it may do everything', () => {
  const warnings: string[] = [];
  const log = { warn: (_fields: object, text: string) => void warnings.push(text) };
  expect(accessToken(config('--allow-remote=no-auth'), log)).toBeNull();
  expect(warnings).toEqual([expect.stringContaining('no token is asked for')]);
});
