import { Exit, exitCode } from '../config/exit.ts';
import type { Config } from '../config/load.ts';
import { describeOrigin } from '../config/origin.ts';
import type { Key } from '../config/settings.ts';
import type { StartFailure } from './supervisor.ts';

const portKeys = {
  ndjson: ['ndjson.host', 'ndjson.port', 'ndjson-port'],
  http: ['http.host', 'http.port', 'http-port'],
  forward: ['forward.host', 'forward.port', 'forward-port'],
} as const satisfies Readonly<Record<string, readonly [Key, Key, string]>>;

/** What to tell the person who started the program, and the code to exit with. */
export function explainFailure(
  config: Config,
  failure: StartFailure,
  portHolder: (port: number) => string | null,
): Exit {
  const { service, error } = failure;
  const code = (error as NodeJS.ErrnoException).code;
  const keys = Object.hasOwn(portKeys, service)
    ? portKeys[service as keyof typeof portKeys]
    : undefined;
  if (!keys) return new Exit(exitCode.failed, `${service} did not start: ${error.message}`);
  const [hostKey, portKey, option] = keys;
  const port = config.values[portKey];
  const host = config.values[hostKey];
  const from = describeOrigin(config.origins[portKey]);
  switch (code) {
    case 'EADDRINUSE': {
      const holder = portHolder(port ?? 0);
      return new Exit(
        exitCode.unavailable,
        `${portKey} is ${port} (from ${from}), but that port of ${host} is taken${holder ? ` by ${holder}` : ''}. ` +
          `Stop that program, or give another port with --${option} (0 takes a free one).`,
      );
    }
    case 'EACCES':
      return new Exit(
        exitCode.config,
        `${portKey} is ${port} (from ${from}), but this user may not listen there. Give a port from 1024 up with --${option}.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Exit(
        exitCode.config,
        `${hostKey} is ${host} (from ${describeOrigin(config.origins[hostKey])}), but this machine has no such address. Give one of its own.`,
      );
    default:
      return new Exit(exitCode.failed, `${service} did not start: ${error.message}`);
  }
}
