import type { PowerMonitor, PowerSaveBlocker } from 'electron';
import type { Log } from '../kit/log.ts';

export interface PowerPorts {
  /** The machine is about to sleep: connections will be dead when it wakes. */
  sleeps(): void;
  wakes(): void;
  /** The system is being shut down. */
  ends(): void;
}

/** Passes on what the machine does. */
export function followPower(monitor: PowerMonitor, ports: PowerPorts, log: Log): void {
  monitor.on('suspend', () => {
    log.info({}, 'the machine goes to sleep');
    ports.sleeps();
  });
  monitor.on('resume', () => {
    log.info({}, 'the machine woke up');
    ports.wakes();
  });
  monitor.on('shutdown', (event?: { preventDefault(): void }) => {
    // Gives the orderly stop its time; the system goes on when this process has ended.
    event?.preventDefault();
    ports.ends();
  });
}

/** While the session is live the system may not put this process aside to save power. */
export class StayAwake {
  readonly #blocker: PowerSaveBlocker;
  #id: number | null = null;

  constructor(blocker: PowerSaveBlocker) {
    this.#blocker = blocker;
  }

  set(live: boolean): void {
    if (live && this.#id === null) {
      this.#id = this.#blocker.start('prevent-app-suspension');
    } else if (!live && this.#id !== null) {
      this.#blocker.stop(this.#id);
      this.#id = null;
    }
  }
}
