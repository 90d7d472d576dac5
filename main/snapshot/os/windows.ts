import os from 'node:os';
import path from 'node:path';
import { SegmentError } from '../errors.ts';
import { memoryCalls } from './memory.ts';
import { type NativeLibrary, native } from './native.ts';
import type { FoundSegment, Segment, SegmentOs } from './segment-os.ts';

const INVALID_HANDLE = -1;
const PAGE_READWRITE = 4;
const FILE_MAP_WRITE = 2;
const FILE_MAP_READ = 4;
const ERROR_FILE_NOT_FOUND = 2;
const ERROR_ACCESS_DENIED = 5;
const ERROR_ALREADY_EXISTS = 183;
/** Both mean that the page file cannot promise the memory. */
const fullCodes: readonly number[] = [8, 1455];
/** RegionSize in MEMORY_BASIC_INFORMATION of 64-bit Windows. */
const regionSizeAt = 24;
const regionInfoBytes = 48;

/**
 * Named mappings backed by the page file. The object lives as long as anybody has a handle, so a
 * name cannot be removed or handed to another object: growth takes a new name, and what a dead
 * writer left with its readers is written over. The names bear no `Local\` prefix, because
 * Python's `tagname` has none.
 */
export function windowsSegments(): SegmentOs {
  const kernel = native().load('kernel32.dll');
  const calls = windowsCalls(kernel);
  return {
    ...memoryCalls(native().load('msvcrt.dll')),
    canReplace: false,
    lockPath: (name) => path.join(os.tmpdir(), `gatehouse-${checked(name)}.lock`),
    create: (name, size) => create(calls, checked(name), size),
    open: (name, access) => open(calls, checked(name), access),
    sweep: (name) => void checked(name),
    watch: () => () => {},
  };
}

type Call = (...args: unknown[]) => number | bigint;

interface Calls {
  readonly create: Call;
  readonly open: Call;
  readonly map: Call;
  readonly unmap: Call;
  readonly query: Call;
  readonly close: Call;
  readonly lastError: () => number;
}

function windowsCalls(kernel: NativeLibrary): Calls {
  return {
    create: kernel.func(
      'intptr_t __stdcall CreateFileMappingW(intptr_t file, void *security, uint32_t protect, uint32_t high, uint32_t low, str16 name)',
    ),
    open: kernel.func(
      'intptr_t __stdcall OpenFileMappingW(uint32_t access, bool inherit, str16 name)',
    ),
    map: kernel.func(
      'uintptr_t __stdcall MapViewOfFile(intptr_t mapping, uint32_t access, uint32_t high, uint32_t low, size_t bytes)',
    ),
    unmap: kernel.func('bool __stdcall UnmapViewOfFile(uintptr_t address)'),
    query: kernel.func(
      'size_t __stdcall VirtualQuery(uintptr_t address, void *info, size_t bytes)',
    ),
    close: kernel.func('bool __stdcall CloseHandle(intptr_t handle)'),
    lastError: kernel.func('uint32_t __stdcall GetLastError()') as unknown as () => number,
  };
}

function create(calls: Calls, name: string, size: number): Segment {
  const high = Math.floor(size / 2 ** 32);
  const handle = Number(calls.create(INVALID_HANDLE, null, PAGE_READWRITE, high, size >>> 0, name));
  const code = calls.lastError();
  if (handle === 0) throw failure(name, 'CreateFileMapping', code);
  const address = Number(calls.map(handle, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, 0));
  const mapCode = calls.lastError();
  if (address === 0) {
    calls.close(handle);
    throw failure(name, 'MapViewOfFile', mapCode);
  }
  if (code === ERROR_ALREADY_EXISTS && regionSize(calls, address) < size) {
    calls.unmap(address);
    calls.close(handle);
    throw new SegmentError(
      'SHM_IN_USE',
      `programs are still attached to an older, smaller segment ${name}`,
      'Close the programs that read it, or choose another name with --shm-name.',
    );
  }
  let mapped = true;
  return {
    name,
    size,
    address,
    promise() {
      // The page file stood for all of it when it was made.
    },
    publish() {
      // The name exists since the object does; readers wait for the magic, which is written last.
    },
    condition: () => 'present',
    safeBytes: () => size,
    restore: () => true,
    remove() {
      // The name goes with the last handle.
    },
    unmap() {
      if (!mapped) return;
      mapped = false;
      calls.unmap(address);
      calls.close(handle);
    },
  };
}

function open(calls: Calls, name: string, access: 'read' | 'write'): FoundSegment | undefined {
  const wanted = access === 'write' ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_READ;
  const handle = Number(calls.open(wanted, false, name));
  const code = calls.lastError();
  if (handle === 0) {
    if (code === ERROR_FILE_NOT_FOUND) return undefined;
    throw failure(name, 'OpenFileMapping', code);
  }
  const address = Number(calls.map(handle, wanted, 0, 0, 0));
  const mapCode = calls.lastError();
  calls.close(handle);
  if (address === 0) throw failure(name, 'MapViewOfFile', mapCode);
  const size = regionSize(calls, address);
  const memory = memoryCalls(native().load('msvcrt.dll'));
  return {
    size,
    read(at, bytes) {
      const buffer = Buffer.alloc(Math.max(0, Math.min(bytes, size - at)));
      memory.copy(memory.addressOf(buffer), address + at, buffer.length);
      return buffer;
    },
    write: (at, data) => memory.copy(address + at, memory.addressOf(data), data.length),
    close: () => void calls.unmap(address),
  };
}

function regionSize(calls: Calls, address: number): number {
  const info = Buffer.alloc(regionInfoBytes);
  calls.query(address, info, info.length);
  return Number(info.readBigUInt64LE(regionSizeAt));
}

function failure(name: string, call: string, code: number): SegmentError {
  if (fullCodes.includes(code)) {
    return new SegmentError(
      'SHM_FULL',
      `Windows cannot promise the memory for the segment ${name}`,
      'Close other programs, enlarge the page file, or mirror fewer bars.',
    );
  }
  if (code === ERROR_ACCESS_DENIED) {
    return new SegmentError(
      'SHM_NO_PERMISSION',
      `the segment ${name} belongs to another user`,
      'Choose another name with --shm-name.',
    );
  }
  return new SegmentError(
    'SHM_SYSTEM',
    `the segment ${name} could not be made: ${call} answered ${code}`,
    'Start with --no-shm and report this.',
  );
}

function checked(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(name)) return name;
  throw new SegmentError(
    'SHM_NAME',
    `"${name}" cannot be the name of a segment`,
    'Use up to 64 letters, digits, dots, dashes and underscores, not starting with a dot.',
  );
}
