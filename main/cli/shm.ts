import { exitCode } from '../config/exit.ts';
import { describeSegments, inspectSegments } from '../snapshot/inspect.ts';
import { readWords } from './words.ts';

const help = `gatehouse shm [--name shm0] [--json]

Looks at the segments as a stranger would: the directory, the epochs, the state of
the writer, and every checksum. Exits 1 when something is wrong.
`;

export async function shm(args: readonly string[]): Promise<number> {
  const given = readWords(args, {
    name: { type: 'string', default: 'shm0' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  });
  if (given.help) {
    process.stdout.write(help);
    return exitCode.ok;
  }
  const report = inspectSegments({ name: given.name });
  process.stdout.write(
    given.json ? `${JSON.stringify(report, null, 2)}\n` : describeSegments(report),
  );
  return report.ok ? exitCode.ok : exitCode.failed;
}
