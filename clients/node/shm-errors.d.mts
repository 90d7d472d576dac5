export type SharedMemoryErrorCode =
  /** There is no segment of that name: the writer does not run, or restores it this instant. */
  | 'SHM_MISSING'
  /** The name belongs to something that is not a Gatehouse segment. */
  | 'SHM_FOREIGN'
  /** The segment has a layout this reader does not know. */
  | 'SHM_VERSION'
  /** The segment contradicts itself: somebody else has written into it. */
  | 'SHM_DAMAGED'
  /** The segment is shorter than its header says: somebody has cut it. */
  | 'SHM_SHRUNK'
  /** The writer has stopped in good order and there is no successor. */
  | 'SHM_CLOSED'
  /** The bars do not add up to the sum beside them, however often they are read. */
  | 'SHM_CHECKSUM'
  /** This platform needs the `koffi` package, or cannot do this at all. */
  | 'SHM_UNSUPPORTED'
  /** The writer lives, but no stable copy could be had within the time budget. */
  | 'WRITER_BUSY'
  /** The writer died in the middle of this entry; other entries stay readable. */
  | 'WRITER_DEAD'
  /** The segment has no such symbol and timeframe. */
  | 'UNKNOWN_SERIES'
  /** Nothing changed within the time given. */
  | 'WAIT_TIMEOUT';

export declare class SharedMemoryError extends Error {
  constructor(code: SharedMemoryErrorCode, message: string);
  readonly code: SharedMemoryErrorCode;
}
