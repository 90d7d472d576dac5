import { createRequire } from 'node:module';
import type koffi from 'koffi';
import { SegmentError } from '../errors.ts';

type Koffi = typeof koffi;
export type NativeLibrary = ReturnType<Koffi['load']>;

let loaded: Koffi | undefined;

/** Loaded at first use, so that a machine without the native module only loses shared memory. */
export function native(): Koffi {
  if (loaded) return loaded;
  try {
    loaded = createRequire(import.meta.url)('koffi') as Koffi;
    return loaded;
  } catch (error) {
    throw new SegmentError(
      'SHM_UNSUPPORTED',
      `the native module for shared memory cannot be loaded: ${(error as Error).message}`,
      'Install the packages again (npm ci), or start with --no-shm.',
    );
  }
}
