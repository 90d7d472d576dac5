import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../kit/clock.ts';
import { type Log, silentLog } from '../kit/log.ts';
import { createReservation } from '../reservation/reservation.ts';
import { LineClient } from './line-client.ts';
import type { HistoryQuery, NdjsonPorts } from './ports.ts';
import { createNdjsonServer, type NdjsonOptions, type NdjsonServer } from './server.ts';
import { QuoteBoard, testOptions, testPorts } from './testing/doubles.ts';

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Served {
  readonly server: NdjsonServer;
  readonly port: number;
  connect(): Promise<LineClient>;
}

async function serve(
  ports: Partial<NdjsonPorts> = {},
  options: Partial<NdjsonOptions> = {},
): Promise<Served> {
  const server = createNdjsonServer(testOptions(options), testPorts(ports));
  const { port } = await server.start();
  stops.push(() => server.stop());
  const connect = async () => {
    const client = await LineClient.connect(port);
    stops.push(() => client.close());
    return client;
  };
  return { server, port, connect };
}

/** A server whose lease is a real reservation over a session that only pretends. */
async function serveLease(options: Partial<NdjsonOptions> = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-ndjson-'));
  const session = { open: true };
  const reservation = createReservation(
    { clock: systemClock, log: silentLog, file: path.join(folder, 'lease.json') },
    {
      session: {
        async close() {
          session.open = false;
        },
        resume() {
          session.open = true;
        },
        isOpen: () => session.open,
      },
      isDownloading: () => false,
      probe: async () => true,
    },
  );
  await reservation.start();
  stops.push(
    () => rmSync(folder, { recursive: true, force: true }),
    () => reservation.stop(),
  );
  return { ...(await serve({ lease: reservation }, options)), reservation, session };
}

interface Answer {
  readonly id: unknown;
  readonly type: string;
  readonly op: string;
  // biome-ignore lint/suspicious/noExplicitAny: the body of an answer is what the test says it is.
  readonly data: any;
  readonly error: { readonly code: string; readonly message: string };
}

function parse(line: string | null): Answer {
  if (line === null) throw new Error('The server closed the connection');
  expect(line).toMatch(/^[ -~]*$/);
  return JSON.parse(line) as Answer;
}

async function ask(client: LineClient, type: string, fields: object = {}): Promise<Answer> {
  return parse(await client.ask({ v: 1, id: type, type, ...fields }));
}

async function next(client: LineClient): Promise<Answer> {
  return parse(await client.line());
}

describe('greetings', () => {
  it('say who is there, what it can do and how much it takes', async () => {
    const { connect } = await serve({}, { maxLineBytes: 4096, maxConnections: 7 });
    const { data } = await ask(await connect(), 'hello');
    expect(data).toMatchObject({
      server: 'gatehouse',
      version: '1.2.3',
      protocol: 1,
      limits: { max_line_bytes: 4096, max_connections: 7, idle_timeout_ms: 60_000 },
    });
    expect(data.features).toContain('subscribe');
  });

  it('tell the status as it is given', async () => {
    const { connect } = await serve({ status: () => ({ headline: 'Live – é' }) });
    expect((await ask(await connect(), 'get_status')).data).toEqual({ headline: 'Live – é' });
  });
});

describe('many quotes', () => {
  it('come in the order asked for, with the unknown ones named', async () => {
    const quotes = new QuoteBoard();
    quotes.set('AAPL', { price: 1 });
    quotes.set('MSFT', { price: 2 });
    const { connect } = await serve({ quotes });
    const { data } = await ask(await connect(), 'get_quotes', {
      tickers: ['MSFT', 'NOPE', 'AAPL'],
    });
    expect(data.quotes.map((quote: { price: number }) => quote.price)).toEqual([2, 1]);
    expect(data.unknown).toEqual(['NOPE']);
  });

  it.each([undefined, [], 'AAPL', [1]])('need a list of names, not %j', async (tickers) => {
    const { connect } = await serve();
    expect((await ask(await connect(), 'get_quotes', { tickers })).error.code).toBe('BAD_REQUEST');
  });
});

