import path from 'node:path';
import pino, { type Level, type Logger } from 'pino';
import roll from 'pino-roll';
import { prettyLine } from './pretty.ts';
import { LogRing } from './ring.ts';

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
  close(): Promise<void>;
}

/** Never written anywhere: who may use the session, and who the account belongs to. */
const secrets = ['token', 'lease', 'authorization', 'password', 'secret', 'cookie'];
const redact = {
  paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  censor: '[redacted]',
};

/** Lines go to standard error, to a rolling file and to a ring for the window. */
export async function createLog(options: LogOptions): Promise<Logs> {
  const ring = new LogRing();
  const { stderr } = options;
  const pretty = options.format === 'pretty' || (options.format === 'auto' && stderr.isTTY);
  const console = pretty
    ? { write: (json: string) => void stderr.write(prettyLine(json, stderr.isTTY === true)) }
    : { write: (json: string) => void stderr.write(json) };
  const file = options.dir
    ? await roll({
        file: path.join(options.dir, 'gatehouse'),
        extension: '.log',
        size: '10m',
        frequency: 'daily',
        limit: { count: 7 },
        mkdir: true,
      })
    : null;
  // A service that is stopped in the middle of its start may still have a line to say.
  let closed = false;
  const untilClosed = (stream: { write(line: string): unknown }) => ({
    write: (line: string) => void (closed || stream.write(line)),
  });
  // Every stream takes what the root lets through, so that one level rules them all.
  const root = pino(
    { level: options.level, redact, base: { pid: process.pid } },
    pino.multistream([
      { level: 'trace', stream: console },
      { level: 'trace', stream: { write: (json: string) => ring.write(json) } },
      ...(file ? [{ level: 'trace' as const, stream: untilClosed(file) }] : []),
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
    close: () =>
      new Promise((done) => {
        if (!file || closed) return done();
        closed = true;
        file.once('close', () => done());
        file.once('error', () => done());
        file.end();
      }),
  };
}
