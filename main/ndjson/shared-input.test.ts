import net from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listen } from '../kit/listen.ts';
import { SharedInput } from './shared-input.ts';

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** An echo whose sockets are read through a shared input, after `prepare` has been at them. */
async function echo(prepare: (accepted: net.Socket) => void = () => {}) {
  const input = new SharedInput();
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (accepted) => {
    prepare(accepted);
    const socket = input.read(accepted, (bytes) => socket.write(Buffer.from(bytes)));
    socket.on('end', () => socket.end());
    socket.on('error', () => {});
  });
  const port = await listen(server, '127.0.0.1', 0);
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  return { server, port };
}

function client(port: number): Promise<net.Socket> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () =>
      resolve(socket),
    );
    stops.push(() => socket.destroy());
  });
}

function connections(server: net.Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
}

async function exchange(socket: net.Socket, text: string): Promise<string> {
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString();
  });
  socket.end(text);
  await new Promise((resolve) => socket.once('end', resolve));
  return answer;
}

/** As a Node without the means would hand it over. */
function withoutMeans(accepted: net.Socket): void {
  const { _handle: handle } = accepted as unknown as { _handle: object };
  Object.defineProperty(handle, 'useUserBuffer', { value: undefined });
}

describe.each([
  ['with the means of this Node', () => {}],
  ['without them', withoutMeans],
])('an accepted socket, %s', (_, prepare) => {
  it('is read to its end, and each keeps to itself', async () => {
    const { port } = await echo(prepare);
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(20_000));
    const answers = await Promise.all(
      texts.map(async (text) => exchange(await client(port), text)),
    );
    expect(answers).toEqual(texts);
  });

  it('is counted by the server until it is gone, so that closing the server ends', async () => {
    const { server, port } = await echo(prepare);
    const sockets = await Promise.all([client(port), client(port), client(port)]);
    await vi.waitFor(async () => expect(await connections(server)).toBe(3));
    sockets[0]?.destroy();
    sockets[1]?.resetAndDestroy();
    await vi.waitFor(async () => expect(await connections(server)).toBe(1));
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    sockets[2]?.end();
    await closed;
    expect(await connections(server)).toBe(0);
  });
});
