import { SegmentError } from './errors.ts';
import { systemSegments } from './os/index.ts';
import type { SegmentOs } from './os/segment-os.ts';

export type SharedMemoryCheck =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly advice: string;
    };

/** Makes, finds and removes a small segment of its own, so that a doctor can say what would fail. */
export function checkSharedMemory(
  bytes = 1 << 20,
  os: () => SegmentOs = systemSegments,
): SharedMemoryCheck {
  const name = `ghcheck-${process.pid}`;
  try {
    const system = os();
    const segment = system.create(name, bytes);
    try {
      segment.publish();
      system.open(name, 'read')?.close();
    } finally {
      segment.remove();
      segment.unmap();
    }
    return { ok: true };
  } catch (error) {
    const { code, message, advice } =
      error instanceof SegmentError
        ? error
        : new SegmentError('SHM_SYSTEM', (error as Error).message, 'Start with --no-shm.');
    return { ok: false, code, message, advice };
  }
}
