import os from 'node:os';
import path from 'node:path';
import { SegmentError } from '../errors.ts';
import { mappingCalls } from './mapping.ts';
import { memoryCalls } from './memory.ts';
import { native } from './native.ts';
import type { FoundSegment, Segment, SegmentCondition, SegmentOs } from './segment-os.ts';

const O_RDONLY = 0;
const O_RDWR = 2;
const O_CREAT = 0x200;
const O_EXCL = 0x800;
/** PSHMNAMLEN, the leading slash not counted. */
const longestName = 30;
/** Where st_size stands in Darwin's 64-bit struct stat. */
const statSizeAt = 96;
const statBytes = 144;

/**
 * POSIX shared memory as Darwin has it: no folder to look into, no rename, no second link, and one
 * ftruncate in an object's life. A name that was removed can only be given to a new object.
 */
export function macosSegments(): SegmentOs {
  const library = native().load(null);
  const calls = {
    ...mappingCalls(library),
    // Declared variadic, as the header has it: on Apple silicon variadic arguments travel on the
    // stack, and a plain declaration would create objects with a mode of chance.
    open: library.func('int shm_open(const char *name, int flags, ...)'),
    unlink: library.func('int shm_unlink(const char *name)'),
    truncate: library.func('int ftruncate(int fd, int64_t length)'),
    close: library.func('int close(int fd)'),
    stat: statCall(library),
  };
  return {
    ...memoryCalls(library),
    canReplace: true,
    lockPath: (name) => path.join(os.tmpdir(), `gatehouse-${checked(name)}.lock`),
    create: (name, size) => create(calls, checked(name), size),
    open: (name, access) => open(calls, checked(name), access),
    sweep: (name) => void calls.unlink(`/${checked(name)}`),
    watch: () => () => {},
  };
}

type Call = (...args: unknown[]) => number;

interface Calls {
  map(fd: number, size: number, access: 'read' | 'write'): number | undefined;
  unmap(address: number, size: number): void;
  readonly open: Call;
  readonly unlink: Call;
  readonly truncate: Call;
  readonly close: Call;
  stat(fd: number): number;
}

/** Intel Macs export the 64-bit fstat under a name of its own. */
function statCall(library: ReturnType<ReturnType<typeof native>['load']>): Calls['stat'] {
  const name = process.arch === 'x64' ? 'fstat$INODE64' : 'fstat';
  const fstat = library.func(name, 'int', ['int', 'void *']);
  return (fd) => {
    const buffer = Buffer.alloc(statBytes);
    return fstat(fd, buffer) === 0 ? Number(buffer.readBigInt64LE(statSizeAt)) : 0;
  };
}

function create(calls: Calls, name: string, size: number): Segment {
  calls.unlink(`/${name}`);
  const fd = calls.open(`/${name}`, O_RDWR | O_CREAT | O_EXCL, 'int', 0o600);
  if (fd < 0) throw failure(name, 'shm_open');
  const undo = (call: string): SegmentError => {
    const error = failure(name, call);
    calls.close(fd);
    calls.unlink(`/${name}`);
    return error;
  };
  if (calls.truncate(fd, size) !== 0) throw undo('ftruncate');
  const address = calls.map(fd, size, 'write');
  if (address === undefined) throw undo('mmap');
  let mapped = true;
  return {
    name,
    size,
    address,
    promise() {
      // The system has no such call.
    },
    publish() {
      // The name exists since the object does; readers wait for the magic, which is written last.
    },
    condition(): SegmentCondition {
      const probe = calls.open(`/${name}`, O_RDONLY, 'int', 0);
      if (probe < 0)
        return native().errno() === native().os.errno['ENOENT'] ? 'missing' : 'present';
      calls.close(probe);
      return 'present';
    },
    safeBytes: () => size,
    restore: () => false,
    remove: () => void calls.unlink(`/${name}`),
    unmap() {
      if (!mapped) return;
      mapped = false;
      calls.unmap(address, size);
      calls.close(fd);
    },
  };
}

function open(calls: Calls, name: string, access: 'read' | 'write'): FoundSegment | undefined {
  const fd = calls.open(`/${name}`, access === 'write' ? O_RDWR : O_RDONLY, 'int', 0);
  if (fd < 0) {
    if (native().errno() === native().os.errno['ENOENT']) return undefined;
    throw failure(name, 'shm_open');
  }
  const size = calls.stat(fd);
  const address = size > 0 ? calls.map(fd, size, access) : undefined;
  calls.close(fd);
  const memory = memoryCalls(native().load(null));
  return {
    size,
    read(at, bytes) {
      const buffer = Buffer.alloc(Math.max(0, Math.min(bytes, size - at)));
      if (address !== undefined) memory.copy(memory.addressOf(buffer), address + at, buffer.length);
      return buffer;
    },
    write(at, data) {
      if (address !== undefined) memory.copy(address + at, memory.addressOf(data), data.length);
    },
    close() {
      if (address !== undefined) calls.unmap(address, size);
    },
  };
}

function failure(name: string, call: string): SegmentError {
  const koffi = native();
  const errno = koffi.errno();
  const codes = koffi.os.errno;
  const word = Object.keys(codes).find((key) => codes[key] === errno) ?? String(errno);
  switch (word) {
    case 'ENOSPC':
    case 'ENOMEM':
      return new SegmentError(
        'SHM_FULL',
        `there is no memory for the segment ${name}`,
        'Close other programs, or mirror fewer bars.',
      );
    case 'EACCES':
    case 'EPERM':
      return new SegmentError(
        'SHM_NO_PERMISSION',
        `the segment ${name} belongs to another user`,
        'Choose another name with --shm-name.',
      );
    default:
      return new SegmentError(
        'SHM_SYSTEM',
        `the segment ${name} could not be made: ${call} answered ${word}`,
        'Start with --no-shm and report this.',
      );
  }
}

function checked(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name) && name.length <= longestName) return name;
  throw new SegmentError(
    'SHM_NAME',
    `"${name}" cannot be the name of a segment`,
    `Use up to ${longestName - 5} letters, digits, dots, dashes and underscores.`,
  );
}
