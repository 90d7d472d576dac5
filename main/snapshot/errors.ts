export type SegmentErrorCode =
  | 'SHM_UNSUPPORTED'
  | 'SHM_FULL'
  | 'SHM_NO_PERMISSION'
  | 'SHM_NAME'
  | 'SHM_IN_USE'
  | 'SHM_SYSTEM'
  | 'SHM_MISSING'
  | 'SHM_SHRUNK'
  | 'SHM_FOREIGN'
  | 'SHM_VERSION'
  | 'SHM_DAMAGED';

/** A failure of shared memory: a code for programs, a sentence and what to do next for people. */
export class SegmentError extends Error {
  readonly code: SegmentErrorCode;
  readonly advice: string;

  constructor(code: SegmentErrorCode, message: string, advice: string) {
    super(message);
    this.name = 'SegmentError';
    this.code = code;
    this.advice = advice;
  }
}
