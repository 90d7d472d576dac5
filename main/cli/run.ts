import { Exit, exitCode, usage } from '../config/exit.ts';
import { version } from '../kit/version.ts';
import { help } from './help.ts';

type Subcommand = (args: readonly string[]) => Promise<number>;

/** Each subcommand is loaded only when it is asked for, so that starting stays quick. */
const subcommands: Readonly<Record<string, () => Promise<Subcommand>>> = {
  start: async () => (await import('./start.ts')).start,
  headless: async () => (await import('./headless.ts')).headless,
  simulate: async () => (await import('./simulate.ts')).simulate,
  forward: async () => (await import('./forward.ts')).forward,
  shm: async () => (await import('./shm.ts')).shm,
  smoke: async () => (await import('./smoke.ts')).smoke,
  export: async () => (await import('./export.ts')).exportCommand,
  doctor: async () => (await import('./doctor.ts')).doctor,
};

/** Runs one command line and answers with the code to exit with. */
export async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      process.stdout.write(help());
      return name === undefined ? exitCode.usage : exitCode.ok;
    }
    if (name === '--version' || name === '-v') {
      process.stdout.write(`${version}\n`);
      return exitCode.ok;
    }
    const load = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (!load) {
      const known = Object.keys(subcommands).join(', ');
      throw usage(`"${name}" is not a command; there are ${known}.`);
    }
    return await (await load())(rest);
  } catch (error) {
    if (error instanceof Exit) {
      process.stderr.write(`gatehouse: ${error.message}\n`);
      return error.code;
    }
    throw error;
  }
}
