import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';

export interface QuitPorts {
  /** Stops the services; may hang. */
  stop(): Promise<void>;
  /** Ends the process without asking anybody. */
  exit(code: number): void;
}

/** An orderly stop takes no longer than this; what still hangs then is left to the system. */
export const stopDeadlineMs = 14_500;

/** Quitting waits for the services, but not for ever, and happens once however often it is asked. */
export class Quit {
  readonly #ports: QuitPorts;
  readonly #clock: Clock;
  readonly #log: Log;
  #begun = false;

  constructor(ports: QuitPorts, clock: Clock, log: Log) {
    this.#ports = ports;
    this.#clock = clock;
    this.#log = log;
  }

  get begun(): boolean {
    return this.#begun;
  }

  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    let done = false;
    const finish = (problem: unknown) => {
      if (done) return;
      done = true;
      cancel();
      if (problem) this.#log.error({ err: problem }, 'the stop was not orderly');
      this.#ports.exit(0);
    };
    const cancel = this.#clock.after(stopDeadlineMs, () =>
      finish(new Error(`not everything stopped within ${stopDeadlineMs / 1_000} s`)),
    );
    // In a turn of its own: a debugger may ask to quit in the middle of whatever is running.
    this.#clock.after(0, () => void this.#ports.stop().then(() => finish(null), finish));
  }
}
