import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface PortHolder {
  readonly pid: number;
  readonly name: string;
}

/** Which program listens on a port of this machine, where the system tells: Linux, same user. */
export function portHolder(port: number): PortHolder | undefined {
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
      listeningInodes(read(table), port).map((inode) => `socket:[${inode}]`),
    ),
  );
  if (sockets.size === 0) return undefined;
  for (const entry of list('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const folder = `/proc/${entry}/fd`;
    if (!list(folder).some((fd) => sockets.has(link(`${folder}/${fd}`)))) continue;
    return { pid: Number(entry), name: read(`/proc/${entry}/comm`).trim() || 'unknown' };
  }
  return undefined;
}

/** The rows of the kernel's table: number, local address, remote address, state, …, inode. */
export function listeningInodes(table: string, port: number): readonly string[] {
  const listening = '0A';
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').flatMap((row) => {
    const cells = row.trim().split(/\s+/);
    const isOurs = cells[1]?.endsWith(`:${wanted}`) && cells[3] === listening;
    return isOurs && cells[9] !== undefined ? [cells[9]] : [];
  });
}

function read(path: string): string {
  return quietly(() => readFileSync(path, 'utf8'), '');
}

function list(path: string): readonly string[] {
  return quietly(() => readdirSync(path), []);
}

function link(path: string): string {
  return quietly(() => readlinkSync(path), '');
}

/** Processes end while they are looked at, and those of other users are closed to us. */
function quietly<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
