import { fence } from './fence.ts';
import { type NativeLibrary, native } from './native.ts';
import type { SegmentOs } from './segment-os.ts';

export type MemoryCalls = Pick<SegmentOs, 'addressOf' | 'copy' | 'compare' | 'fence'>;

/**
 * Copies between addresses, given as plain numbers: user space ends at 2^47, and a number needs
 * no allocation where a BigInt does. Views onto foreign memory are not an option in Electron.
 */
export function memoryCalls(library: NativeLibrary): MemoryCalls {
  const koffi = native();
  const copy = library.func('memcpy', 'void', ['uintptr_t', 'uintptr_t', 'size_t']);
  const compare = library.func('memcmp', 'int', ['uintptr_t', 'uintptr_t', 'size_t']);
  return {
    addressOf: (buffer) => Number(koffi.address(buffer)),
    copy: copy as unknown as SegmentOs['copy'],
    compare: compare as unknown as SegmentOs['compare'],
    fence,
  };
}
