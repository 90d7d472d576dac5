import { afterEach, describe, expect, it, vi } from 'vitest';
import { LineClient } from './line-client.ts';
import type { NdjsonPorts } from './ports.ts';
import { createNdjsonServer, type NdjsonOptions, type NdjsonServer } from './server.ts';
import { QuoteBoard, testOptions, testPorts } from './testing/doubles.ts';

const running: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop();
});

async function serve(
  ports: Partial<NdjsonPorts> = {},
  options: Partial<NdjsonOptions> = {},
): Promise<{ server: NdjsonServer; port: number; client: LineClient }> {
  const server = createNdjsonServer(testOptions(options), testPorts(ports));
  const { port } = await server.start();
  running.push(() => server.stop());
  return { server, port, client: await connect(port) };
}

async function connect(port: number): Promise<LineClient> {
  const client = await LineClient.connect(port);
  running.push(() => client.close());
  return client;
}

function board(...tickers: string[]): QuoteBoard {
  const quotes = new QuoteBoard();
  for (const ticker of tickers) quotes.set(ticker);
  return quotes;
}

const malformed =
  '{"v":1,"id":null,"type":"error","error":{"code":"BAD_REQUEST","message":"Malformed JSON"}}';

function error(id: string, code: string, message: string): string {
  return `{"v":1,"id":${id},"type":"error","error":{"code":"${code}","message":${JSON.stringify(message)}}}`;
}

describe('the core requests', () => {
  it('lists the tickers in the order first written', async () => {
    const { client } = await serve({ quotes: board('MSFT', 'AAPL') });
    expect(await client.ask('{"v":1,"id":1,"type":"list_tickers"}')).toBe(
      '{"v":1,"id":1,"type":"response","op":"list_tickers","data":["MSFT","AAPL"]}',
    );
  });

  it('gives a quote with its fields in order', async () => {
    const quotes = board();
    const ts = Date.now();
    quotes.set('AAPL', { price: 10.5, volume: 7, tsEpochMs: ts });
    const { client } = await serve({ quotes });
    expect(await client.ask('{"v":1,"id":"q","type":"get_quote","ticker":"AAPL"}')).toBe(
      `{"v":1,"id":"q","type":"response","op":"get_quote","data":{"price":10.5,"volume":7,"currency":"USD","ts_epoch_ms":${ts},"source":"ibkr_tick","ticker":"AAPL","stale":false}}`,
    );
  });

  it('answers with the newest quote after a change', async () => {
    const quotes = board('AAPL');
    const { client } = await serve({ quotes });
    const ask = '{"v":1,"id":1,"type":"get_quote","ticker":"AAPL"}';
    await client.ask(ask);
    quotes.set('AAPL', { price: 99 });
    expect(await client.ask(ask)).toContain('"price":99,');
  });

  it('calls a quote stale once it is older than the window', async () => {
    const quotes = board();
    quotes.set('OLD', { tsEpochMs: Date.now() - 90_500 });
    quotes.set('NEW', { tsEpochMs: Date.now() - 30_000 });
    const { client } = await serve({ quotes });
    expect(await client.ask('{"v":1,"id":1,"type":"get_quote","ticker":"OLD"}')).toContain(
      '"stale":true}}',
    );
    expect(await client.ask('{"v":1,"id":1,"type":"get_quote","ticker":"NEW"}')).toContain(
      '"stale":false}}',
    );
  });

  it('tells the snapshot epoch and the names of the segments', async () => {
    const { client } = await serve();
    expect(await client.ask('{"v":1,"id":1,"type":"get_snapshot_epoch"}')).toContain(
      '"data":{"epoch":4,"last_update_ms":1760000000000}}',
    );
    expect(await client.ask('{"v":1,"id":1,"type":"get_shm_name"}')).toContain(
      '"data":{"shm_name":"seg"}}',
    );
    expect(await client.ask('{"v":1,"id":1,"type":"get_shm_name","columnar":true}')).toContain(
      '"data":{"shm_name":"seg","columnar":{"shm_name":"seg-bars","layout":"GHBARS01","generation":2}}}',
    );
  });

  it('says so where shared memory is off', async () => {
    const { client } = await serve({ memory: { names: () => null } });
    expect(await client.ask('{"v":1,"id":1,"type":"get_shm_name"}')).toBe(
      error('1', 'NOT_FOUND', 'Shared memory not configured'),
    );
  });
});

