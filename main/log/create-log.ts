import pino, { type Level, type Logger } from 'pino';
import { prettyLine } from './pretty.ts';
import { LogRing } from './ring.ts';
import { RollingFile } from './rolling-file.ts';

export type LogLevel = Level | 'silent';

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'auto' | 'json' | 'pretty';
  /** Where the rolling files go; null writes none. */
  readonly dir: string | null;
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

export interface Logs {
  readonly root: Logger;
  readonly ring: LogRing;
  for(service: string): Logger;
  setLevel(level: LogLevel): void;
  close(): void;
}

/** Never written anywhere: who may use the session, and who the account belongs to. */
export const secretNames: readonly string[] = [
  'token',
  'lease',
  'authorization',
  'password',
  'secret',
  'cookie',
];
const redact = {
  paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  censor: '[redacted]',
};

/** Lines go to standard error, to a rolling file and to a ring for the window. */
export function createLog(options: LogOptions): Logs {
  const ring = new LogRing();
  const { stderr } = options;
  const pretty = options.format === 'pretty' || (options.format === 'auto' && stderr.isTTY);
  const console = pretty
    ? { write: (json: string) => void stderr.write(prettyLine(json, stderr.isTTY === true)) }
    : { write: (json: string) => void stderr.write(json) };
  const file = options.dir
    ? new RollingFile({ dir: options.dir, maxBytes: 10 * 1024 * 1024, keep: 7 })
    : null;
  // Every stream takes what the root lets through, so that one level rules them all.
  const root = pino(
    { level: options.level, redact, base: { pid: process.pid } },
    pino.multistream([
      { level: 'trace', stream: console },
      { level: 'trace', stream: { write: (json: string) => ring.write(json) } },
      ...(file ? [{ level: 'trace' as const, stream: file }] : []),
    ]),
  );
  const children: Logger[] = [];
  return {
    root,
    ring,
    for(service) {
      const child = root.child({ service });
      children.push(child);
      return child;
    },
    setLevel(level) {
      root.level = level;
      for (const child of children) child.level = level;
    },
    close: () => file?.close(),
  };
}
