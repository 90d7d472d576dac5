import { type Disk, openThere } from './disk.ts';
import { type FileStat, sameState } from './file-stat.ts';

/**
 * Writes all these rows at the end of a file or none of them. Undefined when the file is gone or no longer as it was
 * looked at, else what the caller syncs and closes.
 */
export function addRows(
  disk: Disk,
  path: string,
  stat: FileStat,
  rows: Uint8Array,
): number | undefined {
  const fd = openThere(disk, path, 'add');
  if (fd === undefined) return undefined;
  let added = false;
  try {
    if (!sameState(stat, disk.statFd(fd))) return undefined;
    try {
      disk.write(fd, rows);
    } catch (error) {
      takeBack(disk, path, stat.size, rows);
      throw error;
    }
    added = true;
    return fd;
  } finally {
    if (!added) disk.close(fd);
  }
}

/** A full disk may have taken part of a row. Only what is surely ours is cut off again. */
function takeBack(disk: Disk, path: string, size: number, rows: Uint8Array): void {
  const fd = disk.open(path, 'r+');
  try {
    const now = disk.statFd(fd).size;
    if (now <= size || now > size + rows.length) return;
    const written = disk.read(fd, size, now - size);
    if (written.equals(rows.subarray(0, written.length))) disk.truncate(fd, size);
  } finally {
    disk.close(fd);
  }
}