describe('ids', () => {
  it.each([
    '0',
    '""',
    'false',
    'true',
    '-1.50e+3',
    '12345678901234567890123',
    '9007199254740993',
    '"a\\"b\\\\c"',
    '{"a":[1,{"id":2}]}',
    '[]',
    '"\\u00e9"',
  ])('%s comes back exactly', async (id) => {
    const { client } = await serve({ quotes: board('AAPL') });
    for (const type of ['"list_tickers"', '"get_quote","ticker":"AAPL"', '"nonsense"']) {
      expect(await client.ask(`{"v":1,"id":${id},"type":${type}}`)).toContain(`{"v":1,"id":${id},`);
    }
  });

  it('comes back in ASCII where it was not', async () => {
    const { client } = await serve();
    expect(await client.ask('{"v":1,"id":"é😀","type":"ping"}')).toContain(
      '"id":"\\u00e9\\ud83d\\ude00",',
    );
  });

  it('is the one at the top level, the last one, and however its name is spelled', async () => {
    const { client } = await serve();
    expect(await client.ask('{"x":{"id":1},"v":1,"id":2,"type":"ping"}')).toContain('"id":2,');
    expect(await client.ask('{"id":1,"v":1,"id":2,"type":"ping"}')).toContain('"id":2,');
    expect(await client.ask('{"v":1,"\\u0069d":3,"type":"ping"}')).toContain('"id":3,');
    expect(await client.ask('{"v":1,"id":{ "a" : "x y" },"type":"ping"}')).toContain(
      '"id":{"a":"x y"},',
    );
  });
});

describe('errors', () => {
  it('refuses nesting without a bound', async () => {
    const { client } = await serve();
    const deep = (depth: number) =>
      `{"v":1,"id":${'['.repeat(depth)}${']'.repeat(depth)},"type":"ping"}`;
    expect(await client.ask(deep(256))).toContain('"op":"ping"');
    expect(await client.ask(deep(257))).toBe(malformed);
    expect(await client.ask(deep(30_000))).toBe(malformed);
  });

  it.each([
    '',
    ' ',
    'hello',
    '{',
    '{"v":1,"id":1,"type":"ping"} x',
    '{"v":NaN,"id":1,"type":"ping"}',
    '{"v":1,"id":01,"type":"ping"}',
    '{"v":1,"id":"\t","type":"ping"}',
    '{"v":1,"id":1,"type":"ping",}',
    '[1]',
    '5',
    '"x"',
    'null',
    '\ufeff{"v":1,"id":1,"type":"ping"}',
  ])('%j is malformed, and the connection goes on', async (line) => {
    const { client } = await serve();
    expect(await client.ask(line)).toBe(malformed);
    expect(await client.ask('{"v":1,"id":1,"type":"ping"}')).toContain('"op":"ping"');
  });

  it('refuses bytes that are not UTF-8', async () => {
    const { client } = await serve();
    client.write(Buffer.from([0x7b, 0x22, 0x76, 0x22, 0x3a, 0xff, 0x7d, 0x0a]));
    expect(await client.line()).toBe(malformed);
    client.write(
      Buffer.concat([
        Buffer.from('{"v":1,"id":"'),
        Buffer.from([0xc3]),
        Buffer.from('","type":"ping"}\n'),
      ]),
    );
    expect(await client.line()).toBe(malformed);
  });

  it.each([
    ['{}', 'null', 'v, id, type'],
    ['{"v":2,"id":7,"type":"ping"}', '7', 'v'],
    ['{"v":"1","id":7,"type":"ping"}', '7', 'v'],
    ['{"v":1,"type":"ping"}', 'null', 'id'],
    ['{"v":1,"id":null,"type":"ping"}', 'null', 'id'],
    ['{"v":1,"id":"a"}', '"a"', 'type'],
    ['{"id":"a"}', '"a"', 'v, type'],
  ])('%s names what is missing', async (line, id, names) => {
    const { client } = await serve();
    expect(await client.ask(line)).toBe(
      error(id, 'BAD_REQUEST', `Missing required fields: ${names}`),
    );
  });

  it.each(['"nonsense"', '""', 'null', '5', '["ping"]', '"PING"'])(
    'does not know the type %s',
    async (type) => {
      const { client } = await serve();
      expect(await client.ask(`{"v":1,"id":1,"type":${type}}`)).toBe(
        error('1', 'BAD_REQUEST', 'Unknown request type'),
      );
    },
  );

  it('tells a missing ticker from an unknown one', async () => {
    const { client } = await serve({ quotes: board('AAPL') });
    const missing = error('1', 'BAD_REQUEST', 'Missing ticker');
    for (const field of ['', ',"ticker":""', ',"ticker":null', ',"ticker":0', ',"ticker":[]']) {
      expect(await client.ask(`{"v":1,"id":1,"type":"get_quote"${field}}`)).toBe(missing);
    }
    for (const [field, name] of [
      ['"aapl"', 'aapl'],
      ['"\\u00e9"', '\\u00e9'],
      ['"é"', '\\u00e9'],
      ['5', '5'],
    ]) {
      expect(await client.ask(`{"v":1,"id":1,"type":"get_quote","ticker":${field}}`)).toBe(
        `{"v":1,"id":1,"type":"error","error":{"code":"NOT_FOUND","message":"Unknown ticker ${name}"}}`,
      );
    }
  });

  it('answers INTERNAL when something inside fails, and goes on', async () => {
    const { client } = await serve({
      status() {
        throw new Error('the disk is on fire');
      },
    });
    expect(await client.ask('{"v":1,"id":1,"type":"get_status"}')).toBe(
      error('1', 'INTERNAL', 'the disk is on fire'),
    );
    expect(await client.ask('{"v":1,"id":1,"type":"ping"}')).toContain('"op":"ping"');
  });
});

