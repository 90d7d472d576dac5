import { type Disk, realDisk } from '../store/disk.ts';

/** What happens at the chosen operation. */
export type Fault = 'fail' | 'tear' | 'kill' | 'tear-and-kill' | 'stays-full';

const changing = [
  'open',
  'write',
  'truncate',
  'sync',
  'syncNow',
  'rename',
  'link',
  'unlink',
  'syncFolder',
] as const;

export function diskFull(): NodeJS.ErrnoException {
  return Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
}

/**
 * A disk whose nth changing operation goes wrong; `operations` counts them all. One that stays full takes part of no
 * write from then on.
 */
export function faultDisk(at: number, fault: Fault): Disk & { operations(): number } {
  let count = 0;
  const strike = (name: string, args: readonly unknown[]) => {
    count++;
    if (fault === 'stays-full' ? count < at || name !== 'write' : count !== at) return;
    if (name === 'write' && fault !== 'fail' && fault !== 'kill') {
      const [fd, bytes] = args as [number, Uint8Array];
      realDisk.write(fd, bytes.subarray(0, Math.ceil(bytes.length / 2) + 3));
    }
    if (fault === 'kill' || fault === 'tear-and-kill') process.kill(process.pid, 'SIGKILL');
    throw diskFull();
  };
  const disk: Record<string, unknown> = { ...realDisk, operations: () => count };
  for (const name of changing) {
    const real = realDisk[name] as (...args: unknown[]) => unknown;
    disk[name] = (...args: unknown[]) => {
      if (name === 'sync' || name === 'syncFolder') {
        return Promise.resolve().then(() => {
          strike(name, args);
          return real(...args);
        });
      }
      strike(name, args);
      return real(...args);
    };
  }
  return disk as unknown as Disk & { operations(): number };
}
