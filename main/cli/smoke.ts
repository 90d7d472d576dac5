import { readFileSync } from 'node:fs';
import { Exit, exitCode } from '../config/exit.ts';
import { smokeTest } from '../ndjson/smoke.ts';
import { readWords, wholeNumber } from './words.ts';

const help = `gatehouse smoke [--host 127.0.0.1] [--port 12345] [--token-file FILE]

Asks a running server every question there is, the common mistakes too, and says
for each whether the answer was right. Takes and gives back the reservation when
it is free. Exits 1 when an answer was wrong.
`;

const marks = { passed: '✓', failed: '✗', skipped: '·' } as const;

export async function smoke(args: readonly string[]): Promise<number> {
  const given = readWords(args, {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '12345' },
    'token-file': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (given.help) {
    process.stdout.write(help);
    return exitCode.ok;
  }
  const results = await smokeTest({
    host: given.host,
    port: wholeNumber('port', given.port, 1, 65_535),
    token: given['token-file'] === undefined ? null : readToken(given['token-file']),
  });
  for (const { name, outcome, note } of results) {
    process.stdout.write(`${marks[outcome]} ${name}${note ? `: ${note}` : ''}\n`);
  }
  const count = (wanted: string) => results.filter(({ outcome }) => outcome === wanted).length;
  process.stdout.write(
    `\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped\n`,
  );
  return count('failed') === 0 ? exitCode.ok : exitCode.failed;
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Exit(
      exitCode.config,
      `token-file is "${file}" (from option --token-file), but it cannot be read (${(error as Error).message}).`,
    );
  }
}
