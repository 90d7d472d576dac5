import type { ServiceName, ServiceView } from '../../shared/services.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { Service, ServiceReport } from './service.ts';
import { ServiceRunner } from './service-runner.ts';
import type { Slice } from './store.ts';

const startDeadlineMs = 30_000;
const stopDeadlineMs = 5_000;

export interface StartFailure {
  readonly service: ServiceName;
  readonly error: Error;
}

/** Starts the services in order and stops them in reverse. One that fails takes no other down. */
export class Supervisor {
  readonly #runners: readonly ServiceRunner[];
  readonly #log: Log;
  #stopping = false;

  constructor(
    services: readonly ((report: ServiceReport) => Service)[],
    slice: Slice<Readonly<Partial<Record<ServiceName, ServiceView>>>>,
    clock: Clock,
    log: Log,
  ) {
    this.#log = log;
    this.#runners = services.map((make) => {
      // The service speaks of its health through its runner, which exists only after it.
      let runner: ServiceRunner | null = null;
      const service = make({
        degraded: (reason) => runner?.report.degraded(reason),
        well: () => runner?.report.well(),
        failed: (error) => runner?.report.failed(error),
      });
      runner = new ServiceRunner(service, {
        clock,
        log,
        startDeadlineMs,
        stopDeadlineMs,
        changed: (view) => slice.set({ ...slice.get(), [view.name]: view }, 'urgent'),
      });
      return runner;
    });
    slice.set(Object.fromEntries(this.#runners.map(({ view }) => [view.name, view])));
  }

  /** Answers with what did not start; each such service is tried again until it is stopped. */
  async start(): Promise<readonly StartFailure[]> {
    const failures: StartFailure[] = [];
    this.#stopping = false;
    for (const runner of this.#runners) {
      // A stop in the middle of the start must not be followed by the rest of it.
      if (this.#stopping) break;
      const error = await runner.start();
      if (error) failures.push({ service: runner.service.name, error });
    }
    return failures;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const runner of [...this.#runners].reverse()) {
      await runner.stop();
      this.#log.debug({ service: runner.service.name }, 'stopped');
    }
  }

  runner(name: ServiceName): ServiceRunner | undefined {
    return this.#runners.find((runner) => runner.service.name === name);
  }
}
