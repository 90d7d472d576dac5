import fs from 'node:fs';
import { native } from './native.ts';

/** A lock that is held: the file may be written, and letting go takes the file away. */
export interface LockHandle {
  write(text: string): void;
  release(): void;
}

/** Takes the lock, or answers undefined when another process (or another call) holds it. */
export function lockHandle(path: string): LockHandle | undefined {
  return process.platform === 'win32' ? windowsLock(path) : posixLock(path);
}

const LOCK_EX = 2;
const LOCK_NB = 4;

function posixLock(path: string): LockHandle | undefined {
  const koffi = native();
  const flock = koffi.load(null).func('int flock(int fd, int operation)');
  for (;;) {
    const fd = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
    if (flock(fd, LOCK_EX | LOCK_NB) !== 0) {
      const errno = koffi.errno();
      fs.closeSync(fd);
      if (errno === koffi.os.errno['EINTR']) continue;
      if (errno === koffi.os.errno['EWOULDBLOCK'] || errno === koffi.os.errno['EAGAIN']) {
        return undefined;
      }
      throw new Error(`flock on ${path} failed with errno ${errno}`);
    }
    // The holder before us may have removed the file between our open and our lock. Then we hold
    // a file nobody else can find, and must take the one that has the name now.
    if (!sameFile(fd, path)) {
      fs.closeSync(fd);
      continue;
    }
    return {
      write: (text) => writeWhole(fd, text),
      release() {
        if (sameFile(fd, path)) fs.rmSync(path, { force: true });
        fs.closeSync(fd);
      },
    };
  }
}

function sameFile(fd: number, path: string): boolean {
  const named = fs.statSync(path, { throwIfNoEntry: false, bigint: true });
  if (!named) return false;
  const held = fs.fstatSync(fd, { bigint: true });
  return named.ino === held.ino && named.dev === held.dev;
}

/** A file system without room still locks; only the holder's name is missing then. */
function writeWhole(fd: number, text: string): void {
  try {
    fs.ftruncateSync(fd, 0);
    fs.writeSync(fd, text, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

const GENERIC_READ_WRITE = 0xc0000000;
const FILE_SHARE_READ = 1;
const OPEN_ALWAYS = 4;
const FILE_FLAG_DELETE_ON_CLOSE = 0x04000000;
const ERROR_ACCESS_DENIED = 5;
const ERROR_SHARING_VIOLATION = 32;

/** On Windows an open file that shares reading only is the lock; the system closes it for the dead. */
function windowsLock(path: string): LockHandle | undefined {
  const kernel = native().load('kernel32.dll');
  const createFile = kernel.func(
    'intptr_t __stdcall CreateFileW(str16 name, uint32_t access, uint32_t share, void *security, uint32_t disposition, uint32_t flags, intptr_t template)',
  );
  const writeFile = kernel.func(
    'bool __stdcall WriteFile(intptr_t file, void *data, uint32_t length, _Out_ uint32_t *written, void *overlapped)',
  );
  const closeHandle = kernel.func('bool __stdcall CloseHandle(intptr_t handle)');
  const getLastError = kernel.func('uint32_t __stdcall GetLastError()');
  const handle = Number(
    createFile(
      path,
      GENERIC_READ_WRITE,
      FILE_SHARE_READ,
      null,
      OPEN_ALWAYS,
      FILE_FLAG_DELETE_ON_CLOSE,
      0,
    ),
  );
  if (handle === -1) {
    const code = getLastError() as number;
    if (code === ERROR_SHARING_VIOLATION || code === ERROR_ACCESS_DENIED) return undefined;
    throw new Error(`CreateFileW on ${path} failed with code ${code}`);
  }
  return {
    write(text) {
      const bytes = Buffer.from(text);
      writeFile(handle, bytes, bytes.length, [0], null);
    },
    release: () => void closeHandle(handle),
  };
}
