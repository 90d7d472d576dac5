/** Exit codes of the program, as sysexits.h names them where it does. */
export const exitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** A port or the lock is taken. */
  unavailable: 69,
  /** A value, a file or a folder that cannot be used. */
  config: 78,
  /** A second signal ended it at once. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** An end with a code and a sentence for the person who started the program. */
export class Exit extends Error {
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string) {
    super(message);
    this.name = 'Exit';
    this.code = code;
  }
}

export function usage(message: string): Exit {
  return new Exit(exitCode.usage, `${message} "gatehouse --help" lists what there is.`);
}
