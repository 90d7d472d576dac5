import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { faultNames } from './faults/definitions.ts';
import { until } from './testing/probe.ts';
import { marketDataRequest } from './testing/requests.ts';
import { Stage } from './testing/stage.ts';

interface Answer {
  readonly id: unknown;
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string };
  readonly [key: string]: unknown;
}

/** One line out, one line back. */
class Remote {
  readonly #socket: Socket;
  readonly #answers: Answer[] = [];
  #pending = '';
  #id = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      this.#pending += chunk;
      const lines = this.#pending.split('\n');
      this.#pending = lines.pop() ?? '';
      for (const line of lines) this.#answers.push(JSON.parse(line) as Answer);
    });
  }

  async say(line: string): Promise<Answer> {
    const before = this.#answers.length;
    this.#socket.write(`${line}\n`);
    await until(() => this.#answers.length > before);
    return this.#answers[before] as Answer;
  }

  async command(command: object): Promise<Answer> {
    const id = ++this.#id;
    const answer = await this.say(JSON.stringify({ id, ...command }));
    expect(answer.id).toBe(id);
    return answer;
  }
}

describe('the control port', () => {
  const stage = new Stage();
  const sockets: Socket[] = [];

  async function controlled() {
    const { clock, simulator } = await stage.running({ controlPort: 0 });
    const socket = connect(simulator.control?.port as number, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    return { clock, simulator, remote: new Remote(socket) };
  }

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await stage.clear();
  });

  it('switches faults on and off, and lists them with their parameters', async () => {
    const { remote, simulator } = await controlled();
    const on = await remote.command({ cmd: 'fault', name: 'half-open', on: true, for: 60 });
    expect(on).toEqual({ id: 1, ok: true });
    const { faults } = (await remote.command({ cmd: 'faults' })) as unknown as {
      faults: { name: string; on: boolean; active: boolean; parameters: object }[];
    };
    expect(faults.map((fault) => fault.name)).toEqual(faultNames);
    expect(faults.filter((fault) => fault.active).map((fault) => fault.name)).toEqual([
      'half-open',
    ]);
    expect(faults.find((fault) => fault.name === 'link-lost')?.parameters).toEqual({
      for: 'seconds',
      every: 'seconds',
      clients: 'ids',
      restore: { oneOf: ['data-lost', 'data-kept', 'data-kept-but-dead'] },
      after: 'seconds',
    });
    expect(await remote.command({ cmd: 'fault', name: 'half-open', on: false })).toMatchObject({
      ok: true,
    });
    await remote.command({ cmd: 'fault', name: 'slow', on: true, ms: 10 });
    await remote.command({ cmd: 'reset' });
    expect((simulator.state()['faults'] as unknown[]).length).toBe(0);
  });

  it('tells of sessions, requests and its state', async () => {
    const { clock, remote, simulator } = await controlled();
    const probe = await stage.greeted(simulator, 6);
    probe.request('marketData', marketDataRequest(3));
    await until(() => probe.has('tickPrice'));
    expect(await remote.command({ cmd: 'sessions' })).toMatchObject({
      ok: true,
      sessions: [{ clientId: 6, since: clock.now(), version: 193, lines: 1 }],
    });
    clock.advance(5000);
    probe.request('positions', { version: 1 });
    await until(() => probe.has('positionsEnd'));
    const all = await remote.command({ cmd: 'log' });
    expect((all['log'] as { message: string }[]).map((entry) => entry.message)).toEqual([
      'startApi',
      'marketData',
      'positions',
    ]);
    const recent = await remote.command({ cmd: 'log', since: clock.now() });
    expect(recent['log']).toMatchObject([
      { time: clock.now(), clientId: 6, message: 'positions', reqId: null },
    ]);
    expect(await remote.command({ cmd: 'state' })).toMatchObject({
      ok: true,
      state: {
        seed: 1,
        port: simulator.port,
        listening: true,
        sessions: [{ clientId: 6, lines: [{ reqId: 3, symbol: 'AAPL', dead: false }] }],
      },
    });
  });

  it('pushes any system message, to all or to some', async () => {
    const { remote, simulator } = await controlled();
    const one = await stage.greeted(simulator, 1);
    const two = await stage.greeted(simulator, 2);
    await remote.command({ cmd: 'push', code: 2110, message: 'broken' });
    await remote.command({ cmd: 'push', code: 1300, message: 'moved', clients: [2], reqId: 4 });
    await until(() => one.codes().length === 1 && two.codes().length === 2);
    expect(one.codes()).toEqual([2110]);
    expect(two.all('error')).toMatchObject([
      { reqId: -1, code: 2110, text: 'broken' },
      { reqId: 4, code: 1300, text: 'moved' },
    ]);
  });

  it.each([
    ['{"id":5,"cmd":"dance"}', 'UNKNOWN_COMMAND'],
    ['{"id":5,"cmd":"fault","name":"flood","on":true}', 'UNKNOWN_FAULT'],
    ['{"id":5,"cmd":"fault","name":"slow","on":true,"ms":-1}', 'BAD_PARAMETER'],
    ['{"id":5,"cmd":"fault","name":"slow","on":"yes"}', 'BAD_PARAMETER'],
    ['{"id":5,"cmd":"fault","name":"mute","on":true,"ms":5}', 'BAD_PARAMETER'],
    ['{"id":5,"cmd":"fault","name":"mute","on":true,"every":5}', 'BAD_PARAMETER'],
    ['{"id":5,"cmd":"fault","name":"bar-holes","on":true,"from":"soon"}', 'BAD_PARAMETER'],
    ['{"id":5,"cmd":"fault","name":"farm-broken","on":true,"farm":"nofarm"}', 'BAD_PARAMETER'],
    ['{"id":5,"cmd":"fault","name":"mute","on":true,"for":1e12}', 'BAD_PARAMETER'],
    ['{"id":5,"cmd":"push","code":"x","message":"y"}', 'BAD_PARAMETER'],
    ['{"id":5,"cmd":"log","since":{}}', 'BAD_PARAMETER'],
    ['[1]', 'BAD_COMMAND'],
    ['{oops', 'BAD_JSON'],
  ])('answers %s with %s and goes on', async (line, code) => {
    const { remote } = await controlled();
    const answer = await remote.say(line);
    expect(answer.ok).toBe(false);
    expect(answer.error?.code).toBe(code);
    expect(answer.error?.message).not.toBe('');
    expect(await remote.command({ cmd: 'sessions' })).toMatchObject({ ok: true, sessions: [] });
  });
});
