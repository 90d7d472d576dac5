import net from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { systemClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { createForward, type Forward, type ForwardOptions } from './forward.ts';
import type { GatewayPort } from './ports.ts';

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

class Lease {
  #held = false;
  readonly #listeners = new Set<() => void>();

  held(): boolean {
    return this.#held;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  set(held: boolean): void {
    this.#held = held;
    for (const listener of this.#listeners) listener();
  }
}

/** Answers every chunk with itself, and its client's end with an end. */
async function echo(): Promise<{ port: number; sockets: Set<net.Socket>; close(): void }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  stops.push(close);
  return { port: (server.address() as net.AddressInfo).port, sockets, close };
}

async function forwardTo(
  target: number,
  options: Partial<ForwardOptions> = {},
  lease = new Lease(),
  gateway: Partial<GatewayPort> = {},
): Promise<{ forward: Forward; port: number; lease: Lease }> {
  const forward = createForward(
    {
      host: '127.0.0.1',
      port: 0,
      target: { host: '127.0.0.1', port: target },
      policy: 'open',
      clock: systemClock,
      log: silentLog,
      ...options,
    },
    { lease, gateway: { reached() {}, unreachable() {}, dropped() {}, ...gateway } },
  );
  const { port } = await forward.start();
  stops.push(() => forward.stop());
  return { forward, port, lease };
}

/** Sends everything, ends, and gives what came back; rejects on a reset. */
function exchange(port: number, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    stops.push(() => socket.destroy());
    socket.on('data', (chunk: Buffer) => parts.push(chunk));
    socket.on('end', () => resolve(Buffer.concat(parts)));
    socket.on('error', reject);
    socket.end(bytes);
  });
}

function open(port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    stops.push(() => socket.destroy());
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

function closed(socket: net.Socket): Promise<void> {
  socket.on('error', () => {});
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

it('carries bytes both ways for many connections, and passes on both ends', async () => {
  const target = await echo();
  const { forward, port } = await forwardTo(target.port);
  const payloads = Array.from({ length: 20 }, (_, i) => Buffer.alloc(100_000 + i, i));
  const answers = await Promise.all(payloads.map((payload) => exchange(port, payload)));
  answers.forEach((answer, i) => {
    expect(answer.equals(payloads[i] as Buffer)).toBe(true);
  });
  const total = payloads.reduce((sum, payload) => sum + payload.length, 0);
  await vi.waitFor(() => expect(forward.stats().connections).toBe(0));
  expect(forward.stats()).toMatchObject({
    connectionsTotal: 20,
    bytesToGateway: total,
    bytesFromGateway: total,
  });
});

it('turns connections away while nothing is reserved, and cuts them when the lease ends', async () => {
  const target = await echo();
  const { forward, port, lease } = await forwardTo(target.port, { policy: 'reserved' });
  await expect(exchange(port, Buffer.from('x'))).rejects.toThrow();
  expect(forward.stats()).toMatchObject({ refused: 1, connectionsTotal: 0 });

  lease.set(true);
  expect((await exchange(port, Buffer.from('hello'))).toString()).toBe('hello');
  const socket = await open(port);
  const gone = closed(socket);
  await vi.waitFor(() => expect(target.sockets.size).toBeGreaterThan(0));
  lease.set(false);
  await gone;
  await vi.waitFor(() => expect(target.sockets.size).toBe(0));
  expect(forward.stats().cut).toBe(1);
});

it('tells what it sees of the gateway', async () => {
  const target = await echo();
  const seen: string[] = [];
  const gateway: GatewayPort = {
    reached: () => seen.push('reached'),
    unreachable: () => seen.push('unreachable'),
    dropped: () => seen.push('dropped'),
  };
  const { forward, port } = await forwardTo(target.port, {}, new Lease(), gateway);
  const socket = await open(port);
  const gone = closed(socket);
  await vi.waitFor(() => expect(target.sockets.size).toBe(1));
  target.close();
  await gone;
  await closed(await open(port));
  await vi.waitFor(() => expect(seen).toEqual(['reached', 'dropped', 'unreachable']));
  expect(forward.stats().unreachable).toBe(1);
});

it('frees its port when it stops, with connections open', async () => {
  const target = await echo();
  const { forward, port } = await forwardTo(target.port);
  const gone = closed(await open(port));
  await vi.waitFor(() => expect(forward.clients()).toHaveLength(1));
  await forward.stop();
  await gone;
  await forwardTo(target.port, { port });
});

it('explains a taken port and warns of an open one', async () => {
  const target = await echo();
  const { port } = await forwardTo(target.port);
  await expect(forwardTo(target.port, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const warn = vi.fn();
  await forwardTo(target.port, { host: '0.0.0.0', log: { ...silentLog, warn } });
  expect(warn).toHaveBeenCalledWith(
    expect.anything(),
    expect.stringContaining('open to other machines'),
  );
});
