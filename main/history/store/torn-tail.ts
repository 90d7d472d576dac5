import { dirname, join } from 'node:path';
import type { Disk } from './disk.ts';
import { type FileStat, sameState } from './file-stat.ts';
import { readHeader } from './parse-file.ts';
import { privateFolder } from './private-folder.ts';

/** Where the whole rows end. */
export function wholeEnd(bytes: Uint8Array): number {
  return bytes.lastIndexOf(10) + 1;
}

/** Why nothing may be cut off: by its first line it is no bar file, and then no end of it is a torn row. */
export function whyNotCut(bytes: Uint8Array): string | undefined {
  const head = readHeader(bytes, wholeEnd(bytes));
  return head.ok ? undefined : head.reason;
}

/** Cuts off what follows the last newline of a file that is as it was looked at. The cut bytes, if it was so. */
export async function cutTail(
  disk: Disk,
  path: string,
  stat: FileStat,
  now: number,
): Promise<string | undefined> {
  const fd = disk.open(path, 'r+');
  try {
    const bytes = disk.read(fd, 0, stat.size);
    const end = wholeEnd(bytes);
    if (end === bytes.length || whyNotCut(bytes) !== undefined) return undefined;
    if (!sameState(stat, disk.statFd(fd))) return undefined;
    const cut = bytes.toString('latin1', end);
    keepCut(disk, path, cut, now);
    disk.truncate(fd, end);
    await disk.sync(fd);
    return cut;
  } finally {
    disk.close(fd);
  }
}

function keepCut(disk: Disk, path: string, cut: string, now: number): void {
  const folder = join(dirname(path), privateFolder);
  disk.makeFolder(folder);
  const fd = disk.open(join(folder, 'torn.log'), 'a');
  try {
    disk.write(fd, Buffer.from(`${JSON.stringify({ at: new Date(now), path, cut })}\n`));
  } finally {
    disk.close(fd);
  }
}
