import v8 from 'node:v8';
import vm from 'node:vm';
import { afterEach, expect, it, vi } from 'vitest';
import { count } from '../../testing/counts.ts';
import { LineClient } from './line-client.ts';
import { createNdjsonServer } from './server.ts';
import { QuoteBoard, testOptions, testPorts } from './testing/doubles.ts';
import { type Expected, expectedOf } from './testing/oracle.ts';

const maxLineBytes = 4096;
const types = new Set(
  'list_tickers get_quote get_snapshot_epoch get_shm_name acquire_ibkr release_ibkr renew_ibkr get_reservation hello ping auth get_status get_quotes get_history subscribe unsubscribe'.split(
    ' ',
  ),
);
/** Real traffic, from which the lines are made. */
const corpus = [
  '{"v":1,"id":1,"type":"list_tickers"}',
  '{"v":1,"id":"q-1","type":"get_quote","ticker":"AAPL"}',
  '{"v":1, "id": 12345678901234567890, "type": "get_quote", "ticker": "BRK.B"}',
  '{"type":"get_quote","ticker":"NOPE","id":{"a":[1,2,{"id":null}]},"v":1}',
  '{"v":1,"id":"\\u00e9é😀","type":"get_snapshot_epoch","extra":{"id":5}}',
  '{"v":1,"id":false,"type":"get_shm_name","columnar":true}',
  '{"v":1,"id":"acq","type":"acquire_ibkr"}',
  '{"v":1,"id":"acq","type":"acquire_ibkr","client":"algo","ttl_ms":1000,"bind":"connection"}',
  '{"v":1,"id":"rel","type":"release_ibkr","lease":"x"}',
  '{"v":1,"id":0,"type":"ping"}',
  '{"v":1,"id":"","type":"hello"}',
  '{"v":1,"id":-1.5e3,"type":"get_status"}',
  '{"v":1,"id":[],"type":"get_quotes","tickers":["AAPL","NOPE"]}',
  '{"v":1,"id":7,"type":"get_history","ticker":"AAPL","timeframe":"1m","limit":2}',
  '{"v":1,"id":8,"type":"get_reservation"}\r',
  '{"v":1,"id":9,"type":"auth","token":"t"}',
  '{"v":2,"id":9,"type":"ping"}',
  '[]',
  '',
  'garbage',
].map((line) => Buffer.from(line));
const spice = Buffer.from('{}[]":,\\0123456789eE+-.truefalsn \t\r\x00\x7f\xff\xc3\xa9', 'latin1');

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}

function mutate(dice: (below: number) => number): Buffer {
  const pick = () => corpus[dice(corpus.length)] as Buffer;
  let line = Buffer.from(pick());
  for (let changes = dice(4); changes > 0; changes--) {
    const at = dice(line.length + 1);
    const byte = Buffer.from([dice(4) === 0 ? dice(256) : (spice[dice(spice.length)] as number)]);
    const [before, after] = [line.subarray(0, at), line.subarray(at)];
    switch (dice(5)) {
      case 0:
        line = Buffer.concat([before, byte, after]);
        break;
      case 1:
        line = Buffer.concat([before, byte, after.subarray(1)]);
        break;
      case 2:
        line = Buffer.concat([before, after.subarray(1 + dice(5))]);
        break;
      case 3:
        line = Buffer.concat([before, pick().subarray(dice(30))]);
        break;
      default:
        if (dice(200) === 0) line = Buffer.concat([before, Buffer.alloc(dice(9000), byte), after]);
    }
  }
  return Buffer.from(line.filter((value) => value !== 0x0a));
}

function check(line: Buffer, answer: string, expected: Expected): void {
  const where = `${JSON.stringify(line.toString('latin1'))} was answered ${answer}`;
  const said = JSON.parse(answer);
  if (!/^[\x20-\x7f]*$/.test(answer)) throw new Error(`Not ASCII: ${where}`);
  expect(said.v, where).toBe(1);
  expect(said.id, where).toEqual(expected.id);
  if (expected.kind === 'error') {
    expect(said.error, where).toEqual({ code: expected.code, message: expected.message });
  } else if (said.type === 'response') {
    expect(said.op, where).toBe(expected.type);
  } else {
    expect(said.error.message, where).not.toMatch(/Malformed|Missing required|Unknown request/);
    expect(said.error.code, where).not.toBe('INTERNAL');
  }
}

it('answers every fuzzed line in order, with its id, and is none the worse for it', async () => {
  const quotes = new QuoteBoard();
  for (const ticker of ['AAPL', 'BRK.B', 'é']) quotes.set(ticker);
  const server = createNdjsonServer(testOptions({ maxLineBytes }), testPorts({ quotes }));
  const { port } = await server.start();
  stops.push(() => server.stop());
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const dice = random(20_260_105);
  const lines = count(20_000, 1_000_000);
  const batch = 500;
  let heapBefore = 0;
  for (let sent = 0; sent < lines; sent += batch) {
    const client = await LineClient.connect(port);
    const requests = Array.from({ length: batch }, () => mutate(dice));
    const stream = Buffer.concat(requests.flatMap((line) => [line, Buffer.from('\n')]));
    // Cut anywhere, so that lines arrive in pieces.
    const cut = dice(stream.length);
    client.write(stream.subarray(0, cut));
    client.write(stream.subarray(cut));
    for (const line of requests) {
      let answer = await client.line();
      while (answer?.startsWith('{"v":1,"id":null,"type":"event"')) answer = await client.line();
      if (answer === null)
        throw new Error(`No answer to ${JSON.stringify(line.toString('latin1'))}`);
      check(line, answer, expectedOf(line, maxLineBytes, types));
    }
    // Half of them leave in the middle of a line.
    if (dice(2) === 0) client.write('{"v":1,"id');
    client.close();
    if (sent >= lines / 4 && heapBefore === 0) heapBefore = heap();
  }
  await vi.waitFor(() => expect(server.clients()).toEqual([]), { timeout: 10_000 });
  expect(heap() - heapBefore).toBeLessThan(8 * 1024 * 1024);
});
