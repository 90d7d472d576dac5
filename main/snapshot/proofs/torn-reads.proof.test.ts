import { expect, test } from 'vitest';
import { count, proving } from '../../../testing/counts.ts';
import {
  compile,
  compiler,
  endHammer,
  hasNumpy,
  python,
  run,
  script,
  startHammer,
  temporaryFolder,
  uniqueName,
} from './harness.ts';

interface Tally {
  readonly reads: number;
  readonly torn: number;
  readonly busy: number;
  readonly retries: number;
  readonly failures: Readonly<Record<string, number>>;
}

const tickers = 1;
const seconds = proving ? 900 : 20;
const onLinux = process.platform === 'linux';

async function tally(command: string, args: readonly string[]): Promise<Tally> {
  const outcome = await run(command, args);
  if (outcome.code !== 0) throw new Error(outcome.err || `${command} ended with ${outcome.code}`);
  return JSON.parse(outcome.out) as Tally;
}

test.runIf(onLinux)(
  'no reader ever takes a torn copy beside a writer that rewrites everything all the time',
  async () => {
    const name = uniqueName();
    const hammer = await startHammer({ name, tickers, bars: 2000, mode: 'whole', pauseMs: 0 });
    const wanted = count(1500, 400_000);
    const common = [`${name}-bars`, String(tickers), String(wanted), String(seconds)];
    const binary = compiler ? await compile('torn-reader.c', temporaryFolder()) : undefined;
    const runs: Promise<Tally>[] = [
      tally(process.execPath, [script('torn-reader.mjs'), ...common, 'trust']),
    ];
    if (binary) runs.push(tally(binary, [...common, 'trust']));
    else console.warn('skipped: no C compiler for the C reader');
    // Without numpy the copy is checked by a loop of Python: a hundred times slower.
    const slower = hasNumpy ? wanted : Math.ceil(wanted / 100);
    const pythonArgs = [script('torn_reader.py'), common[0] as string, String(tickers)];
    if (python) {
      runs.push(tally('/usr/bin/env', [python, ...pythonArgs, String(slower), String(seconds)]));
    } else {
      console.warn('skipped: no Python for the Python reader');
    }
    const tallies = await Promise.all(runs);
    await endHammer(hammer);
    for (const each of tallies) {
      expect(each).toMatchObject({ torn: 0, failures: {} });
      expect(each.reads).toBeGreaterThan(0);
    }
    if (proving) {
      console.log(JSON.stringify(tallies));
      expect(tallies.reduce((sum, each) => sum + each.reads, 0)).toBeGreaterThanOrEqual(1_000_000);
    }
  },
);

test.runIf(onLinux && compiler !== undefined)(
  'a reader that ignores the epochs takes torn copies, so the test above can fail',
  async () => {
    const name = uniqueName();
    const hammer = await startHammer({ name, tickers: 1, bars: 20_000, mode: 'whole', pauseMs: 0 });
    const binary = await compile('torn-reader.c', temporaryFolder());
    const args = [`${name}-bars`, '1', String(count(1000, 100_000)), '20', 'naive'];
    const naive = await tally(binary, args);
    await endHammer(hammer);
    expect(naive.torn / naive.reads).toBeGreaterThan(0.1);
  },
);
