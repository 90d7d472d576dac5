import path from 'node:path';
import { Exit, exitCode } from '../config/exit.ts';
import type { Config } from '../config/load.ts';
import { systemClock } from '../kit/clock.ts';
import { createLog } from '../log/create-log.ts';
import { acquireLock, type Lock } from '../snapshot/index.ts';
import { createGatehouse, type Gatehouse } from '../supervisor/gatehouse.ts';
import { explainFailure } from '../supervisor/start-failure.ts';
import { prepareDataDir } from './data-dir.ts';
import { holderOf } from './holder-of.ts';
import { untilSignal } from './signals.ts';
import { version } from './version.ts';
import { windowDir } from './window-dir.ts';

/** An orderly stop takes no longer than this; what still hangs then is left to the system. */
const stopDeadlineMs = 14_500;

/** Runs the supervisor until a signal, and answers with the exit code. */
export async function serve(config: Config): Promise<number> {
  prepareDataDir(config);
  const lock = takeLock(config);
  const logs = createLog({
    level: config.values['log.level'],
    format: config.values['log.format'],
    dir: path.join(config.dataDir, 'logs'),
    stderr: process.stderr,
  });
  const signalled = untilSignal();
  try {
    const gatehouse = await createGatehouse(config, {
      mode: 'headless',
      version,
      clock: systemClock,
      logs,
      windowDir: windowDir(),
    });
    const [failure] = await gatehouse.start();
    if (failure) {
      await gatehouse.stop();
      throw explainFailure(config, failure, holderOf);
    }
    process.stdout.write(`${JSON.stringify(gatehouse.readyLine())}\n`);
    logs.root.info({ signal: await signalled }, 'stopping');
    await stopInTime(gatehouse);
    return exitCode.ok;
  } finally {
    logs.close();
    lock.release();
  }
}

function takeLock(config: Config): Lock {
  const file = path.join(config.dataDir, 'lock');
  const lock = acquireLock(file);
  if (!('heldBy' in lock)) return lock;
  const { heldBy } = lock;
  throw new Exit(
    exitCode.unavailable,
    `Another Gatehouse${heldBy ? ` (pid ${heldBy.pid})` : ''} uses the data folder ${config.dataDir}. ` +
      'Stop it, or give this one another folder with --data-dir.',
  );
}

async function stopInTime(gatehouse: Gatehouse): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, stopDeadlineMs);
  });
  await Promise.race([gatehouse.stop(), late]);
  clearTimeout(timer);
}
