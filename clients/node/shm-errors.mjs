/** What can be wrong with shared memory, each under a code of its own. */
export class SharedMemoryError extends Error {
  /**
   * @param {import('./shm-errors.d.mts').SharedMemoryErrorCode} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = 'SharedMemoryError';
    this.code = code;
  }
}
