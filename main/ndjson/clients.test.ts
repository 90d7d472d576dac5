import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../clients/node/client.mjs';
import { acquireLease, SessionUnavailable, withLease } from '../../clients/node/lease.mjs';
import { systemClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { createReservation } from '../reservation/reservation.ts';
import type { HistoryQuery } from './ports.ts';
import { createNdjsonServer } from './server.ts';
import { smokeTest } from './smoke.ts';
import { QuoteBoard, testOptions, testPorts } from './testing/doubles.ts';

const run = promisify(execFile);
const clients = fileURLToPath(new URL('../../clients/', import.meta.url));
const python = ['python3', '/usr/bin/python3'].find(
  (name) => spawnSync(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0,
);
const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function serve() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-clients-'));
  const calls: string[] = [];
  let open = true;
  const reservation = createReservation(
    { clock: systemClock, log: silentLog, file: path.join(folder, 'lease.json') },
    {
      session: {
        async close() {
          calls.push('close');
          open = false;
        },
        resume() {
          calls.push('resume');
          open = true;
        },
        isOpen: () => open,
      },
      isDownloading: () => false,
      probe: async () => true,
    },
  );
  await reservation.start();
  const quotes = new QuoteBoard();
  quotes.set('AAPL', { price: 187.5 });
  quotes.set('MSFT');
  const bars = Array.from({ length: 2500 }, (_, i) => ({
    ...{ t: i * 86_400_000, open: 1, high: 2, low: 0.5, close: 1.5, volume: i },
  }));
  const server = createNdjsonServer(
    testOptions(),
    testPorts({
      quotes,
      lease: reservation,
      memory: { names: () => null },
      history: {
        async bars({ ticker, from, limit }: HistoryQuery) {
          if (ticker !== 'AAPL') return undefined;
          const left = bars.filter(({ t }) => t >= (from ?? 0));
          const page = { bars: left.slice(0, limit), next: left[limit]?.t ?? null };
          return { ...page, provisionalFrom: null };
        },
      },
    }),
  );
  const { port } = await server.start();
  stops.push(
    () => rmSync(folder, { recursive: true, force: true }),
    () => reservation.stop(),
    () => server.stop(),
  );
  return { port, reservation, quotes, calls, folder };
}

async function runPython(program: string, ...options: string[]): Promise<string> {
  const { stdout } = await run(python ?? '', [program, ...options], {
    env: { ...process.env, PYTHONPATH: path.join(clients, 'python'), PYTHONDONTWRITEBYTECODE: '1' },
    timeout: 25_000,
  });
  return stdout;
}

describe('the smoke test', () => {
  it('passes against a running server and leaves the reservation free', async () => {
    const { port, reservation } = await serve();
    const results = await smokeTest({ host: '127.0.0.1', port });
    expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(results.length).toBeGreaterThan(10);
    expect(reservation.view().state).toBe('free');
  });

  it('fails where nobody answers', async () => {
    const { port } = await serve();
    for (const stop of stops.splice(0).reverse()) await stop();
    const results = await smokeTest({ host: '127.0.0.1', port });
    expect(results.every(({ outcome }) => outcome === 'failed')).toBe(true);
  });
});

describe('the Node client', () => {
  it('asks, pages through history and hears what is pushed', async () => {
    const { port, quotes } = await serve();
    const client = await connect({ port });
    stops.push(() => client.close());
    expect(await client.listTickers()).toEqual(['AAPL', 'MSFT']);
    expect((await client.getQuote('AAPL')).price).toBe(187.5);
    expect([...(await client.getQuotes(['MSFT', 'NOPE'])).keys()]).toEqual(['MSFT']);
    await expect(client.getQuote('NOPE')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    let bars = 0;
    for await (const bar of client.history('AAPL')) expect(bar.volume).toBe(bars++);
    expect(bars).toBe(2500);
    await client.subscribe({ tickers: ['AAPL'] });
    const prices: number[] = [];
    for await (const { data } of client.events()) {
      prices.push((data as { price: number }).price);
      if (prices.length === 1) quotes.set('AAPL', { price: 190 });
      else break;
    }
    expect(prices).toEqual([187.5, 190]);
  });

  it('holds the session for a block, renews it, and hears that it is asked back', async () => {
    const { port, reservation, calls } = await serve();
    const result = await withLease({ port, name: 'algo', ttlMs: 1500 }, async (lease) => {
      expect(reservation.view()).toMatchObject({ holder: 'algo', state: 'reserved' });
      const until = reservation.view().expiresAt ?? 0;
      await vi.waitFor(() => expect(reservation.view().expiresAt).toBeGreaterThan(until), {
        timeout: 10_000,
      });
      await expect(acquireLease({ port, name: 'second' })).rejects.toThrow(SessionUnavailable);
      reservation.recall();
      await vi.waitFor(() => expect(lease.recalled.aborted).toBe(true));
      return 'done';
    });
    expect(result).toBe('done');
    expect(reservation.view().state).toBe('free');
    expect(calls).toEqual(['close', 'resume']);
  });

  it('finds its lease again after the connection broke', async () => {
    const { port, reservation } = await serve();
    const lease = await acquireLease({ port, name: 'algo', ttlMs: 1500 });
    reservation.connectionClosed(1);
    expect(reservation.view().orphaned).toBe(true);
    await vi.waitFor(() => expect(reservation.view().orphaned).toBe(false), { timeout: 5000 });
    await lease.release();
    expect(reservation.view().state).toBe('free');
  });

  it('has an example that does everything', async () => {
    const { port } = await serve();
    const { stdout } = await run(
      process.execPath,
      [path.join(clients, 'node/client-example.mjs'), '--port', String(port), '--listen', '0.1'],
      { timeout: 25_000 },
    );
    for (const part of [
      '-> {"v":1,"id":1,"type":"hello"}',
      '2500 daily bars of AAPL',
      'pushed quotes',
      '"status":"released"',
      'the session is ours; asked back: false',
    ]) {
      expect(stdout).toContain(part);
    }
  });
});

it('the example for Node says so in one line where nothing answers, and tells its options', async () => {
  const example = path.join(clients, 'node/client-example.mjs');
  await expect(run(process.execPath, [example, '--port', '1'])).rejects.toMatchObject({
    code: 1,
    stderr: 'Nothing answers on 127.0.0.1:1 (ECONNREFUSED). Is Gatehouse running?\n',
  });
  await expect(run(process.execPath, [example, '--nope'])).rejects.toMatchObject({ code: 64 });
  expect((await run(process.execPath, [example, '--help'])).stdout).toContain('--listen SECONDS');
});

describe.skipIf(python === undefined)('the Python client', () => {
  it('has an example that says so in one line where nothing answers', async () => {
    await expect(
      runPython(path.join(clients, 'python/client_example.py'), '--port', '1'),
    ).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^Nothing answers on 127\.0\.0\.1:1 .* Is Gatehouse running\?\n$/,
      ),
    });
  });

  it('has an example that does everything', async () => {
    const { port, calls } = await serve();
    const stdout = await runPython(
      path.join(clients, 'python/client_example.py'),
      ...['--port', String(port), '--listen', '0.2'],
    );
    for (const part of [
      '-> {"v":1,"id":1,"type":"hello"}',
      '2500 daily bars of AAPL',
      'pushed: {',
      '"status":"released"',
      'the session is ours; asked back: False',
    ]) {
      expect(stdout).toContain(part);
    }
    expect(calls).toEqual(['close', 'resume', 'close', 'resume']);
  });

  it('has smoke tests that pass, and fail where nobody answers', async () => {
    const { port } = await serve();
    const program = path.join(clients, 'python/smoke_tests/run_smoke_tests.py');
    expect(await runPython(program, '--port', String(port))).toContain('13 of 13 passed');
    for (const stop of stops.splice(0).reverse()) await stop();
    await expect(runPython(program, '--port', String(port))).rejects.toMatchObject({ code: 1 });
  });

  it('holds the session for a block, renews it, and gives it back when asked', async () => {
    const { port, reservation, folder } = await serve();
    const program = path.join(folder, 'program.py');
    writeFileSync(
      program,
      [
        'import gatehouse, sys, time',
        'port = int(sys.argv[1])',
        'answered = []',
        'with gatehouse.lease(name="my-algo", wait=30, ttl=1.5, port=port, on_recall=answered.append) as held:',
        '    with gatehouse.connect(port=port) as client:',
        '        assert client.get_reservation()["holder"] == "my-algo"',
        '        time.sleep(2)',
        '        assert client.get_reservation()["state"] == "reserved", "it is renewed"',
        '    open(sys.argv[0].replace("program.py", "holding"), "w").close()',
        '    assert held.recalled.wait(20)',
        '    while not answered: time.sleep(0.01)',
        '    while held.held: time.sleep(0.01)',
        '    print("gave it back", flush=True)',
        'try:',
        '    with gatehouse.lease(name="other", port=port): time.sleep(0)',
        'finally:',
        '    print("free again")',
      ].join('\n'),
    );
    const done = runPython(program, String(port));
    const holding = path.join(folder, 'holding');
    await vi.waitFor(() => expect(existsSync(holding)).toBe(true), { timeout: 15_000 });
    expect(reservation.view().client).toBe('my-algo');
    reservation.recall();
    expect((await done).split('\n')).toEqual(['gave it back', 'free again', '']);
  });

  it('reads history as programs of the data manager before did', async () => {
    const { port, folder } = await serve();
    const name = `gatehouse-reader-${process.pid}`;
    const data = { ticker: 'AAPL', df: [{ Date: '2026-01-05', Close: 1.5 }] };
    const header = { version: 1, epoch: 4, last_update_ms: 1, writer_pid: process.pid };
    const segment = path.join('/dev/shm', name);
    stops.push(() => rmSync(segment, { force: true }));
    writeFileSync(segment, `${JSON.stringify({ AAPL: { header, data } })}${'\0'.repeat(4096)}`);
    const program = path.join(folder, 'reader.py');
    writeFileSync(
      program,
      [
        'import sys',
        'from gatehouse import StockDataReader',
        'port, name = int(sys.argv[1]), sys.argv[2]',
        'def failure(call):',
        '    try: call()',
        '    except Exception as error: return type(error).__name__ + ": " + str(error)',
        'reader = StockDataReader("127.0.0.1", port, name)',
        'print(reader.list_tickers(), reader.get_stock("AAPL")["df"])',
        'print(failure(lambda: reader.get_stock("NOPE")).split(":")[0])',
        'print(failure(lambda: StockDataReader("127.0.0.1", port)))',
        'print(failure(lambda: StockDataReader("127.0.0.1", port, "no-such-segment", max_retries=1).get_stock("A")).split(":")[0])',
        'odd = {"AAPL": {"header": {"epoch": 3}, "data": 1}}',
        'print(failure(lambda: StockDataReader(layout=odd, max_retries=2).get_stock("AAPL")).split(":")[0])',
        'print(StockDataReader(layout={"AAPL": {"header": {"epoch": 2}, "data": [7]}}).get_stock("AAPL"))',
      ].join('\n'),
    );
    expect((await runPython(program, String(port), name)).split('\n')).toEqual([
      "['AAPL'] [{'Date': '2026-01-05', 'Close': 1.5}]",
      'KeyError',
      'ValueError: Shared memory not configured',
      'RuntimeError',
      'RuntimeError',
      '[7]',
      '',
    ]);
  });

  it('serves a plain program that acquires and releases with the same bytes as ever', async () => {
    const { port, folder, calls } = await serve();
    const program = path.join(folder, 'plain.py');
    writeFileSync(
      program,
      [
        'import asyncio, json, sys',
        'async def main():',
        '    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))',
        '    for request in (b\'{"v":1,"id":"acq","type":"acquire_ibkr"}\\n\', b\'{"v":1,"id":"rel","type":"release_ibkr"}\\n\'):',
        '        writer.write(request)',
        '        await writer.drain()',
        '        print(json.loads((await reader.readline()).decode())["data"]["status"])',
        '    writer.close()',
        '    await writer.wait_closed()',
        'asyncio.run(main())',
      ].join('\n'),
    );
    for (let i = 0; i < 3; i++) {
      expect(await runPython(program, String(port))).toBe('acquired\nreleased\n');
    }
    expect(calls).toHaveLength(6);
  });
});