describe('lines', () => {
  it('may be as long as the limit with their newline, and not a byte longer', async () => {
    const { client } = await serve();
    const line = (bytes: number) => {
      const [before, after] = ['{"v":1,"id":1,"type":"ping","pad":"', '"}'];
      return before + 'x'.repeat(bytes - before.length - after.length - 1) + after;
    };
    expect(await client.ask(line(65_536))).toContain('"op":"ping"');
    expect(await client.ask(line(65_537))).toBe(error('null', 'BAD_REQUEST', 'Line too long'));
    expect(await client.ask(line(200_000))).toBe(error('null', 'BAD_REQUEST', 'Line too long'));
    expect(await client.ask('{"v":1,"id":2,"type":"ping"}')).toContain('"id":2,');
  });

  it('without an end are answered and closed cleanly', async () => {
    const { client } = await serve({}, { maxLineBytes: 1024 });
    client.write('x'.repeat(1024 * 1024));
    expect(await client.line()).toBe(error('null', 'BAD_REQUEST', 'Line too long'));
    expect(await client.line()).toBeNull();
  });

  it('without an end, many times over the limit, still let their sender read the answer', async () => {
    const { client } = await serve();
    const failures: Error[] = [];
    client.socket.on('error', (failure) => failures.push(failure));
    const sent = new Promise((resolve) => client.socket.write(Buffer.alloc(8 << 20, 'x'), resolve));
    await sent;
    expect(await client.line()).toBe(error('null', 'BAD_REQUEST', 'Line too long'));
    expect(await client.line()).toBeNull();
    expect(failures).toEqual([]);
  });

  it('torn off by a reset harm nobody else', async () => {
    const { server, port, client } = await serve();
    for (let i = 0; i < 20; i++) {
      const torn = await connect(port);
      torn.write(i % 2 === 0 ? '{"v":1,"id":1,"ty' : '{"v":1,"id":1,"type":"ping"}\n{"v"');
      if (i % 6 === 3) await torn.line();
      torn.socket.resetAndDestroy();
    }
    expect(await client.ask('{"v":1,"id":1,"type":"ping"}')).toContain('"op":"ping"');
    await vi.waitFor(() => expect(server.clients()).toHaveLength(1));
  });

  it('may end with CRLF, arrive byte by byte, or come many at once', async () => {
    const { client } = await serve();
    expect(await client.ask('{"v":1,"id":1,"type":"ping"}\r')).toContain('"id":1,');
    for (const byte of '{"v":1,"id":"slow","type":"ping"}\n') {
      client.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.line()).toContain('"id":"slow"');
    const many = Array.from({ length: 1000 }, (_, i) => `{"v":1,"id":${i},"type":"ping"}\n`);
    client.write(many.join(''));
    for (let i = 0; i < 1000; i++) expect(await client.line()).toContain(`"id":${i},`);
  });

  it('are answered after the client has closed its side, the last one without its newline too', async () => {
    const { client } = await serve();
    client.socket.end('{"v":1,"id":1,"type":"ping"}\n{"v":1,"id":2,"type":"ping"}');
    expect(await client.line()).toContain('"id":1,');
    expect(await client.line()).toContain('"id":2,');
    expect(await client.line()).toBeNull();
  });
});

describe('listening', () => {
  it('explains a taken port', async () => {
    const { port } = await serve();
    const second = createNdjsonServer(testOptions({ port }), testPorts());
    await expect(second.start()).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringContaining(`Port ${port} on 127.0.0.1 is taken by `),
    });
  });
});
