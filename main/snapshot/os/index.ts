import { SegmentError } from '../errors.ts';
import { linuxSegments } from './linux.ts';
import { macosSegments } from './macos.ts';
import type { SegmentOs } from './segment-os.ts';
import { windowsSegments } from './windows.ts';

/** The bindings of the system this runs on. */
export function systemSegments(platform: NodeJS.Platform = process.platform): SegmentOs {
  switch (platform) {
    case 'linux':
      return linuxSegments();
    case 'darwin':
      return macosSegments();
    case 'win32':
      return windowsSegments();
    default:
      throw new SegmentError(
        'SHM_UNSUPPORTED',
        `there is no shared memory for ${platform}`,
        'Start with --no-shm; quotes are served over TCP all the same.',
      );
  }
}
