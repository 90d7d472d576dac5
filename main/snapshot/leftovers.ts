import type { Log } from '../kit/log.ts';
import { header, headerBytes, readHeader, writerState } from './columns/layout.ts';
import { SegmentError } from './errors.ts';
import { acquireLock, type Lock } from './os/lock.ts';
import type { FoundSegment, SegmentOs } from './os/segment-os.ts';

/**
 * Tells whoever is still attached to a dead writer's columns that there is a successor, and
 * answers their generation. Nothing in them is trusted beyond that.
 */
export function retireLeftover(os: SegmentOs, name: string, log: Log): number {
  const found = openLeftover(os, name);
  if (!found) return 0;
  try {
    const fields = readHeader(found.read(0, headerBytes));
    if (!fields || !Number.isSafeInteger(fields.generation)) {
      log.warn({ name }, 'a foreign segment had the name and is replaced');
      return 0;
    }
    const crashed = fields.state === writerState.live;
    log.warn(
      { name, writerPid: fields.writerPid, generation: fields.generation, crashed },
      crashed
        ? 'the writer before this one died; its segment is replaced'
        : 'an old segment is replaced',
    );
    const next = Buffer.alloc(8);
    next.writeBigUInt64LE(BigInt(fields.generation + 1));
    found.write(header.nextGeneration, next);
    const superseded = Buffer.alloc(4);
    superseded.writeUInt32LE(writerState.superseded);
    found.write(header.state, superseded);
    return fields.generation;
  } finally {
    found.close();
  }
}

export function takeLock(os: SegmentOs, name: string): Lock {
  const path = os.lockPath(name);
  let outcome: ReturnType<typeof acquireLock>;
  try {
    outcome = acquireLock(path, { segment: name });
  } catch (error) {
    if (error instanceof SegmentError) throw error;
    throw new SegmentError(
      'SHM_NO_PERMISSION',
      `the lock of the segment ${name} cannot be taken: ${(error as Error).message}`,
      'Another user may be writing a segment of this name: choose another with --shm-name.',
    );
  }
  if (!('heldBy' in outcome)) return outcome;
  const who = outcome.heldBy ? `process ${outcome.heldBy.pid}` : 'another process';
  throw new SegmentError(
    'SHM_IN_USE',
    `${who} is writing the segment ${name}`,
    'Stop it, or choose another name with --shm-name.',
  );
}

/** What is no segment at all is left to the sweep, which removes links, pipes and files alike. */
function openLeftover(os: SegmentOs, name: string): FoundSegment | undefined {
  try {
    return os.open(name, 'write');
  } catch (error) {
    if (error instanceof SegmentError && error.code === 'SHM_FOREIGN') return undefined;
    throw error;
  }
}

/** A dead writer's text would look current for ever to those still attached to it. */
export function emptyLeftover(os: SegmentOs, name: string): void {
  const found = openLeftover(os, name);
  if (!found) return;
  try {
    if (found.read(0, 1).toString('latin1') !== '{') return;
    const nothing = Buffer.alloc(Math.min(found.size, 1 << 20));
    for (let at = 0; at < found.size; at += nothing.length) {
      found.write(at, nothing.subarray(0, Math.min(nothing.length, found.size - at)));
    }
    found.write(0, Buffer.from('{}'));
  } finally {
    found.close();
  }
}
