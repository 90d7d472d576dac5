import type { ServiceName } from '../../shared/services.ts';

/** What the supervisor runs. A service knows nothing of the others. */
export interface Service {
  readonly name: ServiceName;
  /** Resolves when the service does its work, rejects when it cannot. */
  start(): Promise<void>;
  /** Resolves when nothing of it is left: no socket, timer, file or child. */
  stop(): Promise<void>;
}

/** How a running service tells that it is no longer well. */
export interface ServiceReport {
  degraded(reason: string): void;
  well(): void;
  /** It cannot go on: it is stopped and started anew, after a while. */
  failed(error: Error): void;
}