describe('history', () => {
  const bar = (t: number) => ({ t, open: 1, high: 2, low: 0.5, close: 1.5, volume: 10 });

  it('comes in pages, in order with the requests behind it', async () => {
    const asked: HistoryQuery[] = [];
    const { connect } = await serve({
      history: {
        async bars(query) {
          asked.push(query);
          return { bars: [bar(60_000), bar(120_000)], next: 180_000, provisionalFrom: null };
        },
      },
    });
    const client = await connect();
    client.write(
      '{"v":1,"id":1,"type":"get_history","ticker":"AAPL","timeframe":"1m","from":"1970-01-01T00:01:00Z","to":240000,"limit":2}\n{"v":1,"id":2,"type":"ping"}\n',
    );
    expect((await next(client)).data).toEqual({
      ticker: 'AAPL',
      timeframe: '1m',
      bars: [bar(60_000), bar(120_000)],
      next: 180_000,
      provisional_from: null,
    });
    expect((await next(client)).id).toBe(2);
    expect(asked).toEqual([
      { ticker: 'AAPL', timeframe: '1m', from: 60_000, to: 240_000, limit: 2 },
    ]);
  });

  it('tells from which bar on it is made of ticks', async () => {
    const { connect } = await serve({
      history: {
        bars: async () => ({
          bars: [bar(60_000), bar(120_000)],
          next: null,
          provisionalFrom: 120_000,
        }),
      },
    });
    const { data } = await ask(await connect(), 'get_history', { ticker: 'A', timeframe: '1m' });
    expect(data).toMatchObject({ next: null, provisional_from: 120_000 });
  });

  it('refuses what it cannot read', async () => {
    const { connect } = await serve();
    const client = await connect();
    for (const fields of [
      {},
      { ticker: 'A', timeframe: '2m' },
      { ticker: 'A', from: 'yesterday' },
      { ticker: 'A', limit: 5001 },
    ]) {
      expect((await ask(client, 'get_history', fields)).error.code).toBe('BAD_REQUEST');
    }
    expect((await ask(client, 'get_history', { ticker: 'A' })).error).toEqual({
      code: 'NOT_FOUND',
      message: 'No 1d bars of A',
    });
  });

  it('that fails is an INTERNAL error of that request alone', async () => {
    const { connect } = await serve({
      history: { bars: () => Promise.reject(new Error('disk')) },
    });
    const client = await connect();
    expect((await ask(client, 'get_history', { ticker: 'A' })).error).toEqual({
      code: 'INTERNAL',
      message: 'disk',
    });
    expect((await ask(client, 'ping')).op).toBe('ping');
  });
});

