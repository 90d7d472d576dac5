import { type NativeLibrary, native } from './native.ts';

export interface MappingCalls {
  /** Maps a descriptor shared; answers undefined and leaves errno when the system refuses. */
  map(fd: number, size: number, access: 'read' | 'write'): number | undefined;
  unmap(address: number, size: number): void;
}

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;

/** mmap and munmap, which Linux and macOS share down to their constants. */
export function mappingCalls(library: NativeLibrary): MappingCalls {
  native();
  const mmap = library.func('mmap', 'uintptr_t', [
    'uintptr_t',
    'size_t',
    'int',
    'int',
    'int',
    'int64_t',
  ]);
  const munmap = library.func('munmap', 'int', ['uintptr_t', 'size_t']);
  return {
    map(fd, size, access) {
      const protection = access === 'write' ? PROT_READ | PROT_WRITE : PROT_READ;
      const address: number | bigint = mmap(0, size, protection, MAP_SHARED, fd, 0);
      // MAP_FAILED is all ones, which does not fit a number and so arrives as a BigInt.
      return typeof address === 'number' ? address : undefined;
    },
    unmap: (address, size) => void munmap(address, size),
  };
}
