import fs from 'node:fs';
import path from 'node:path';
import { SegmentError } from '../errors.ts';
import { type MappingCalls, mappingCalls } from './mapping.ts';
import { memoryCalls } from './memory.ts';
import { native } from './native.ts';
import type { FoundSegment, Segment, SegmentCondition, SegmentOs } from './segment-os.ts';

/** What a test may put in the place of the real thing. */
export interface LinuxOptions {
  /** Where named memory lives: POSIX shared memory on Linux is the files of this folder. */
  readonly folder?: string;
  /** Answers an errno, as posix_fallocate does. */
  readonly allocate?: (fd: number, from: number, bytes: number) => number;
}

const promiseStep = 1 << 20;

interface Calls extends MappingCalls {
  allocate(fd: number, from: number, bytes: number): number;
}

/**
 * A published segment has two links: the name, and `<name>.keep`. Python's resource tracker (up to
 * 3.12) removes the name when any process that attached ends, and an object without a link cannot
 * be given one again; the second link is what the name is restored from.
 */
export function linuxSegments(options: LinuxOptions = {}): SegmentOs {
  const folder = options.folder ?? '/dev/shm';
  const library = native().load(null);
  const posixFallocate = library.func('int posix_fallocate(int fd, int64_t offset, int64_t len)');
  const calls: Calls = {
    ...mappingCalls(library),
    allocate: options.allocate ?? (posixFallocate as unknown as Calls['allocate']),
  };
  return {
    ...memoryCalls(library),
    canReplace: true,
    lockPath: (name) => path.join(folder, `${checked(name)}.lock`),
    create: (name, size, promised = size) =>
      new LinuxSegment(calls, folder, checked(name), size, promised),
    open: (name, access) => openFile(path.join(folder, checked(name)), access),
    sweep: (name) => sweep(folder, checked(name)),
    watch: (names, call) => watchFolder(folder, names, call),
  };
}

class LinuxSegment implements Segment {
  readonly name: string;
  readonly size: number;
  readonly address: number;
  readonly #calls: Calls;
  readonly #path: string;
  readonly #keep: string;
  readonly #draft: string;
  readonly #fd: number;
  readonly #ino: bigint;
  #mapped = true;
  #promised = 0;

