import v8 from 'node:v8';
import { exitCode } from '../config/exit.ts';
import type { Config } from '../config/load.ts';
import { type Host, openHost } from '../supervisor/host.ts';
import { explainFailure } from '../supervisor/start-failure.ts';
import { holderOf } from './holder-of.ts';
import { untilSignal } from './signals.ts';
import { windowDir } from './window-dir.ts';

/** Services that others were told to find: without them there is nothing to run headless for. */
const listeners: ReadonlySet<string> = new Set(['ndjson', 'http', 'forward']);

/** Runs the supervisor until a signal, and answers with the exit code. */
export async function serve(config: Config): Promise<number> {
  // What a start leaves behind dies young. Letting the young generation grow for it would keep some
  // twenty megabytes for good in a program that is quiet afterwards.
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  const signalled = untilSignal();
  const host = await openHost(config, 'headless', windowDir());
  try {
    await Promise.race([begin(host), signalled]);
    host.logs.root.info({ signal: await signalled }, 'stopping');
    return exitCode.ok;
  } finally {
    await host.stop();
  }
}

async function begin({ config, gatehouse, logs }: Host): Promise<void> {
  const failures = await gatehouse.start();
  const fatal = failures.find(({ service }) => listeners.has(service));
  if (fatal) throw explainFailure(config, fatal, holderOf);
  for (const { service, error } of failures) {
    logs.root.warn({ service, err: error }, 'a service did not start and is tried again');
  }
  process.stdout.write(`${JSON.stringify(gatehouse.readyLine())}\n`);
}
