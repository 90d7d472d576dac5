import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Who listens on a port, as "node (pid 123)"; null where the system does not tell. */
export function portHolder(port: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => listeningInodes(table, port)));
    if (inodes.size === 0) return null;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (!holdsSocket(pid, inodes)) continue;
      const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      return `${name} (pid ${pid})`;
    }
  } catch {
    // Knowing who it is helps; not knowing is no reason to fail.
  }
  return null;
}

function listeningInodes(table: string, port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const listen = '0A';
  return readFileSync(`/proc/net/${table}`, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((field) => field[1]?.endsWith(`:${hex}`) && field[3] === listen)
    .map((field) => field[9] as string);
}

function holdsSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      const link = readlinkSync(`/proc/${pid}/fd/${fd}`);
      const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
      return inode !== undefined && inodes.has(inode);
    });
  } catch {
    return false;
  }
}
