import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Exit } from './exit.ts';
import { loadConfig } from './load.ts';
import { parseOptions } from './options.ts';
import { describeOrigin } from './origin.ts';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-config-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

function load(args: readonly string[] = [], env: Record<string, string> = {}) {
  return loadConfig(parseOptions(args), { cwd, env, home: cwd, platform: 'linux' });
}

function refusal(args: readonly string[] = [], env: Record<string, string> = {}): Exit {
  try {
    load(args, env);
  } catch (error) {
    if (error instanceof Exit) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('where a value comes from', () => {
  it('is the default when nobody says anything', () => {
    const { values, origins } = load();
    expect(values['ndjson.port']).toBe(12_345);
    expect(values['http.port']).toBe(8_000);
    expect(values['ib.live']).toBe(false);
    expect(values['shm.name']).toBe('shm0');
    expect(origins['ndjson.port']).toEqual({ kind: 'default' });
  });

  it('goes option, environment, .env, settings.yaml, gatehouse.yaml, default', () => {
    const data = path.join(cwd, 'data');
    mkdirSync(data);
    const say = (port: number) => `ndjson:\n  port: ${port}\n`;
    writeFileSync(path.join(cwd, 'gatehouse.yaml'), `data_dir: data\n${say(5)}`);
    expect(load().values['ndjson.port']).toBe(5);
    writeFileSync(path.join(data, 'settings.yaml'), say(4));
    expect(load().values['ndjson.port']).toBe(4);
    expect(describeOrigin(load().origins['ndjson.port'])).toContain('settings.yaml, line 2');
    writeFileSync(path.join(cwd, '.env'), 'GATEHOUSE_NDJSON_PORT=3\n');
    expect(load().values['ndjson.port']).toBe(3);
    expect(load([], { GATEHOUSE_NDJSON_PORT: '2' }).values['ndjson.port']).toBe(2);
    const all = load(['--ndjson-port', '1'], { GATEHOUSE_NDJSON_PORT: '2' });
    expect(all.values['ndjson.port']).toBe(1);
    expect(describeOrigin(all.origins['ndjson.port'])).toBe('option --ndjson-port');
  });

  it('takes IB_HOST, IB_PORT and IB_CLIENT_ID, weaker than our own names', () => {
    const env = { IB_HOST: 'tws', IB_PORT: '4003', IB_CLIENT_ID: '0' };
    const { values } = load([], env);
    expect([values['ib.host'], values['ib.port'], values['ib.client_id']]).toEqual([
      'tws',
      4003,
      0,
    ]);
    expect(load([], { ...env, GATEHOUSE_IB_PORT: '7' }).values['ib.port']).toBe(7);
  });

  it('takes contracts from a variable, as YAML or JSON', () => {
    const { values } = load([], { GATEHOUSE_CONTRACTS: 'SAP: { exchange: IBIS, currency: EUR }' });
    expect(values.contracts).toEqual({ SAP: { exchange: 'IBIS', currency: 'EUR' } });
  });

  it('takes a section whose keys are all commented out for no opinion', () => {
    writeFileSync(path.join(cwd, 'gatehouse.yaml'), 'ib:\n#  port: 1\nndjson:\n  port: 5\n');
    expect(load().values['ndjson.port']).toBe(5);
    writeFileSync(path.join(cwd, 'gatehouse.yaml'), 'ndjson: 5\n');
    expect(refusal().message).toContain(
      'line 1, column 1: "ndjson" holds keys, as docs/configuration.md lists them, and no value',
    );
  });

  it('takes an empty variable for no opinion', () => {
    expect(load([], { IB_PORT: '', IB_CLIENT_ID: ' ' }).values['ib.port']).toBeNull();
  });

  it('lets the real environment win over .env', () => {
    writeFileSync(path.join(cwd, '.env'), 'IB_HOST=from-file\n');
    expect(load().values['ib.host']).toBe('from-file');
    expect(load([], { IB_HOST: 'from-env' }).values['ib.host']).toBe('from-env');
  });

  it('takes the keys of files written for other programs, weaker than our own', () => {
    const foreign =
      'api:\n  tws_endpoint: 10.0.0.5\n  port: 7496\nmarket_data:\n  timeout: 20\n  retry_attempts: 5\n  data_type: delayed\n';
    writeFileSync(path.join(cwd, 'gatehouse.yaml'), foreign);
    const { values } = load();
    expect(values['ib.host']).toBe('10.0.0.5');
    expect(values['ib.port']).toBe(7496);
    expect(values['market_data.timeout']).toBe(20);
    expect(values['market_data.retry_attempts']).toBe(5);
    expect(values['market_data.data_type']).toBe('delayed');
    writeFileSync(path.join(cwd, 'gatehouse.yaml'), `${foreign}ib:\n  port: 4001\n`);
    expect(load().values['ib.port']).toBe(4001);
  });

  it('takes a relative path in a file as relative to that file', () => {
    mkdirSync(path.join(cwd, 'conf'));
    writeFileSync(path.join(cwd, 'conf', 'g.yaml'), 'data_dir: ../kept\n');
    expect(load(['--config', 'conf/g.yaml']).dataDir).toBe(path.join(cwd, 'kept'));
  });

  it('keeps simulated data in a folder of its own', () => {
    expect(path.basename(load().dataDir)).toBe('gatehouse');
    expect(path.basename(load(['--demo']).dataDir)).toBe('gatehouse-demo');
    expect(path.basename(load(['--lightweight']).dataDir)).toBe('gatehouse-demo');
  });
});

describe('values', () => {
  it('cannot be changed once they are loaded', () => {
    const config = load();
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.values)).toBe(true);
  });

  it('mean the same as text and as YAML', () => {
    writeFileSync(
      path.join(cwd, 'gatehouse.yaml'),
      'watchlist: [AAPL, MSFT]\nib:\n  auto_reconnect: false\nforward:\n  target: "gw:4002"\n',
    );
    const fromFile = load().values;
    rmSync(path.join(cwd, 'gatehouse.yaml'));
    const fromText = load([
      '--watchlist=AAPL, MSFT',
      '--no-auto-reconnect',
      '--forward-target=gw:4002',
    ]).values;
    for (const key of ['watchlist', 'ib.auto_reconnect', 'forward.target'] as const) {
      expect(fromText[key]).toEqual(fromFile[key]);
    }
    expect(fromFile['forward.target']).toEqual({ host: 'gw', port: 4002 });
  });

  it('of a mapping of timeframes mean the same as text, as JSON and as YAML', () => {
    const sessions = (text?: string) => {
      const env = text === undefined ? {} : { GATEHOUSE_HISTORY_REQUEST_SESSIONS: text };
      return load([], env).values['history.request_sessions'];
    };
    expect(sessions()).toEqual({});
    for (const text of ['1m: 2, 1d: 1000', '1m=2,1d=1000', '{"1m":2,"1d":1000}']) {
      expect(sessions(text)).toEqual({ '1m': 2, '1d': 1000 });
    }
    const file = path.join(cwd, 'gatehouse.yaml');
    writeFileSync(file, 'history:\n  request_sessions: { 1m: 2, 1d: 1000 }\n');
    expect(sessions()).toEqual({ '1m': 2, '1d': 1000 });
  });

  it.each([
    ['2m: 5', 'must give timeframes (1m 5m'],
    ['1m', 'must give timeframes (1m 5m'],
    ['1m: 0', 'must be a whole number from 1 to 10000'],
    ['1m: many', 'must be a whole number from 1 to 10000'],
  ])('of a mapping of timeframes are refused when they are %j', (text, must) => {
    const { message } = refusal([], { GATEHOUSE_HISTORY_REQUEST_SESSIONS: text });
    expect(message).toContain(`history.request_sessions is "${text}"`);
    expect(message).toContain(must);
  });

  it('of --allow-remote are with the token, or without any check', () => {
    expect(load(['--allow-remote']).values.allow_remote).toBe('token');
    expect(load(['--allow-remote=no-auth']).values.allow_remote).toBe('no-auth');
    expect(load(['--allow-remote', '--http-host', '0.0.0.0']).values['http.host']).toBe('0.0.0.0');
  });

  it('of --no-shm switch shared memory off', () => {
    expect(load(['--no-shm']).values['shm.enabled']).toBe(false);
  });
});

