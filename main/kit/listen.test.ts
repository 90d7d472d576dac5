import net from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { isLoopbackAddress, ListenError, listen } from './listen.ts';
import { listeningInodes, portHolder } from './port-holder.ts';

const servers: net.Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function server(): net.Server {
  const made = net.createServer();
  servers.push(made);
  return made;
}

it('takes a free port where 0 is asked for', async () => {
  expect(await listen(server(), '127.0.0.1', 0)).toBeGreaterThan(0);
});

it('says which program has the port, where the system tells', async () => {
  const port = await listen(server(), '127.0.0.1', 0);
  const refused = listen(server(), '127.0.0.1', port);
  await expect(refused).rejects.toBeInstanceOf(ListenError);
  await expect(refused).rejects.toMatchObject({ code: 'EADDRINUSE', port });
  if (process.platform !== 'linux') return;
  expect(portHolder(port)?.pid).toBe(process.pid);
  await expect(refused).rejects.toThrow(`(process ${process.pid})`);
});

it('says so when the address is not one of this machine', async () => {
  await expect(listen(server(), '192.0.2.1', 0)).rejects.toThrow('is no address of this machine');
});

it('finds listening sockets in the kernel table, not connected ones', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:3039 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 4711 1 0 100 0 0 10 0',
    '   1: 0100007F:3039 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000 0 4712 1 0 20 4 30 10 -1',
  ].join('\n');
  expect(listeningInodes(table, 12345)).toEqual(['4711']);
  expect(listeningInodes(table, 80)).toEqual([]);
});

it('knows the addresses that stay on this machine', () => {
  for (const address of ['localhost', '127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']) {
    expect(isLoopbackAddress(address)).toBe(true);
  }
  for (const address of ['0.0.0.0', '::', '10.0.0.1', '12.7.0.0', '128.0.0.1']) {
    expect(isLoopbackAddress(address)).toBe(false);
  }
});
