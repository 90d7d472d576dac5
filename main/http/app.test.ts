import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandNames } from '../../shared/contract.ts';
import type { Quote } from '../../shared/quote.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { sampleState } from '../../testing/sample-state.ts';
import { silentLog } from '../kit/log.ts';
import { buildApp } from './app.ts';
import type { AppOptions } from './app-options.ts';
import { readOrMakeToken } from './token.ts';

const quote: Quote = {
  ticker: 'AAPL',
  price: 1,
  volume: 2,
  currency: 'USD',
  tsEpochMs: 3,
  source: 'ibkr_tick',
};

let folder: string;
let app: FastifyInstance;
let asked: { name: string; input: unknown }[];
let answer: Result<unknown>;

async function open(changes: Partial<AppOptions> = {}): Promise<FastifyInstance> {
  app = await buildApp(
    {
      version: '1.2.3',
      guard: { allowedHosts: [], remote: false, token: null },
      tls: null,
      windowDir: folder,
      clock: new FakeClock(),
      log: silentLog,
      ...changes,
    },
    {
      snapshot: () => ({ seq: 1, at: 2, state: sampleState() }),
      subscribe: () => () => {},
      dispatch: async (name, input) => {
        asked.push({ name, input });
        return answer;
      },
      logs: () => [],
      accountSummary: async () => refused('not-connected', 'There is no session.'),
      diagnostics: () => ({ program: { version: '1.2.3' } }),
      history: null,
      connected: () => false,
      counters: () => ({ ndjson_requests: { help: 'Requests.', value: 7 } }),
      quotes: {
        list: () => ['AAPL'],
        get: (ticker) => (ticker === 'AAPL' ? quote : undefined),
      },
    },
  );
  return app;
}

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-window-'));
  writeFileSync(path.join(folder, 'index.html'), '<meta content="__STYLE_NONCE__"><p>window</p>');
  writeFileSync(path.join(folder, 'app.js'), 'export {};');
  asked = [];
  answer = ok({ done: true });
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url, headers: { host: 'localhost', ...headers } });

