import { loopback } from '../config/addresses.ts';
import { Exit, exitCode } from '../config/exit.ts';
import { endpoint } from '../config/values.ts';
import { createForward } from '../forward/forward.ts';
import { systemClock } from '../kit/clock.ts';
import { ListenError } from '../kit/listen.ts';
import { createLog } from '../log/create-log.ts';
import { untilSignal } from './signals.ts';
import { readWords, refusedWord } from './words.ts';

const help = `gatehouse forward --listen HOST:PORT --target HOST:PORT

Passes bytes both ways between a port of this machine and the gateway, so that
containers reach a gateway that listens on loopback only. Without options it
listens on 127.0.0.1:4003 and leads to 127.0.0.1:4002. Ctrl+C ends it.
`;

/** A port forward by itself, open to everybody who can reach it. */
export async function forward(args: readonly string[]): Promise<number> {
  const given = readWords(args, {
    listen: { type: 'string', default: '127.0.0.1:4003' },
    target: { type: 'string', default: '127.0.0.1:4002' },
    help: { type: 'boolean', short: 'h' },
  });
  if (given.help) {
    process.stdout.write(help);
    return exitCode.ok;
  }
  const listen = read('listen', given.listen);
  const target = read('target', given.target);
  const logs = createLog({
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
    logs.close();
  }
}

function read(name: string, raw: string): { readonly host: string; readonly port: number } {
  const parsed = endpoint.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw refusedWord(name, raw, 'HOST:PORT');
}