describe('a refusal', () => {
  it('names the key, the value, where it came from and what to do', () => {
    const { code, message } = refusal(['--http-port', 'eighty']);
    expect(code).toBe(78);
    expect(message).toBe(
      'http.port is "eighty" (from option --http-port), but it must be a whole number from 0 to 65535. Correct it and start again.',
    );
  });

  it.each([
    [['--shm-name', '../etc'], 'shm.name'],
    [['--client-id=-1'], 'ib.client_id'],
    [['--client-id', '1.5'], 'ib.client_id'],
    [['--ib-port', '0'], 'ib.port'],
    [['--ib-host', 'a b'], 'ib.host'],
    [['--forward-target', 'nowhere'], 'forward.target'],
    [['--forward-policy', 'closed'], 'forward.policy'],
    [['--log-level', 'loud'], 'log.level'],
    [['--max-line-bytes', '1'], 'ndjson.max_line_bytes'],
    [['--ndjson-host', '192.168.0.1'], 'ndjson.host'],
    [['--allow-remote=perhaps'], 'allow_remote'],
  ] as const)('comes for %j, naming %s', (args, key) => {
    const { code, message } = refusal(args);
    expect(code).toBe(78);
    expect(message.startsWith(`${key} is `)).toBe(true);
  });

  it('comes with code 2 for words that are no options', () => {
    expect(refusal(['surprise']).code).toBe(2);
    expect(refusal(['--demo=yes']).message).toContain('takes no value');
    expect(refusal(['--lightweigth']).message).toContain('--lightweight');
  });

  it('comes for demo and lightweight from different places, with 78', () => {
    expect(refusal(['--demo'], { GATEHOUSE_LIGHTWEIGHT: '1' }).code).toBe(78);
  });

  it('comes for a key said twice in a file', () => {
    writeFileSync(path.join(cwd, 'gatehouse.yaml'), 'demo: true\ndemo: false\n');
    expect(refusal().message).toMatch(/line 2, column 1/);
  });
});
