import { basename } from 'node:path';

export interface DiskFault {
  readonly message: string;
  /** What a person can do about it. */
  readonly advice: string;
}

const afterwards = 'what is missing is fetched afterwards.';

/** Why a bar file could not be written, and what helps against that. */
export function diskFault(path: string, error: unknown): DiskFault {
  const { why, what } = causeOf(error);
  const message = `${basename(path)} could not be written: ${why}`;
  return { message, advice: `${what}; ${afterwards}` };
}

function causeOf(error: unknown): { readonly why: string; readonly what: string } {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOSPC':
      return { why: 'the disk is full', what: 'Make room' };
    case 'EDQUOT':
      return { why: 'the quota of the disk is used up', what: 'Make room' };
    case 'EROFS':
      return { why: 'the disk is read-only', what: 'Make the disk writable' };
    case 'EACCES':
    case 'EPERM':
    case 'EBUSY':
      return {
        why: `the system refuses it (${code})`,
        what: 'Allow Gatehouse to write to the folder of the bars, and close the program that holds the file',
      };
    case 'EMFILE':
    case 'ENFILE':
      return { why: `too many files are open (${code})`, what: 'Allow more open files' };
    default:
      return { why: String(error), what: 'Look at the disk and at the folder of the bars' };
  }
}
