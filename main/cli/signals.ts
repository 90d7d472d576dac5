import { exitCode } from '../config/exit.ts';

/** The first signal asks for an orderly stop; a second one ends the process at once. */
export function untilSignal(): Promise<string> {
  return new Promise((done) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(exitCode.interrupted);
        asked = true;
        done(signal);
      });
    }
  });
}
