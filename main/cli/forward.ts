import { parseArgs } from 'node:util';
import { loopback } from '../config/addresses.ts';
import { Exit, exitCode, usage } from '../config/exit.ts';
import { endpoint } from '../config/values.ts';
import { createForward } from '../forward/forward.ts';
import { systemClock } from '../kit/clock.ts';
import { ListenError } from '../kit/listen.ts';
import { createLog } from '../log/create-log.ts';
import { untilSignal } from './signals.ts';

const help = `gatehouse forward --listen HOST:PORT --target HOST:PORT

Passes bytes both ways between a port of this machine and the gateway, so that
containers reach a gateway that listens on loopback only. Without options it
listens on 127.0.0.1:4003 and leads to 127.0.0.1:4002. Ctrl+C ends it.
`;

/** A port forward by itself, open to everybody who can reach it. */
export async function forward(args: readonly string[]): Promise<number> {
  const { values } = parse(args);
  if (values.help) {
    process.stdout.write(help);
    return exitCode.ok;
  }
  const listen = read('listen', values.listen ?? '127.0.0.1:4003');
  const target = read('target', values.target ?? '127.0.0.1:4002');
  const logs = await createLog({
    level: 'info',
    format: 'auto',
    dir: null,
    stderr: process.stderr,
  });
  const log = logs.for('forward');
  const running = createForward(
    { ...listen, target, policy: 'open', clock: systemClock, log },
    { lease: { held: () => true, onChange: () => () => {} } },
  );
  try {
    const { host, port } = await running.start();
    log.info({ listen: `${host}:${port}`, target: `${target.host}:${target.port}` }, 'forwarding');
    if (!loopback(host)) {
      log.warn({ host }, 'other machines can reach the gateway through this port');
    }
    await untilSignal();
    await running.stop();
    return exitCode.ok;
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    throw new Exit(
      error.code === 'EADDRINUSE' ? exitCode.unavailable : exitCode.config,
      `${error.message}. Give another address with --listen.`,
    );
  } finally {
    await logs.close();
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        listen: { type: 'string' },
        target: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw usage(`${(error as Error).message.split('.')[0]}.`);
  }
}

function read(name: string, raw: string): { readonly host: string; readonly port: number } {
  const parsed = endpoint.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new Exit(
    exitCode.config,
    `${name} is "${raw}" (from option --${name}), but it must be HOST:PORT. Correct it and start again.`,
  );
}
