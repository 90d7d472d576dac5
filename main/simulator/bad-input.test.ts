import { afterEach, describe, expect, it } from 'vitest';
import type { Log } from '../kit/log.ts';
import { silentLog } from '../kit/log.ts';
import { mostUnread } from './outbox.ts';
import { until } from './testing/probe.ts';
import { historyRequest, marketDataRequest } from './testing/requests.ts';
import { quiet, Stage } from './testing/stage.ts';

function listeningLog(): { readonly log: Log; readonly reasons: string[] } {
  const reasons: string[] = [];
  const note = (fields: object, message: string): void => {
    if ('reason' in fields) reasons.push(`${message}: ${String(fields.reason)}`);
  };
  return { log: { ...silentLog, warn: note, info: note, isLevelEnabled: () => true }, reasons };
}

function length(bytes: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(bytes);
  return buffer;
}

const greeting = Buffer.from('API\0', 'latin1');

describe('what no client should send', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());

  it.each([
    ['garbage before the hello', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a hello of no length', Buffer.concat([greeting, length(0)])],
    ['a hello too long', Buffer.concat([greeting, length(100_000)])],
    ['a hello of negative length', Buffer.concat([greeting, length(-5)])],
    ['a hello that asks for nothing', Buffer.concat([greeting, length(4), Buffer.from('what')])],
    ['versions nobody speaks', Buffer.concat([greeting, length(8), Buffer.from('v300..99')])],
  ])(
    '%s closes the connection with a line in the log, and nobody else notices',
    async (_, bytes) => {
      const { log, reasons } = listeningLog();
      const { simulator } = await stage.running({ log });
      const other = await stage.greeted(simulator);
      const bad = await stage.silent(simulator);
      bad.socket.write(bytes);
      await until(() => bad.closed);
      expect(bad.bytes).toBe(0);
      expect(reasons).toHaveLength(1);
      expect(reasons[0]).toMatch(/dropped/);
      await quiet(other);
    },
  );

  it.each([
    ['an oversized frame', length(1_000_000)],
    ['a frame of negative length', length(-1)],
    ['a frame of no length', length(0)],
  ])('%s closes the connection', async (_, bytes) => {
    const { log, reasons } = listeningLog();
    const { simulator } = await stage.running({ log });
    const bad = await stage.greeted(simulator, 2);
    bad.socket.write(Buffer.concat([bytes, Buffer.from('more')]));
    await until(() => bad.closed);
    expect(reasons.at(-1)).toMatch(/frame of/);
  });

  it('a hello that never completes, or never starts the API, is closed after half a minute', async () => {
    const { log, reasons } = listeningLog();
    const { clock, simulator } = await stage.running({ log });
    const half = await stage.silent(simulator);
    half.socket.write('API\0\0\0');
    const idle = await stage.client(simulator, 2, { start: false });
    await until(() => simulator.sessions().length === 2);
    clock.advance(29_000);
    expect(simulator.sessions()).toHaveLength(2);
    clock.advance(1000);
    await until(() => half.closed && idle.closed);
    expect(reasons).toHaveLength(2);
  });

  it('a request in pieces, with more behind it, is understood', async () => {
    const { simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    const time = Buffer.concat([length(5), Buffer.from('49\x001\x00')]);
    const two = Buffer.concat([time, time, time.subarray(0, 6)]);
    for (const byte of two) probe.socket.write(Buffer.from([byte]));
    await until(() => probe.all('currentTime').length === 2);
    probe.socket.write(time.subarray(6));
    await until(() => probe.all('currentTime').length === 3);
  });

  it('a partial frame and the end leaves nothing behind', async () => {
    const { simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    probe.socket.end(Buffer.concat([length(50), Buffer.from('half')]));
    await until(() => probe.closed);
    await until(() => simulator.sessions().length === 0);
  });

  it('a request nobody knows, or that cannot be read, is answered with an error', async () => {
    const { simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    probe.frame(250, 1, 2);
    probe.frame('nonsense');
    probe.frame(9, 8, 77, 'not a number');
    probe.frame(20, 78);
    probe.frame(22, 79, 'scanner');
    probe.frame(3, 80, 'an order');
    probe.frame(97, 81);
    await quiet(probe);
    const errors = probe.all('error').map(({ reqId, code }) => [reqId, code]);
    expect(errors).toEqual([
      [-1, 320],
      [-1, 320],
      [77, 320],
      [78, 320],
      [79, 321],
      [80, 321],
      [81, 321],
    ]);
    expect(probe.all('error').find((error) => error.reqId === 80)?.text).toContain('Read-Only');
  });

  it('requests before the start are not answered, and the start still works', async () => {
    const { simulator } = await stage.running();
    const probe = await stage.client(simulator, 4, { start: false });
    probe.request('currentTime', { version: 1 });
    probe.request('startApi', { version: 2, clientId: 4, optionalCapabilities: '' });
    await until(() => probe.has('nextValidId'));
    expect(probe.has('currentTime')).toBe(false);
    expect(probe.answers[0]?.name).toBe('managedAccounts');
    expect(probe.answers[1]?.name).toBe('nextValidId');
  });

  it('a client that never reads is dropped at 8 MiB, and the others go on', async () => {
    const { log, reasons } = listeningLog();
    const { clock, simulator } = await stage.running({ log, limits: false, ticksPerSecond: 1000 });
    const other = await stage.greeted(simulator, 1);
    const deaf = await stage.greeted(simulator, 2);
    deaf.socket.pause();
    for (let i = 0; i < 50; i++) deaf.request('marketData', marketDataRequest(i));
    await until(() => Number(simulator.sessions()[1]?.lines) === 50);
    let most = 0;
    await until(() => {
      clock.advance(100);
      const sessions = simulator.state()['sessions'] as { clientId: number; unreadBytes: number }[];
      most = Math.max(most, sessions.find((one) => one.clientId === 2)?.unreadBytes ?? 0);
      return simulator.sessions().length === 1;
    }, 'the drop');
    expect(most).toBeLessThanOrEqual(mostUnread + 1024 * 1024);
    expect(reasons.at(-1)).toMatch(/does not read/);
    await quiet(other);
  });

  it('a client that reads slowly gets every historical answer, never more than it reads', async () => {
    const { simulator } = await stage.running({ limits: false });
    const probe = await stage.greeted(simulator);
    probe.socket.pause();
    const asked = 60;
    for (let i = 0; i < asked; i++) {
      probe.request('historicalData', historyRequest(i, { duration: '10 D', barSize: '30 secs' }));
    }
    await until(() => Number(simulator.state()['requests']) >= asked + 1);
    for (let i = 0; i < 50; i++) await new Promise((done) => setImmediate(done));
    const [session] = simulator.state()['sessions'] as { unreadBytes: number }[];
    expect(session?.unreadBytes).toBeLessThan(mostUnread);
    probe.socket.resume();
    await until(() => probe.all('historicalData').length === asked, 'all answers');
    expect(probe.closed).toBe(false);
  });
});