describe('the HTTP server', () => {
  it('says that it is well', async () => {
    await open();
    const response = await get('/api/v1/health');
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({ status: 'ok', version: '1.2.3' });
  });

  it('serves the whole state and the quotes', async () => {
    await open();
    expect((await get('/api/v1/state')).json()).toMatchObject({ seq: 1, state: { app: {} } });
    expect((await get('/api/v1/quotes')).json()).toEqual({ quotes: [quote] });
    expect((await get('/api/v1/quotes?tickers=AAPL,NONE')).json()).toEqual({
      quotes: [quote],
      missing: ['NONE'],
    });
  });

  it('carries each command of the contract to the dispatcher', async () => {
    await open();
    answer = refused('NOT_RESERVED', 'Nobody holds the session.');
    for (const name of commandNames) {
      const response = await app.inject({
        method: 'POST',
        url: `/api/v1/commands/${name}`,
        headers: { host: 'localhost' },
        payload: { some: 'input' },
      });
      expect(response.statusCode).toBe(409);
      expect(response.json()).toEqual(answer);
      expect(asked.at(-1)).toEqual({ name, input: { some: 'input' } });
    }
  });

  it('answers an unknown command, a bad body and an unknown address in the same form', async () => {
    await open();
    answer = refused('UNKNOWN_COMMAND', 'There is no such command.');
    const post = (url: string, payload: string) =>
      app.inject({
        method: 'POST',
        url,
        headers: { host: 'localhost', 'content-type': 'application/json' },
        payload,
      });
    expect((await post('/api/v1/commands/fly', '{}')).statusCode).toBe(404);
    const bad = await post('/api/v1/commands/reservation.recall', '{"a":');
    expect(bad.statusCode).toBe(400);
    expect(bad.json()).toMatchObject({ ok: false, error: { code: 'BAD_REQUEST' } });
    expect((await get('/nowhere')).json()).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND' },
    });
  });

  it('says which method an address takes', async () => {
    await open();
    const response = await get('/api/v1/commands/reservation.recall');
    expect(response.statusCode).toBe(405);
    expect(response.headers['allow']).toBe('POST');
    expect(response.json()).toMatchObject({
      error: { message: '/api/v1/commands/reservation.recall takes POST, not GET.' },
    });
  });

  it('takes a command without input with an empty body, and says what a body must be', async () => {
    await open();
    const post = (type: string, payload: string) =>
      app.inject({
        method: 'POST',
        url: '/api/v1/commands/reservation.recall',
        headers: { host: 'localhost', 'content-type': type },
        payload,
      });
    expect((await post('application/json', '')).statusCode).toBe(200);
    const form = await post('application/x-www-form-urlencoded', 'a=b');
    expect(form.statusCode).toBe(415);
    expect(form.json().error.advice).toContain('application/json');
  });

  it('takes times as the line protocol does, and says which part of a query is wrong', async () => {
    await open();
    const bars = (query: string) => get(`/api/v1/bars?ticker=AAPL&${query}`);
    expect((await bars('from=2026-11-01')).statusCode).not.toBe(400);
    expect((await bars('from=1793491200000')).statusCode).not.toBe(400);
    const wrong = await bars('from=yesterday');
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json().error.message).toBe('from: must be epoch milliseconds or an ISO 8601 time');
  });

  it('gives the window a policy of its own, with a nonce that is never used twice', async () => {
    await open();
    const [one, two] = [await get('/'), await get('/')];
    const policy = String(one.headers['content-security-policy']);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] as string;
    expect(one.body).toContain(`content="${nonce}"`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(two.headers['content-security-policy']).not.toBe(policy);
  });

  it('does not serve what lies outside the window', async () => {
    await open();
    writeFileSync(path.join(folder, '..', 'gatehouse-secret'), 'secret');
    for (const url of [
      '/../gatehouse-secret',
      '/%2e%2e/gatehouse-secret',
      '/..%2fgatehouse-secret',
    ]) {
      expect((await get(url)).body).not.toContain('secret"');
      expect((await get(url)).statusCode).toBeGreaterThanOrEqual(400);
    }
    rmSync(path.join(folder, '..', 'gatehouse-secret'));
    expect((await get('/app.js')).statusCode).toBe(200);
  });

  it('turns the token in the address into a cookie that scripts cannot read', async () => {
    await open({ guard: { allowedHosts: [], remote: true, token: 'a-long-enough-token' } });
    expect((await get('/')).statusCode).toBe(401);
    expect((await get('/api/v1/health')).statusCode).toBe(200);
    const response = await get('/?token=a-long-enough-token');
    expect(response.statusCode).toBe(302);
    const cookie = String(response.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    const [pair] = cookie.split(';') as [string];
    expect((await get('/', { cookie: pair })).statusCode).toBe(200);
    expect(cookie).not.toContain('Secure');
    const bearer = { authorization: 'Bearer a-long-enough-token' };
    expect((await get('/api/v1/state', bearer)).statusCode).toBe(200);
  });

  it('refuses a wrong token in the address, and sets no cookie for it', async () => {
    await open({ guard: { allowedHosts: [], remote: true, token: 'a-long-enough-token' } });
    const response = await get('/?token=guess');
    expect(response.statusCode).toBe(401);
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  it('serves the metrics, the session and the log', async () => {
    await open();
    const metrics = await get('/metrics');
    expect(metrics.body).toContain('gatehouse_ndjson_requests 7');
    expect(metrics.body).toContain('gatehouse_connection_phase{phase="disconnected"} 1');
    expect((await get('/api/v1/system/ib-status')).json()).toMatchObject({ status: 'ok' });
    expect((await get('/api/v1/logs?limit=5')).json()).toEqual({ lines: [] });
    expect((await get('/api/v1/logs?limit=many')).statusCode).toBe(400);
    expect((await get('/api/v1/account/summary')).statusCode).toBe(503);
    expect((await get('/api/v1/diagnostics')).json()).toEqual({ program: { version: '1.2.3' } });
  });

  it('documents every address', async () => {
    await open();
    const api = (await get('/docs/openapi.json')).json() as { paths: Record<string, unknown> };
    for (const name of commandNames) expect(api.paths).toHaveProperty([`/api/v1/commands/${name}`]);
    expect(api.paths).toHaveProperty(['/api/v1/health']);
    expect(api.paths).toHaveProperty(['/api/v1/diagnostics']);
    expect(JSON.stringify(api.paths['/api/v1/bars'])).toContain('provisionalFrom');
    expect(JSON.stringify(api.paths['/api/v1/commands/watchlist.add'])).toContain('requestBody');
    expect((await get('/docs')).body).toContain('reservation.recall');
  });
});

describe('the token', () => {
  it('is made once, for its owner only, and read afterwards', async () => {
    await open();
    const file = path.join(folder, 'deep', 'token');
    const token = readOrMakeToken(file);
    expect(token.length).toBeGreaterThanOrEqual(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readOrMakeToken(file)).toBe(token);
  });

  it('is refused when it is too short to be safe', async () => {
    await open();
    const file = path.join(folder, 'token');
    writeFileSync(file, 'short\n');
    expect(() => readOrMakeToken(file)).toThrow('under 16 characters');
  });
});
