import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type AnswerName, answers } from './protocol/answers.ts';
import { answerFrame } from './protocol/encode.ts';
import { newestVersion, oldestVersion } from './protocol/versions.ts';
import { samples } from './testing/samples.ts';

/**
 * Every message the gateway sends, at every version it speaks, judged by decoders of others. Set GATEHOUSE_IB_ASYNC
 * and GATEHOUSE_IBAPI to the folders those libraries and what they depend on lie in (separated as in PATH) to have
 * the Python clients judge too, and GATEHOUSE_WRITE_CONFORMANCE=1 to write the table anew.
 */
interface Verdict {
  readonly ok: boolean;
  readonly why?: string;
}

interface Message {
  readonly name: AnswerName;
  readonly version: number;
  readonly fields: readonly string[];
}

interface Judge {
  readonly title: string;
  /** The versions it says it can be spoken to in. */
  readonly from: number;
  readonly to: number;
  verdicts(messages: readonly Message[]): readonly Verdict[];
}

const file = fileURLToPath(
  new URL('../../docs/simulator-conformance.generated.md', import.meta.url),
);
const require = createRequire(import.meta.url);
const names = Object.keys(answers) as AnswerName[];

function messageOf(name: AnswerName, version: number): Message {
  const payload = answerFrame(name, samples[name] as never, version).subarray(4);
  return { name, version, fields: payload.toString('utf8', 0, payload.length - 1).split('\0') };
}

function everyMessage(from: number, to: number): readonly Message[] {
  const versions = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return names.flatMap((name) => versions.map((version) => messageOf(name, version)));
}

interface StoqeyDecoder {
  enqueueMessage(tokens: string[]): void;
  process(): void;
}

function stoqey(): Judge {
  const { version } = require('@stoqey/ib/package.json') as { version: string };
  const { Decoder } = require('@stoqey/ib/dist/core/io/decoder.js') as {
    Decoder: new (callback: object) => StoqeyDecoder;
  };
  return {
    title: `@stoqey/ib ${version}`,
    from: oldestVersion,
    to: newestVersion,
    verdicts: (messages) =>
      messages.map(({ name, version: serverVersion, fields }) => {
        let events = 0;
        const why: string[] = [];
        const decoder = new Decoder({
          serverVersion,
          emitEvent: () => events++,
          emitInfo: () => events++,
          emitError: (text: string, code: number) =>
            name === 'error' && code === samples.error.code ? events++ : why.push(text),
        });
        try {
          decoder.enqueueMessage([...fields]);
          decoder.process();
        } catch (error) {
          why.push(String(error));
        }
        if (events === 0) why.push('no event came of it');
        return why[0] === undefined ? { ok: true } : { ok: false, why: why[0] };
      }),
  };
}

function python(library: 'ib_async' | 'ibapi', folders: string, from: number, to: number): Judge {
  const judge = fileURLToPath(new URL('./testing/judge.py', import.meta.url));
  return {
    title: library === 'ib_async' ? 'ib_async' : 'official Python client',
    from,
    to,
    verdicts(messages) {
      const input = messages.map((message) => JSON.stringify(message)).join('\n');
      const run = spawnSync(
        process.env['PYTHON'] ?? 'python3',
        [judge, library, ...folders.split(process.platform === 'win32' ? ';' : ':')],
        { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
      );
      if (run.status !== 0) throw new Error(run.stderr);
      return run.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Verdict);
    },
  };
}

/** `100–162, 164–193`, and why not where not. */
function cell(versions: readonly number[], verdicts: readonly Verdict[]): string {
  const accepted = ranges(versions.filter((_, i) => verdicts[i]?.ok));
  const refused = ranges(versions.filter((_, i) => !verdicts[i]?.ok));
  const reason = verdicts.find((verdict) => !verdict.ok)?.why?.replaceAll('|', '\\|');
  if (refused === '') return accepted;
  return `${accepted === '' ? 'none' : accepted}; refused ${refused} (${reason})`;
}

function ranges(versions: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < versions.length; i++) {
    const first = versions[i] as number;
    while (versions[i + 1] === (versions[i] as number) + 1) i++;
    const last = versions[i] as number;
    parts.push(first === last ? String(first) : `${first}–${last}`);
  }
  return parts.join(', ');
}

function section(judge: Judge): { readonly text: string; readonly refused: readonly string[] } {
  const messages = everyMessage(judge.from, judge.to);
  const verdicts = judge.verdicts(messages);
  expect(verdicts).toHaveLength(messages.length);
  const refused: string[] = [];
  const rows = names.map((name) => {
    const at = messages.map((one, i) => [one, i] as const).filter(([one]) => one.name === name);
    const versions = at.map(([one]) => one.version);
    const judged = at.map(([, i]) => verdicts[i] as Verdict);
    if (judged.some((verdict) => !verdict.ok)) refused.push(name);
    return `| ${name} | ${answers[name].id} | ${cell(versions, judged)} |`;
  });
  const text = [
    `## ${judge.title}`,
    '',
    '| message | number | server versions accepted |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  return { text, refused };
}

const head = `# What other decoders make of the simulated gateway's messages

Made by \`main/simulator/conformance.test.ts\`: one of every message the gateway sends, at every server version, given to
decoders that are not ours. Accepted means: no error, nothing missing, and nothing left over where the decoder looks for it.

`;

function judges(): readonly Judge[] {
  const { GATEHOUSE_IB_ASYNC: ibAsync, GATEHOUSE_IBAPI: ibapi } = process.env;
  return [
    stoqey(),
    ...(ibAsync ? [python('ib_async', ibAsync, 157, 178)] : []),
    ...(ibapi ? [python('ibapi', ibapi, oldestVersion, newestVersion)] : []),
  ];
}

describe('decoders that are not ours', () => {
  const sections = judges().map((judge) => ({ title: judge.title, ...section(judge) }));

  for (const { title, refused } of sections) {
    it(`accept every message of the gateway: ${title}`, () => {
      expect(refused).toEqual([]);
    });
  }

  it('gave the table that is committed', () => {
    if (process.env['GATEHOUSE_WRITE_CONFORMANCE'] === '1') {
      writeFileSync(file, head + sections.map(({ text }) => text).join('\n'));
    }
    const committed = readFileSync(file, 'utf8');
    expect(committed.startsWith(head)).toBe(true);
    for (const { text } of sections) expect(committed).toContain(text);
  });
});
