import path from 'node:path';
import { version } from '../cli/version.ts';
import { Exit, exitCode } from '../config/exit.ts';
import type { Config } from '../config/load.ts';
import { systemClock } from '../kit/clock.ts';
import { createLog, type Logs } from '../log/create-log.ts';
import { acquireLock } from '../snapshot/index.ts';
import { createGatehouse, type Gatehouse } from '../supervisor/gatehouse.ts';

/** The services as this process runs them, with what must be given back at the end. */
export interface Host {
  readonly config: Config;
  readonly gatehouse: Gatehouse;
  readonly logs: Logs;
  /** Stops the services and gives the log files and the data folder back. */
  stop(): Promise<void>;
}

export async function hostServices(config: Config, windowFolder: string): Promise<Host> {
  const lock = acquireLock(path.join(config.dataDir, 'lock'));
  if ('heldBy' in lock) {
    const who = lock.heldBy ? ` (pid ${lock.heldBy.pid})` : '';
    throw new Exit(
      exitCode.unavailable,
      `A Gatehouse without a window${who} uses the data folder ${config.dataDir}. ` +
        'Stop it first, or give this one another folder with --data-dir.',
    );
  }
  const logs = createLog({
    level: config.values['log.level'],
    format: config.values['log.format'],
    dir: path.join(config.dataDir, 'logs'),
    stderr: process.stderr,
  });
  const gatehouse = await createGatehouse(config, {
    mode: 'desktop',
    version,
    clock: systemClock,
    logs,
    windowDir: windowFolder,
  });
  return {
    config,
    gatehouse,
    logs,
    async stop() {
      await gatehouse.stop();
      logs.close();
      lock.release();
    },
  };
}