  constructor(calls: Calls, folder: string, name: string, size: number, promised: number) {
    this.name = name;
    this.size = size;
    this.#calls = calls;
    this.#path = path.join(folder, name);
    this.#keep = `${this.#path}.keep`;
    this.#draft = path.join(folder, `.${name}.${process.pid}.draft`);
    if (!attempt(name, () => hasRoom(folder, size))) throw fullError(name);
    fs.rmSync(this.#draft, { force: true });
    this.#fd = attempt(name, () => fs.openSync(this.#draft, 'wx+', 0o600));
    try {
      attempt(name, () => fs.ftruncateSync(this.#fd, size));
      this.promise(promised);
      const address = calls.map(this.#fd, size, 'write');
      if (address === undefined) throw systemError(name, 'mmap', native().errno());
      this.address = address;
      this.#ino = fs.fstatSync(this.#fd, { bigint: true }).ino;
    } catch (error) {
      fs.closeSync(this.#fd);
      fs.rmSync(this.#draft, { force: true });
      throw error;
    }
  }

  /** In steps, so that many small ones cost few calls. */
  promise(bytes: number): void {
    if (bytes <= this.#promised) return;
    const to = Math.min(this.size, Math.ceil(bytes / promiseStep) * promiseStep);
    promise(this.#calls, this.name, this.#fd, this.#promised, to);
    this.#promised = to;
  }

  publish(): void {
    const keepDraft = `${this.#draft}.keep`;
    try {
      attempt(this.name, () => {
        fs.rmSync(keepDraft, { force: true });
        fs.linkSync(this.#draft, keepDraft);
        fs.renameSync(this.#draft, this.#path);
        fs.renameSync(keepDraft, this.#keep);
      });
    } catch (error) {
      fs.rmSync(keepDraft, { force: true });
      this.remove();
      this.unmap();
      throw error;
    }
  }

  condition(): SegmentCondition {
    if (this.safeBytes() < this.size) return 'shrunk';
    const named = fs.lstatSync(this.#path, { throwIfNoEntry: false, bigint: true });
    if (!named) return 'missing';
    return named.ino === this.#ino ? 'present' : 'replaced';
  }

  safeBytes(): number {
    return Math.min(this.size, fs.fstatSync(this.#fd).size);
  }

  restore(): boolean {
    try {
      if (!this.#keepIsOurs()) return false;
      fs.rmSync(this.#draft, { force: true });
      fs.linkSync(this.#keep, this.#draft);
      fs.renameSync(this.#draft, this.#path);
      // Renaming one link of an object onto another of the same object leaves both.
      fs.rmSync(this.#draft, { force: true });
      return true;
    } catch {
      return false;
    }
  }

  remove(): void {
    const named = fs.lstatSync(this.#path, { throwIfNoEntry: false, bigint: true });
    if (named?.ino === this.#ino) fs.rmSync(this.#path, { force: true });
    if (this.#keepIsOurs()) fs.rmSync(this.#keep, { force: true });
    fs.rmSync(this.#draft, { force: true });
  }

  unmap(): void {
    if (!this.#mapped) return;
    this.#mapped = false;
    this.#calls.unmap(this.address, this.size);
    fs.closeSync(this.#fd);
  }

  #keepIsOurs(): boolean {
    const kept = fs.lstatSync(this.#keep, { throwIfNoEntry: false, bigint: true });
    return kept?.ino === this.#ino;
  }
}

/** Cheap to ask, where a refused promise costs as much as a kept one; a series that grows asks often. */
function hasRoom(folder: string, size: number): boolean {
  const room = fs.statfsSync(folder);
  // A tmpfs without a limit says that it has no blocks at all.
  return room.blocks === 0 || room.bavail * room.bsize >= size;
}

/** Without this promise a full file system kills the writer with SIGBUS at the first touch. */
function promise(calls: Calls, name: string, fd: number, from: number, to: number): void {
  const { EINTR, EOPNOTSUPP } = native().os.errno;
  let errno = calls.allocate(fd, from, to - from);
  for (let again = 0; errno === EINTR && again < 100; again++) {
    errno = calls.allocate(fd, from, to - from);
  }
  if (errno !== 0 && errno !== EOPNOTSUPP) throw systemError(name, 'posix_fallocate', errno);
}

function openFile(file: string, access: 'read' | 'write'): FoundSegment | undefined {
  const { O_RDONLY, O_RDWR, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  let fd: number;
  try {
    fd = fs.openSync(file, (access === 'write' ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    throw fileError(path.basename(file), error);
  }
  const stat = fs.fstatSync(fd);
  if (!stat.isFile()) {
    fs.closeSync(fd);
    throw new SegmentError(
      'SHM_FOREIGN',
      `${file} is not a memory segment`,
      'Remove it, or choose another name with --shm-name.',
    );
  }
  return {
    size: stat.size,
    read(at, bytes) {
      const buffer = Buffer.alloc(Math.max(0, Math.min(bytes, stat.size - at)));
      return buffer.subarray(0, fs.readSync(fd, buffer, 0, buffer.length, at));
    },
    write: (at, data) => void fs.writeSync(fd, data, 0, data.length, at),
    close: () => fs.closeSync(fd),
  };
}

function sweep(folder: string, name: string): void {
  const ours = (entry: string): boolean =>
    entry === name ||
    entry === `${name}.keep` ||
    (entry.startsWith(`.${name}.`) && /\.draft(\.keep)?$/.test(entry));
  attempt(name, () => {
    for (const entry of fs.readdirSync(folder)) {
      if (ours(entry)) fs.rmSync(path.join(folder, entry), { force: true });
    }
  });
}

/** A convenience on top of polling: without inotify a removed name is only back a little later. */
function watchFolder(folder: string, names: readonly string[], call: () => void): () => void {
  try {
    const watcher = fs.watch(folder, { persistent: false }, (event, name) => {
      if (event === 'rename' && name !== null && names.includes(name)) call();
    });
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => {};
  }
}

function attempt<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw fileError(name, error);
  }
}

function fileError(name: string, error: unknown): SegmentError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return fullError(name);
  if (code === 'EACCES' || code === 'EPERM') {
    return new SegmentError(
      'SHM_NO_PERMISSION',
      `the segment ${name} may not be made or read: ${message}`,
      'It may belong to another user: choose another name with --shm-name.',
    );
  }
  if (code === 'EISDIR' || code === 'ERR_FS_EISDIR' || code === 'ELOOP' || code === 'ENXIO') {
    return new SegmentError(
      'SHM_FOREIGN',
      `the name ${name} is taken by something that is not a segment`,
      'Remove it from /dev/shm, or choose another name with --shm-name.',
    );
  }
  return new SegmentError(
    'SHM_SYSTEM',
    `the segment ${name} could not be made: ${message}`,
    'Check that /dev/shm exists and may be written, or start with --no-shm.',
  );
}

function systemError(name: string, call: string, errno: number): SegmentError {
  const codes = native().os.errno;
  if (errno === codes['ENOSPC'] || errno === codes['ENOMEM']) return fullError(name);
  const word = Object.keys(codes).find((key) => codes[key] === errno) ?? String(errno);
  return new SegmentError(
    'SHM_SYSTEM',
    `the segment ${name} could not be made: ${call} answered ${word}`,
    'Check that /dev/shm exists and may be written, or start with --no-shm.',
  );
}

function fullError(name: string): SegmentError {
  return new SegmentError(
    'SHM_FULL',
    `there is no room for the segment ${name}: shared memory is full`,
    'Free /dev/shm, or enlarge it (a container: --shm-size), or mirror fewer bars.',
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
