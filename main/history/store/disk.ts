import fs from 'node:fs';
import { type FileStat, statFile, statOf } from './file-stat.ts';

/** As in `node:fs`; `add` reads, adds at the end, and makes no file where there is none. */
export type OpenFlags = 'r' | 'r+' | 'wx' | 'a' | 'add';

/** The few operations the store writes with; tests put one before it that fails, tears or kills at the nth. */
export interface Disk {
  readonly stat: (path: string) => FileStat | undefined;
  readonly statFd: (fd: number) => FileStat;
  readonly open: (path: string, flags: OpenFlags, mode?: number) => number;
  /** What there is of so many bytes, in memory of its own where none is given that is long enough. */
  readonly read: (fd: number, position: number, length: number, memory?: Buffer) => Buffer;
  /** Writes all of it, or throws having written some of it. */
  readonly write: (fd: number, bytes: Uint8Array) => void;
  readonly truncate: (fd: number, size: number) => void;
  readonly sync: (fd: number) => Promise<void>;
  readonly syncNow: (fd: number) => void;
  readonly close: (fd: number) => void;
  readonly rename: (from: string, to: string) => void;
  /** Fails when `to` is there already. */
  readonly link: (from: string, to: string) => void;
  readonly unlink: (path: string) => void;
  readonly makeFolder: (path: string) => void;
  readonly list: (path: string) => readonly string[];
  readonly syncFolder: (path: string) => Promise<void>;
}

const addFlags = fs.constants.O_RDWR | fs.constants.O_APPEND;

/** Undefined when there is nothing of that name. */
export function openThere(disk: Disk, path: string, flags: 'r' | 'add'): number | undefined {
  try {
    return disk.open(path, flags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export const realDisk: Disk = {
  stat: statFile,
  statFd: (fd) => statOf(fs.fstatSync(fd, { bigint: true })),
  open: (path, flags, mode) => fs.openSync(path, flags === 'add' ? addFlags : flags, mode),
  read(fd, position, length, memory) {
    const buffer = memory && memory.length >= length ? memory : Buffer.allocUnsafeSlow(length);
    let got = 0;
    while (got < length) {
      const read = fs.readSync(fd, buffer, got, length - got, position + got);
      if (read === 0) break;
      got += read;
    }
    return buffer.subarray(0, got);
  },
  write(fd, bytes) {
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at);
  },
  truncate: (fd, size) => fs.ftruncateSync(fd, size),
  sync: (fd) =>
    new Promise((done, fail) => fs.fdatasync(fd, (error) => (error ? fail(error) : done()))),
  syncNow: (fd) => fs.fdatasyncSync(fd),
  close: (fd) => fs.closeSync(fd),
  rename: (from, to) => fs.renameSync(from, to),
  link: (from, to) => fs.linkSync(from, to),
  unlink: (path) => fs.rmSync(path, { force: true }),
  makeFolder: (path) => void fs.mkdirSync(path, { recursive: true }),
  list: (path) => fs.readdirSync(path),
  async syncFolder(path) {
    // Windows cannot open a folder to sync it, and its renames are journalled.
    if (process.platform === 'win32') return;
    const fd = fs.openSync(path, 'r');
    try {
      await realDisk.sync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
};
