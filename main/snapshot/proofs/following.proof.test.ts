import { expect, test } from 'vitest';
import { count } from '../../../testing/counts.ts';
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

test.runIf(process.platform === 'linux')(
  'readers that follow a growing series by its tails hold the same bars as the segment',
  async () => {
    const name = uniqueName();
    const followers: [string, readonly string[]][] = [
      [process.execPath, [script('follower.mjs')]],
      ...(python ? [['/usr/bin/env', [python, script('follower.py')]] as [string, string[]]] : []),
      ...(compiler
        ? [[await compile('follower.c', temporaryFolder()), []] as [string, string[]]]
        : []),
    ];
    const how = hasNumpy ? 'native' : 'plain';
    const hammer = await startHammer({ name, tickers: 2, bars: 5, mode: 'append', pauseMs: 1 });
    const changes = String(count(150, 5000));
    const outcomes = await Promise.all(
      followers.map(([command, args]) =>
        run(command, [...args, `${name}-bars`, 'T1', '60', changes, how]),
      ),
    );
    expect(await endHammer(hammer)).toBe(0);
    for (const { code, out, err } of outcomes) {
      expect(code, err).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ same: true, grew: true });
    }
  },
);
