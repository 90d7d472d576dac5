import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { SharedMemoryError } from './shm-errors.mjs';

/**
 * A segment opened for reading.
 * @typedef {object} Attachment
 * @property {number} mapped how many bytes it had when it was opened
 * @property {() => number} size how many it has now
 * @property {(target: Uint8Array, at: number, bytes: number) => void} read
 * @property {() => ArrayBuffer | undefined} view the memory itself, where the runtime allows that
 * @property {() => void} fence orders the reads before it against those after it
 * @property {() => void} close
 */

const require = createRequire(import.meta.url);

/** A module whose one exported function is the instruction `atomic.fence`. */
const fenceModule = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02,
  0x01, 0x00, 0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00, 0x0a, 0x07, 0x01, 0x05, 0x00, 0xfe, 0x03,
  0x00, 0x0b,
]);
const fence = /** @type {() => void} */ (
  new WebAssembly.Instance(new WebAssembly.Module(fenceModule)).exports['f']
);

/**
 * Opens a segment by name. With the `koffi` package it is mapped and read by memcpy; without it,
 * on Linux, by pread, which costs a system call a copy and needs nothing installed.
 * @param {string} name
 * @param {{ folder?: string, native?: boolean }} [options]
 * @returns {Attachment}
 */
export function attach(name, options = {}) {
  const koffi = options.native === false ? undefined : loadKoffi();
  if (process.platform === 'linux') {
    const fd = openFile(path.join(options.folder ?? '/dev/shm', name), name);
    return koffi ? mappedFile(koffi, fd, name) : plainFile(fd);
  }
  if (!koffi) {
    throw new SharedMemoryError(
      'SHM_UNSUPPORTED',
      `shared memory on ${process.platform} needs the koffi package: npm install koffi`,
    );
  }
  return process.platform === 'win32' ? windowsMapping(koffi, name) : darwinMapping(koffi, name);
}

function loadKoffi() {
  try {
    return require('koffi');
  } catch {
    return undefined;
  }
}

/** @param {string} file @param {string} name */
function openFile(file, name) {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  try {
    const fd = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (fs.fstatSync(fd).isFile()) return fd;
    fs.closeSync(fd);
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'ENOENT') throw missing(name);
    throw new SharedMemoryError('SHM_FOREIGN', `${name} cannot be opened: ${message}`);
  }
  throw new SharedMemoryError('SHM_FOREIGN', `${name} is not a memory segment`);
}

/** @param {string} name */
function missing(name) {
  return new SharedMemoryError(
    'SHM_MISSING',
    `there is no segment ${name}: is Gatehouse running, with shared memory on?`,
  );
}

/** @param {number} fd @returns {Attachment} */
function plainFile(fd) {
  return {
    mapped: fs.fstatSync(fd).size,
    size: () => fs.fstatSync(fd).size,
    read(target, at, bytes) {
      let done = 0;
      while (done < bytes) {
        const got = fs.readSync(fd, target, done, bytes - done, at + done);
        if (got === 0) throw new SharedMemoryError('SHM_SHRUNK', 'the segment was cut');
        done += got;
      }
    },
    view: () => undefined,
    fence,
    close: () => fs.closeSync(fd),
  };
}

const PROT_READ = 1;
const MAP_SHARED = 1;
const SEEK_END = 2;

/** @param {any} koffi @param {any} library */
function memcpyOf(koffi, library) {
  void koffi;
  return library.func('memcpy', 'void', ['void *', 'uintptr_t', 'size_t']);
}

/** @param {any} library @param {number} fd @param {number} size @param {string} name */
function mapped(library, fd, size, name) {
  const mmap = library.func('mmap', 'uintptr_t', [
    'uintptr_t',
    'size_t',
    'int',
    'int',
    'int',
    'int64_t',
  ]);
  const address = size > 0 ? mmap(0, size, PROT_READ, MAP_SHARED, fd, 0) : undefined;
  // MAP_FAILED is all ones, which does not fit a number and so arrives as a BigInt.
  if (typeof address === 'number') return address;
  if (size === 0) throw new SharedMemoryError('SHM_MISSING', `${name} is empty: it is being made`);
  throw new SharedMemoryError('SHM_FOREIGN', `${name} cannot be mapped`);
}

