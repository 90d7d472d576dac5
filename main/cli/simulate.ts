import { Exit, exitCode } from '../config/exit.ts';
import { ListenError } from '../kit/listen.ts';
import { createLog } from '../log/create-log.ts';
import type { SimulatorOptions } from '../simulator/options.ts';
import { runSimulator } from '../simulator/program.ts';
import { untilSignal } from './signals.ts';
import { listOf, oneOf, readWords, refusedWord } from './words.ts';

const help = `gatehouse simulate [options]    a simulated TWS / IB Gateway for programs to connect to

  --port N               where it listens (4002; 0 takes a free one)
  --control-port N       where it takes orders (a free one)
  --seed N               the same seed gives the same market (1)
  --symbols LIST         the symbols it knows, beside its own
  --generated N          so many made-up stocks besides
  --ticks-per-second N   for each line (4)
  --server-version N     the newest protocol version offered, 100 to 193 (193)
  --accounts LIST        account names (DU1234567)
  --market-hours MODE    real | always (real)
  --clock-offset S       its clock, in seconds ahead of this machine's
  --clock-rate N         how many times as fast its clock runs (1)
  --limits on|off        IBKR's pacing, message and line limits (on)
  --gateway              connect data farms on demand, as IB Gateway does
  --log-level LEVEL      trace | debug | info | warn | error | silent (info)
`;

/** Runs the simulated gateway until a signal. */
export async function simulate(args: readonly string[]): Promise<number> {
  const given = readWords(args, words);
  if (given.help) {
    process.stdout.write(help);
    return exitCode.ok;
  }
  const options = read(given);
  const logs = createLog({
    level: oneOf('log-level', given['log-level'] ?? 'info', logLevels),
    format: 'auto',
    dir: null,
    stderr: process.stderr,
  });
  try {
    const stop = await runSimulator({ ...options, log: logs.for('simulator') }, (line) =>
      process.stdout.write(`${JSON.stringify(line)}\n`),
    );
    await untilSignal();
    await stop();
    return exitCode.ok;
  } catch (error) {
    throw refusal(error);
  } finally {
    logs.close();
  }
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
const text = { type: 'string' } as const;
const words = {
  port: text,
  'control-port': text,
  seed: text,
  symbols: text,
  generated: text,
  'ticks-per-second': text,
  'server-version': text,
  accounts: text,
  'market-hours': text,
  'clock-offset': text,
  'clock-rate': text,
  limits: text,
  gateway: { type: 'boolean' },
  'log-level': text,
  help: { type: 'boolean', short: 'h' },
} as const;
type Given = ReturnType<typeof readWords<typeof words>>;

function read(given: Given): SimulatorOptions {
  const number = (
    name: Exclude<keyof Given, 'gateway' | 'help'>,
    min: number,
    max: number,
    whole = true,
  ) => {
    const raw = given[name];
    if (raw === undefined) return undefined;
    const value = Number(raw);
    if (raw.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value))) {
      return value;
    }
    throw refusedWord(name, raw, `a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
  };
  const options = {
    port: number('port', 0, 65_535),
    controlPort: number('control-port', 0, 65_535),
    seed: number('seed', 0, 4_294_967_295),
    symbols: listOf(given.symbols),
    generated: number('generated', 0, 100_000),
    ticksPerSecond: number('ticks-per-second', 0.01, 10_000, false),
    serverVersion: number('server-version', 100, 193),
    accounts: listOf(given.accounts),
    marketHours:
      given['market-hours'] && oneOf('market-hours', given['market-hours'], ['real', 'always']),
    clockOffset: number('clock-offset', -1e10, 1e10, false),
    clockRate: number('clock-rate', 0.001, 1e6, false),
    limits: given.limits && oneOf('limits', given.limits, ['on', 'off']) === 'on',
    kind: given.gateway ? ('gateway' as const) : undefined,
  };
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined && value !== ''),
  );
}

function refusal(error: unknown): unknown {
  const { code, message, port } = error as NodeJS.ErrnoException & { port?: number };
  if (!(error instanceof ListenError) && code !== 'EADDRINUSE') return error;
  return code === 'EADDRINUSE'
    ? new Exit(
        exitCode.unavailable,
        `The port ${port ?? ''} is taken (${message}). Give another with --port or --control-port.`,
      )
    : new Exit(exitCode.config, message);
}
