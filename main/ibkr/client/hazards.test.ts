import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { Connection, type ConnectionListener } from '../connection/connection.ts';
import { endlessPlan, type MachineConfig, machineDefaults } from '../connection/state.ts';
import { bytesFrame, frame, RawGateway } from '../testing/raw-gateway.ts';
import { until } from '../testing/rig.ts';
import { firstOwnId } from './client-port.ts';
import { openStoqeyClient } from './stoqey-client.ts';

// What the library does when left alone, and must not do to us.

let gateway: RawGateway;
let connection: Connection;
let port = 0;
const heard: unknown[] = [];

beforeEach(async () => {
  gateway = new RawGateway();
  port = await gateway.listen();
  heard.length = 0;
});
afterEach(async () => {
  connection.dispatch({ type: 'disconnect' });
  await connection.closed();
  await gateway.close();
});

async function connect(
  listener: ConnectionListener = {},
  change: Partial<MachineConfig> = {},
): Promise<void> {
  const config: MachineConfig = {
    ...machineDefaults,
    host: '127.0.0.1',
    port,
    clientIds: { policy: 'cycle', first: 1 },
    timeouts: { tcpMs: 500, helloMs: 500, readyMs: 500, idleMs: 200, probeMs: 200, probes: 2 },
    delaysMs: [50],
    ...change,
  };
  const ports = { clock: systemClock, log: silentLog, open: openStoqeyClient };
  connection = new Connection(config, ports, {
    price: (id, field, price) => void heard.push(['price', id, field, price]),
    size: (id, field, size) => void heard.push(['size', id, field, size]),
    answer: (id, answer) => void heard.push([id, answer]),
    ...listener,
  });
  connection.dispatch({ type: 'connect', plan: endlessPlan });
  await until('it is connected', () => connection.isOpen);
}

const text = (index: number): string => gateway.received[index]?.toString('latin1') ?? '';
const tick = (price: number) => frame(1, 6, firstOwnId, 4, price, 100, 0);