describe('subscriptions', () => {
  it('begin with what is known and go on with what changes', async () => {
    const quotes = new QuoteBoard();
    quotes.set('AAPL', { price: 1 });
    quotes.set('MSFT', { price: 2 });
    const { connect } = await serve({ quotes });
    const client = await connect();
    expect((await ask(client, 'subscribe', { tickers: ['AAPL', 'LATER'] })).data).toEqual({
      topics: ['quotes'],
      tickers: ['AAPL', 'LATER'],
      unknown: ['LATER'],
    });
    expect(await next(client)).toMatchObject({
      v: 1,
      id: null,
      type: 'event',
      op: 'quotes',
      data: { ticker: 'AAPL', price: 1, stale: false },
    });
    quotes.set('MSFT', { price: 3 });
    quotes.set('LATER', { price: 4 });
    expect((await next(client)).data).toMatchObject({ ticker: 'LATER', price: 4 });
    quotes.set('AAPL', { price: 5 });
    quotes.set('AAPL', { price: 6 });
    expect((await next(client)).data.price).toBe(5);
    const last = await next(client);
    expect(last.data.price).toBe(6);
    expect(last.data).not.toHaveProperty('conflated');
  });

  it('to "*" follow every ticker, also new ones', async () => {
    const quotes = new QuoteBoard();
    quotes.set('AAPL');
    const { connect } = await serve({ quotes });
    const client = await connect();
    expect((await ask(client, 'subscribe', { tickers: '*' })).data.tickers).toBe('*');
    expect((await next(client)).data.ticker).toBe('AAPL');
    quotes.set('NEW');
    expect((await next(client)).data.ticker).toBe('NEW');
  });

  it('end when asked to', async () => {
    const quotes = new QuoteBoard();
    quotes.set('AAPL');
    quotes.set('MSFT');
    const { server, connect } = await serve({ quotes });
    const client = await connect();
    await ask(client, 'subscribe', { tickers: ['AAPL', 'MSFT'], topics: ['quotes', 'snapshot'] });
    for (let i = 0; i < 3; i++) await next(client);
    expect((await ask(client, 'unsubscribe', { tickers: ['AAPL'] })).data).toEqual({
      topics: ['quotes', 'snapshot'],
      tickers: ['MSFT'],
    });
    quotes.set('AAPL', { price: 7 });
    quotes.set('MSFT', { price: 8 });
    expect((await next(client)).data.price).toBe(8);
    expect((await ask(client, 'unsubscribe')).data).toEqual({ topics: [], tickers: [] });
    quotes.set('MSFT', { price: 9 });
    expect((await ask(client, 'ping')).op).toBe('ping');
    expect(server.clients()[0]).toMatchObject({ topics: [], tickers: 0 });
  });

  it('to states push them when they change', async () => {
    let batch = (): void => {};
    let changed = (): void => {};
    let state = 'connected';
    const snapshot = {
      epoch: 2,
      lastUpdateMs: 5,
      onBatch(listener: () => void) {
        batch = listener;
        return () => {};
      },
    };
    const { connect } = await serve({
      snapshot,
      connection: {
        current: () => ({ state }),
        onChange(listener) {
          changed = listener;
          return () => {};
        },
      },
    });
    const client = await connect();
    await ask(client, 'subscribe', { topics: ['snapshot', 'connection'] });
    expect([(await next(client)).data, (await next(client)).data]).toEqual([
      { epoch: 2, last_update_ms: 5 },
      { state: 'connected' },
    ]);
    snapshot.epoch = 4;
    batch();
    expect(await next(client)).toMatchObject({ op: 'snapshot', data: { epoch: 4 } });
    state = 'reconnecting';
    changed();
    expect(await next(client)).toMatchObject({ op: 'connection', data: { state: 'reconnecting' } });
  });

  it('refuse topics nobody knows', async () => {
    const { connect } = await serve();
    expect((await ask(await connect(), 'subscribe', { topics: ['weather'] })).error.message).toBe(
      'topics must be among quotes, snapshot, connection, reservation',
    );
  });

  it('give a slow reader the newest quotes and tell how many it missed', async () => {
    const quotes = new QuoteBoard();
    quotes.set('AAPL', { price: 0 });
    quotes.set('MSFT', { price: 0 });
    const { server, connect } = await serve({ quotes });
    const client = await connect();
    await ask(client, 'subscribe', { tickers: '*' });
    await next(client);
    await next(client);
    client.socket.pause();
    // Until the buffers of the system are full, the reader does not look slow.
    let price = 0;
    let most = 0;
    const slow = () => (server.clients()[0]?.backlogBytes ?? 0) > 60_000;
    for (let round = 0; round < 5000 && !slow(); round++) {
      for (let i = 0; i < 200; i++) quotes.set('AAPL', { price: ++price });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(slow()).toBe(true);
    for (let i = 0; i < 100_000; i++) quotes.set('AAPL', { price: ++price });
    quotes.set('MSFT', { price: -1 });
    most = Math.max(most, server.clients()[0]?.backlogBytes ?? 0);
    expect(most).toBeLessThan(1024 * 1024);
    client.socket.resume();
    const seen = { AAPL: 0, MSFT: 0 };
    let received = 0;
    let conflated = 0;
    while (seen.AAPL !== price || seen.MSFT !== -1) {
      const { data } = await next(client);
      seen[data.ticker as 'AAPL' | 'MSFT'] = data.price;
      if (data.ticker === 'AAPL') received++;
      conflated += data.conflated ?? 0;
    }
    expect(conflated).toBeGreaterThan(90_000);
    expect(received + conflated).toBe(price);
    expect(server.clients()[0]?.conflated).toBe(conflated);
  });
});

describe('a client that does not read', () => {
  it('is not read from either, and gets every answer in the end', async () => {
    const quotes = new QuoteBoard();
    for (let i = 0; i < 2000; i++) quotes.set(`TICKER${i}`);
    const { server, connect } = await serve({ quotes });
    const client = await connect();
    client.socket.pause();
    const requests = 3000;
    for (let id = 0; id < requests; id++)
      client.write(`{"v":1,"id":${id},"type":"list_tickers"}\n`);
    await vi.waitFor(() => expect(server.clients()[0]?.paused).toBe(true), { timeout: 10_000 });
    expect(server.clients()[0]?.requests).toBeLessThan(requests);
    expect(server.clients()[0]?.backlogBytes).toBeLessThan(1024 * 1024);
    client.socket.resume();
    for (let id = 0; id < requests; id++) {
      const line = await client.line();
      expect(line?.startsWith(`{"v":1,"id":${id},`)).toBe(true);
    }
  });
});

describe('silent connections', () => {
  it('are closed after the idle time, without a word', async () => {
    const { connect } = await serve({}, { idleTimeoutMs: 100 });
    const client = await connect();
    expect(await client.line()).toBeNull();
  });

  it('are kept while they hold the lease, wait for it, or subscribe', async () => {
    const { server, connect } = await serveLease({ idleTimeoutMs: 400 });
    const [holder, waiter, subscriber, idle] = await Promise.all([1, 2, 3, 4].map(connect));
    await ask(holder as LineClient, 'acquire_ibkr');
    (waiter as LineClient).write('{"v":1,"id":1,"type":"acquire_ibkr","wait_ms":60000}\n');
    await ask(subscriber as LineClient, 'subscribe', { topics: ['snapshot'] });
    await (idle as LineClient).ended;
    (idle as LineClient).close();
    await vi.waitFor(() => expect(server.clients()).toHaveLength(3));
    for (const client of [holder, waiter, subscriber] as LineClient[]) {
      client.write('{"v":1,"id":"still here","type":"ping"}\n');
      while ((await next(client)).id !== 'still here');
    }
  });

  it('may be slow, but not for ever', async () => {
    const { connect } = await serve({}, { idleTimeoutMs: 200 });
    const client = await connect();
    const request = '{"v":1,"id":1,"type":"ping"}\n';
    let ended = false;
    void client.ended.then(() => {
      ended = true;
    });
    const drip = async (text: string) => {
      for (const byte of text) {
        if (ended) return;
        client.write(byte);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await drip(request);
    expect((await next(client)).op).toBe('ping');
    await drip('x'.repeat(2000));
    expect(ended).toBe(true);
  });
});

describe('the token of the server', () => {
  const authToken = 'secret-of-the-house';

  it('must be the first thing a connection shows', async () => {
    const { connect } = await serve({}, { authToken });
    const stranger = await connect();
    expect((await ask(stranger, 'list_tickers')).error.code).toBe('UNAUTHORIZED');
    expect(await stranger.line()).toBeNull();
    const liar = await connect();
    expect((await ask(liar, 'auth', { token: 'guess' })).error.code).toBe('UNAUTHORIZED');
    expect(await liar.line()).toBeNull();
    const garbage = await connect();
    expect(await garbage.ask('x')).toContain('Malformed JSON');
    expect(await garbage.line()).toBeNull();
    const guest = await connect();
    expect((await ask(guest, 'auth', { token: authToken })).data).toEqual({ status: 'authorized' });
    expect((await ask(guest, 'ping')).op).toBe('ping');
  });

  it('does nothing that came behind a wrong one', async () => {
    const { reservation, connect } = await serveLease({ authToken });
    const client = await connect();
    client.write(
      '{"v":1,"id":1,"type":"auth","token":"x"}\n{"v":1,"id":2,"type":"acquire_ibkr"}\n',
    );
    expect((await next(client)).error.code).toBe('UNAUTHORIZED');
    expect(await client.line()).toBeNull();
    expect(reservation.view().state).toBe('free');
  });
});

describe('too many connections', () => {
  it('are told so and closed, and make room again', async () => {
    const { server, connect } = await serve({}, { maxConnections: 2 });
    const first = await connect();
    await connect();
    const third = await connect();
    expect((await next(third)).error).toEqual({
      code: 'LIMIT',
      message: 'Too many connections: this server takes 2',
    });
    expect(await third.line()).toBeNull();
    expect(server.clients()).toHaveLength(2);
    first.close();
    await vi.waitFor(() => expect(server.clients()).toHaveLength(1));
    expect((await ask(await connect(), 'ping')).op).toBe('ping');
    expect(server.stats().refusedConnections).toBe(1);
  });
});

describe('the operator', () => {
  it('sees the clients and can disconnect one', async () => {
    const { server, connect } = await serve();
    const seen = vi.fn();
    server.onClients(seen);
    const client = await connect();
    await ask(client, 'ping');
    await vi.waitFor(() => expect(seen).toHaveBeenCalled());
    const [info] = server.clients();
    expect(info).toMatchObject({ requests: 1, errors: 0 });
    expect(server.disconnect(info?.id ?? -1)).toBe(true);
    expect(await client.line()).toBeNull();
    expect(server.disconnect(999)).toBe(false);
  });
});

describe('stopping', () => {
  it('closes every connection and frees the port', async () => {
    const { server, port, connect } = await serve();
    const client = await connect();
    await ask(client, 'ping');
    await server.stop();
    expect(await client.line()).toBeNull();
    await serve({}, { port });
  });
});

describe('the reservation', () => {
  it('is acquired on one connection and released on another, as one-shot clients do', async () => {
    const { session, connect } = await serveLease();
    const first = await connect();
    expect(await first.ask('{"v":1,"id":"acq","type":"acquire_ibkr"}')).toBe(
      '{"v":1,"id":"acq","type":"response","op":"acquire_ibkr","data":{"status":"acquired"}}',
    );
    expect(session.open).toBe(false);
    first.close();
    const second = await connect();
    expect((await ask(second, 'acquire_ibkr')).error).toEqual({
      code: 'CONFLICT',
      message: 'IBKR connection already reserved',
    });
    expect(await second.ask('{"v":1,"id":"rel","type":"release_ibkr"}')).toBe(
      '{"v":1,"id":"rel","type":"response","op":"release_ibkr","data":{"status":"released"}}',
    );
    expect(session.open).toBe(true);
    expect((await ask(second, 'release_ibkr')).error).toEqual({
      code: 'BAD_REQUEST',
      message: 'IBKR connection not reserved',
    });
  });

  it('is asked back with the words older clients wait for', async () => {
    const { reservation, connect } = await serveLease();
    const holder = await connect();
    const other = await connect();
    await ask(holder, 'acquire_ibkr');
    reservation.recall();
    expect(await holder.line()).toBe(
      '{"v":1,"id":null,"type":"response","op":"release_ibkr","data":{"status":"release_requested"}}',
    );
    expect((await ask(other, 'get_reservation')).data).toMatchObject({
      state: 'reserved',
      recalled: true,
    });
  });

  it('with a name gives a token, which alone releases it from elsewhere', async () => {
    const { connect } = await serveLease();
    const holder = await connect();
    const other = await connect();
    const { data } = await ask(holder, 'acquire_ibkr', { client: 'algo', ttl_ms: 60_000 });
    expect(data).toEqual({
      status: 'acquired',
      lease: expect.any(String),
      expires_at_ms: expect.any(Number),
    });
    expect((await ask(other, 'release_ibkr')).error).toEqual({
      code: 'CONFLICT',
      message: 'IBKR connection is reserved by algo',
    });
    expect((await ask(other, 'release_ibkr', { lease: 'x' })).error.code).toBe('FORBIDDEN');
    const shown = await other.ask('{"v":1,"id":1,"type":"get_reservation"}');
    expect(shown).toContain('"holder":"algo"');
    expect(shown).not.toContain(data.lease);
    expect((await ask(other, 'renew_ibkr', { lease: data.lease, ttl_ms: 90_000 })).data).toEqual({
      status: 'renewed',
      lease: data.lease,
      expires_at_ms: expect.any(Number),
    });
    expect((await ask(other, 'release_ibkr', { lease: data.lease })).data).toEqual({
      status: 'released',
    });
  });

  it('is waited for without holding up the requests behind', async () => {
    const { connect } = await serveLease();
    const holder = await connect();
    const waiter = await connect();
    await ask(holder, 'acquire_ibkr');
    waiter.write('{"v":1,"id":"w","type":"acquire_ibkr","wait_ms":60000,"client":"second"}\n');
    expect(await next(waiter)).toMatchObject({
      id: null,
      type: 'event',
      op: 'acquire_ibkr',
      data: { status: 'waiting', position: 1, request: 'w' },
    });
    expect((await ask(waiter, 'ping')).op).toBe('ping');
    await ask(holder, 'release_ibkr');
    expect(await next(waiter)).toMatchObject({ id: 'w', data: { status: 'acquired' } });
  });

  it('that is not to be had in time is a conflict', async () => {
    const { connect } = await serveLease();
    const holder = await connect();
    await ask(holder, 'acquire_ibkr');
    const waiter = await connect();
    waiter.socket.end('{"v":1,"id":"w","type":"acquire_ibkr","wait_ms":50}\n');
    expect((await next(waiter)).op).toBe('acquire_ibkr');
    expect((await next(waiter)).error.code).toBe('CONFLICT');
    expect(await waiter.line()).toBeNull();
  });

  it.each([
    { client: '' },
    { client: 5 },
    { ttl_ms: 0 },
    { ttl_ms: 1.5 },
    { wait_ms: -1 },
    { bind: 'socket' },
  ])('refuses the terms %j', async (terms) => {
    const { reservation, connect } = await serveLease();
    expect((await ask(await connect(), 'acquire_ibkr', terms)).error.code).toBe('BAD_REQUEST');
    expect(reservation.view().state).toBe('free');
  });

  it('is pushed to those who subscribed to it', async () => {
    const { connect } = await serveLease();
    const watcher = await connect();
    await ask(watcher, 'subscribe', { topics: ['reservation'] });
    expect((await next(watcher)).data.state).toBe('free');
    await ask(await connect(), 'acquire_ibkr', { client: 'algo' });
    let event = await next(watcher);
    while (event.data.state !== 'reserved') event = await next(watcher);
    expect(event.data.holder).toBe('algo');
  });
});

describe('the log', () => {
  it('has each request and answer with the peer, each error with its request, and no token', async () => {
    const lines: { level: string; text: string }[] = [];
    const at = (level: string) => (fields: object, message: string) =>
      void lines.push({ level, text: `${JSON.stringify(fields)} ${message}` });
    const log: Log = {
      trace: at('trace'),
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      isLevelEnabled: () => true,
    };
    const quotes = new QuoteBoard();
    quotes.set('AAPL');
    const authToken = 'secret-of-the-house';
    const { connect } = await serveLease({ log, authToken });
    const client = await connect();
    await ask(client, 'auth', { token: authToken });
    const { data } = await ask(client, 'acquire_ibkr', { client: 'algo' });
    await ask(client, 'release_ibkr', { lease: 'lease_that_is_wrong_123' });
    await client.ask(`{"v":1,"id":1,"type":"release_ibkr","\\u006cease":"${data.lease}x"}`);
    await client.ask(`garbage ${authToken} {"token":"other-secret`);
    await ask(client, 'get_quote', { ticker: 'NOPE' });
    const text = lines.map((line) => line.text).join('\n');
    for (const secret of [authToken, data.lease, 'that_is_wrong', 'other-secret']) {
      expect(text).not.toContain(secret);
    }
    const peer = `127.0.0.1:${client.socket.localPort}`;
    const find = (level: string, part: string) =>
      lines.find((line) => line.level === level && line.text.includes(part));
    expect(find('debug', 'list') ?? find('debug', 'get_quote')?.text).toContain(peer);
    expect(find('debug', 'released') ?? find('debug', 'acquired')?.text).toContain(peer);
    const warned = find('warn', 'Unknown ticker NOPE')?.text ?? '';
    expect(warned).toContain(peer);
    expect(warned).toContain('get_quote');
  });
});
