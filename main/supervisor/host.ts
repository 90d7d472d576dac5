import path from 'node:path';
import { Exit, exitCode } from '../config/exit.ts';
import type { Config } from '../config/load.ts';
import { systemClock } from '../kit/clock.ts';
import { version } from '../kit/version.ts';
import { createLog, type Logs } from '../log/create-log.ts';
import { acquireLock, type Lock } from '../snapshot/index.ts';
import { prepareDataFolder } from './data-folder.ts';
import { createGatehouse, type Gatehouse } from './gatehouse.ts';

/** An orderly stop takes no longer than this; what still hangs then is left to the system. */
const stopDeadlineMs = 14_500;

/** The supervisor as one process runs it, with what must be given back at the end. */
export interface Host {
  readonly config: Config;
  readonly gatehouse: Gatehouse;
  readonly logs: Logs;
  /** Stops the services within a deadline, then gives the log and the data folder back. */
  stop(): Promise<void>;
}

export async function openHost(
  config: Config,
  mode: 'headless' | 'desktop',
  windowDir: string | null,
): Promise<Host> {
  prepareDataFolder(config);
  const lock = takeLock(config);
  const logs = createLog({
    level: config.values['log.level'],
    format: config.values['log.format'],
    dir: path.join(config.dataDir, 'logs'),
    stderr: process.stderr,
  });
  const giveBack = () => {
    logs.close();
    lock.release();
  };
  try {
    const around = { mode, version, clock: systemClock, logs, windowDir };
    const gatehouse = await createGatehouse(config, around);
    return {
      config,
      gatehouse,
      logs,
      async stop() {
        await within(stopDeadlineMs, gatehouse.stop());
        giveBack();
      },
    };
  } catch (error) {
    giveBack();
    throw error;
  }
}

function takeLock(config: Config): Lock {
  const lock = acquireLock(path.join(config.dataDir, 'lock'));
  if (!('heldBy' in lock)) return lock;
  const { heldBy } = lock;
  throw new Exit(
    exitCode.unavailable,
    `Another Gatehouse${heldBy ? ` (pid ${heldBy.pid})` : ''} uses the data folder ${config.dataDir}. ` +
      'Stop it, or give this one another folder with --data-dir.',
  );
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
