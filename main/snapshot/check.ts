import { SegmentError } from './errors.ts';
import { takeLock } from './leftovers.ts';
import { systemSegments } from './os/index.ts';
import type { SegmentOs } from './os/segment-os.ts';

/** Why segments of this name cannot be written now, undefined where they can. */
export function nameRefused(
  name: string,
  os: () => SegmentOs = systemSegments,
): SegmentError | undefined {
  try {
    const system = os();
    takeLock(system, name).release();
    system.open(name, 'write')?.close();
    return undefined;
  } catch (error) {
    if (error instanceof SegmentError) return error;
    return new SegmentError('SHM_SYSTEM', (error as Error).message, 'Start with --no-shm.');
  }
}