/** @param {any} koffi @param {number} fd @param {string} name @returns {Attachment} */
function mappedFile(koffi, fd, name) {
  const library = koffi.load(null);
  const size = fs.fstatSync(fd).size;
  let address;
  try {
    address = mapped(library, fd, size, name);
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  const memcpy = memcpyOf(koffi, library);
  const munmap = library.func('munmap', 'int', ['uintptr_t', 'size_t']);
  /** @type {ArrayBuffer | undefined} */
  let viewed;
  const lseek = library.func('lseek', 'int64_t', ['int', 'int64_t', 'int']);
  return {
    mapped: size,
    // A page beyond the end of a segment that was cut kills whoever touches it, so the length is
    // asked for before every copy; seeking is the cheapest way to ask.
    size: () => lseek(fd, 0, SEEK_END),
    read: (target, at, bytes) => memcpy(target, address + at, bytes),
    view() {
      viewed ??= viewOf(koffi, address, size);
      return viewed;
    },
    fence,
    close() {
      // Touching a view whose memory is gone would kill the process: it stays until the end.
      if (!viewed) munmap(address, size);
      fs.closeSync(fd);
    },
  };
}

/** koffi aborts the process beyond 4 GiB, and Electron forbids foreign memory in an ArrayBuffer. */
function viewOf(koffi, address, size) {
  if (process.versions.electron || size >= 2 ** 32) return undefined;
  return koffi.view(BigInt(address), size);
}

/** @param {any} koffi @param {string} name @returns {Attachment} */
function darwinMapping(koffi, name) {
  const library = koffi.load(null);
  const open = library.func('int shm_open(const char *name, int flags, ...)');
  const close = library.func('int close(int fd)');
  const munmap = library.func('munmap', 'int', ['uintptr_t', 'size_t']);
  const statName = process.arch === 'x64' ? 'fstat$INODE64' : 'fstat';
  const fstat = library.func(statName, 'int', ['int', 'void *']);
  const fd = open(`/${name}`, 0, 'int', 0);
  if (fd < 0) throw missing(name);
  const stat = Buffer.alloc(144);
  const size = fstat(fd, stat) === 0 ? Number(stat.readBigInt64LE(96)) : 0;
  try {
    const address = mapped(library, fd, size, name);
    const memcpy = memcpyOf(koffi, library);
    return {
      mapped: size,
      // Darwin lets an object be cut to length only once, before anybody maps it.
      size: () => size,
      read: (target, at, bytes) => memcpy(target, address + at, bytes),
      view: () => undefined,
      fence,
      close: () => munmap(address, size),
    };
  } finally {
    close(fd);
  }
}

/** @param {any} koffi @param {string} name @returns {Attachment} */
function windowsMapping(koffi, name) {
  const kernel = koffi.load('kernel32.dll');
  const open = kernel.func(
    'intptr_t __stdcall OpenFileMappingW(uint32_t access, bool inherit, str16 name)',
  );
  const view = kernel.func(
    'uintptr_t __stdcall MapViewOfFile(intptr_t mapping, uint32_t access, uint32_t high, uint32_t low, size_t bytes)',
  );
  const query = kernel.func(
    'size_t __stdcall VirtualQuery(uintptr_t address, void *info, size_t bytes)',
  );
  const unmap = kernel.func('bool __stdcall UnmapViewOfFile(uintptr_t address)');
  const close = kernel.func('bool __stdcall CloseHandle(intptr_t handle)');
  const handle = Number(open(4, false, name));
  if (handle === 0) throw missing(name);
  const address = Number(view(handle, 4, 0, 0, 0));
  close(handle);
  if (address === 0) throw new SharedMemoryError('SHM_FOREIGN', `${name} cannot be mapped`);
  const info = Buffer.alloc(48);
  query(address, info, info.length);
  const size = Number(info.readBigUInt64LE(24));
  const memcpy = memcpyOf(koffi, koffi.load('msvcrt.dll'));
  return {
    mapped: size,
    size: () => size,
    read: (target, at, bytes) => memcpy(target, address + at, bytes),
    view: () => undefined,
    fence,
    close: () => unmap(address),
  };
}
