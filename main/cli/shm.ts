import { parseArgs } from 'node:util';
import { exitCode, usage } from '../config/exit.ts';
import { describeSegments, inspectSegments } from '../snapshot/inspect.ts';

const help = `gatehouse shm [--name shm0] [--json]

Looks at the segments as a stranger would: the directory, the epochs, the state of
the writer, and every checksum. Exits 1 when something is wrong.
`;

export async function shm(args: readonly string[]): Promise<number> {
  const { values } = parse(args);
  if (values.help) {
    process.stdout.write(help);
    return exitCode.ok;
  }
  const report = inspectSegments({ name: values.name });
  process.stdout.write(
    values.json ? `${JSON.stringify(report, null, 2)}\n` : describeSegments(report),
  );
  return report.ok ? exitCode.ok : exitCode.failed;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        name: { type: 'string', default: 'shm0' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw usage(`${(error as Error).message.split('.')[0]}.`);
  }
}
