import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proving } from '../../testing/counts.ts';
import { type Mutant, mutants } from './mutants.ts';
import { root } from './runtime.ts';

const specs = readFileSync(path.join(import.meta.dirname, 'security.spec.ts'), 'utf8');

describe('every way to spoil the app', () => {
  it.each(mutants)('names a spec that exists: $what', ({ caughtBy }) => {
    expect(specs).toContain(`test('${caughtBy}'`);
  });
});

// Each starts the whole app anew, so they run where the long counts do.
if (proving) {
  describe('an app in which', spoiltApps);
}

function spoiltApps(): void {
  let folder = '';
  beforeAll(() => {
    if (!existsSync(path.join(root, 'out/main/index.js'))) throw new Error('run "npm run build"');
    folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-mutants-'));
    for (const name of ['node_modules', 'resources', 'package.json']) {
      symlinkSync(path.join(root, name), path.join(folder, name));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('nothing was changed passes', async () => {
    spoil(folder, []);
    for (const name of new Set(mutants.map(({ caughtBy }) => caughtBy))) {
      expect(await passes(folder, name), name).toBe(true);
    }
  });

  it.each(mutants)('$what is caught', async (mutant) => {
    spoil(folder, [mutant]);
    expect(await passes(folder, mutant.caughtBy)).toBe(false);
  });
}

function spoil(folder: string, [mutant]: readonly Mutant[]): void {
  const out = path.join(folder, 'out');
  rmSync(out, { recursive: true, force: true });
  cpSync(path.join(root, 'out'), out, { recursive: true });
  for (const [find, put] of mutant?.changes ?? []) {
    const files = readdirSync(path.join(out, mutant?.file ?? ''), {
      recursive: true,
      encoding: 'utf8',
    })
      .map((name) => path.join(out, mutant?.file ?? '', name))
      .filter((name) => /\.c?js$/.test(name));
    const found = files.filter((name) => find.test(readFileSync(name, 'utf8')));
    if (found.length === 0) throw new Error(`${find} is nowhere in the built ${mutant?.file}`);
    for (const name of found) writeFileSync(name, readFileSync(name, 'utf8').replace(find, put));
  }
}

async function passes(folder: string, spec: string): Promise<boolean> {
  const env = { ...process.env, GATEHOUSE_DESKTOP_APP: folder };
  const args = [
    'playwright',
    'test',
    '-c',
    'e2e/desktop',
    '-g',
    spec,
    '--output',
    path.join(folder, 'results'),
  ];
  return promisify(execFile)('npx', args, { cwd: root, env }).then(
    () => true,
    (error: { stdout: string }) => {
      // Only a failed test counts: a run that found none, or could not begin, proves nothing.
      if (!/\b1 failed\b/.test(error.stdout)) throw new Error(error.stdout);
      return false;
    },
  );
}