describe('hazards of the library', () => {
  it('a half-open socket is found, though the library would wait for ever', async () => {
    await connect();
    await until('a probe was sent and not answered', () => text(0).includes('49\x001\0'));
    await until('a second connection was made', () => gateway.sockets.length >= 2);
    expect(connection.story.entries.map((entry) => entry.text).join()).toMatch(/half-open/);
  });

  it('a handshake that never ends is ended and tried again', async () => {
    await gateway.close();
    gateway = new RawGateway(178, 'version only');
    port = await gateway.listen();
    const connecting = connect();
    await until('a second connection was made', () => gateway.sockets.length >= 2);
    expect(connection.state.reason).toBe('handshake-timeout');
    gateway.complete = true;
    await connecting;
  });

  it('messages without a request id are heard, be it 326 or 1100', async () => {
    const codes: number[] = [];
    await connect({ message: (code) => void codes.push(code) });
    gateway.say(frame(4, 2, -1, 1100, 'Connectivity lost.', ''));
    gateway.say(frame(4, 2, -1, 2104, 'Market data farm connection is OK:usfarm', ''));
    gateway.say(frame(4, 2, -1, 326, 'Client id is in use', ''));
    await until('326 ended the attempt', () => gateway.sockets.length >= 2);
    expect(codes.slice(0, 3)).toEqual([1100, 2104, 326]);
  });

  it('nothing that waited to be sent reaches the next connection', async () => {
    await connect({}, { timeouts: { ...machineDefaults.timeouts } });
    for (let id = 0; id < 200; id++) {
      connection.send((client) => client.cancelMarketData(firstOwnId + id));
    }
    gateway.sockets[0]?.destroy();
    await until('it is connected again', () => gateway.sockets.length === 2 && connection.isOpen);
    await until('a moment has passed', passed(400));
    const second = text(1);
    expect(second.startsWith('API\0')).toBe(true);
    // After the greeting come startApi and the question for the time, and nothing else.
    expect(second.slice(8).replace(/^v\d+\.\.\d+/, '')).toBe(
      '\0\0\0\x0871\x002\x002\0\0\0\0\0\x0549\x001\0',
    );
  });

  it('what is asked while there is no session is refused, not kept for later', async () => {
    await connect();
    connection.dispatch({ type: 'disconnect' });
    expect(connection.send((client) => client.cancelMarketData(1))).toBe(false);
    await connection.closed();
    connection.dispatch({ type: 'connect', plan: endlessPlan });
    await until('it is connected again', () => connection.isOpen);
    expect(text(1)).not.toContain('\x002\x001\x001\0');
  });

  it('disconnect and connect in one breath never have two sockets', async () => {
    await connect();
    let most = 0;
    for (let i = 0; i < 20; i++) {
      connection.dispatch({ type: 'disconnect' });
      connection.dispatch({ type: 'connect', plan: endlessPlan });
      most = Math.max(most, gateway.open);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until('it is connected', () => connection.isOpen);
    await until('one socket is left', () => gateway.open === 1);
    expect(most).toBeLessThanOrEqual(1);
  });

  it('a message that breaks the decoder costs that message only', async () => {
    await connect();
    // A list that claims to have minus one entries makes the library throw a RangeError.
    gateway.say(Buffer.concat([frame(79, 5, -1), tick(101)]));
    await until('the tick behind it came', () =>
      heard.some((call) => String(call).includes('101')),
    );
    expect(connection.isOpen).toBe(true);
  });

  it('a listener that throws costs nothing but its own call', async () => {
    let calls = 0;
    await connect({
      price() {
        calls++;
        throw new Error('mine');
      },
      message() {
        throw new Error('mine');
      },
    });
    gateway.say(Buffer.concat([tick(1), tick(2), frame(4, 2, -1, 2104, 'ok:usfarm', ''), tick(3)]));
    await until('all came', () => calls === 3);
    expect(connection.isOpen).toBe(true);
  });

  it('a listener on the raw handle that throws does not end the program', async () => {
    await connect();
    const api = connection.raw as { on(name: string, call: () => void): void };
    api.on('currentTime', () => {
      throw new Error('theirs');
    });
    gateway.say(Buffer.concat([frame(49, 1, 1_770_000_000), tick(7)]));
    await until('the tick behind it came', () => heard.length > 0);
    expect(connection.isOpen).toBe(true);
  });

  it('a message without an end does not spoil the next', async () => {
    await connect();
    const cut = bytesFrame(Buffer.from('4\x002\0-1\x002104\0cut'));
    gateway.say(Buffer.concat([cut, frame(58, 1, firstOwnId, 3)]));
    await until('the next came', () => heard.length === 1);
    expect(heard[0]).toEqual([firstOwnId, { type: 'data-kind', kind: 3 }]);
  });

  it('a length that cannot be ends the connection, and the next starts clean', async () => {
    await connect();
    gateway.say(Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff]), tick(1)]));
    await until('a second connection was made', () => gateway.sockets.length === 2);
    await until('it is connected', () => connection.isOpen);
    expect(heard).toEqual([]);
    gateway.say(tick(5));
    await until('the tick came', () => heard.length > 0);
    expect(heard[0]).toEqual(['price', firstOwnId, 4, 5]);
  });

  it('a frame that promises more than ever comes does not look like life', async () => {
    await connect();
    gateway.say(Buffer.from([0, 0x40, 0, 0]));
    const dripping = setInterval(() => gateway.sockets[0]?.write('x'), 20);
    await until('a second connection was made', () => gateway.sockets.length >= 2);
    clearInterval(dripping);
  });

  it('an id is the one that was asked for, on every attempt', async () => {
    await connect({}, { clientIds: { policy: 'fixed', first: 7 } });
    gateway.sockets[0]?.destroy();
    await until('a second session', () => gateway.sockets.length === 2 && connection.isOpen);
    for (const index of [0, 1]) expect(text(index)).toContain('71\x002\x007\0');
  });

  it('a `.env` file in the working directory does not get into the environment', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-env-'));
    const before = process.cwd();
    writeFileSync(path.join(folder, '.env'), 'IB_PORT=1\nGATEHOUSE_TEST_LEAK=1\n');
    process.chdir(folder);
    try {
      await connect();
      expect(process.env['GATEHOUSE_TEST_LEAK']).toBeUndefined();
      expect(process.env['IB_PORT']).toBeUndefined();
    } finally {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    }
  });
});

function passed(ms: number): () => boolean {
  const end = Date.now() + ms;
  return () => Date.now() >= end;
}
