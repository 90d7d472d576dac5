import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const biome = path.join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-rules-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  symlinkSync(path.join(root, 'biome.json'), path.join(folder, 'biome.json'));
  writeFileSync(path.join(folder, '.gitignore'), 'node_modules\n');
  execFileSync('git', ['init', '-q'], { cwd: folder });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function lint(file: string, imported: string): boolean {
  const at = path.join(folder, file);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, `import * as it from '${imported}';\n\nexport const found = it;\n`);
  const { status } = spawnSync(process.execPath, [biome, 'lint', file], { cwd: folder });
  return status === 0;
}

describe('npm run check refuses an import', () => {
  it.each([
    ['main/ndjson/a.ts', '../ibkr/service.ts', 'of one service by another'],
    ['main/ibkr/deep/a.ts', '../../simulator/index.ts', 'of one service by another, from deeper'],
    ['main/history/a.ts', '../supervisor/store.ts', 'of the supervisor by a service'],
    ['main/http/a.ts', 'electron', 'of electron outside the desktop'],
    ['main/supervisor/a.ts', 'electron', 'of electron by the supervisor'],
    ['main/snapshot/a.ts', 'koffi', 'of koffi outside the OS bindings'],
    ['main/ibkr/a.ts', '@stoqey/ib', 'of @stoqey/ib outside the client port'],
    ['main/ndjson/a.ts', 'fastify', 'of fastify outside http'],
    ['main/cli/a.ts', '../../renderer/app.tsx', 'of the window by main'],
    ['renderer/a.ts', '../main/kit/clock.ts', 'of main by the window'],
    ['renderer/a.ts', 'node:fs', 'of Node by the window'],
    ['shared/a.ts', 'node:fs', 'of Node by shared'],
    ['shared/a.ts', '../main/kit/clock.ts', 'of main by shared'],
    ['shared/a.ts', 'react', 'of anything but zod by shared'],
  ])('in %s of %s: %3$s', (file, imported) => {
    expect(lint(file, imported)).toBe(false);
  });

  it.each([
    ['main/ndjson/a.ts', './wire.ts'],
    ['main/ndjson/handlers/a.ts', '../wire.ts'],
    ['main/ndjson/a.ts', '../kit/clock.ts'],
    ['main/ndjson/a.ts', '../../shared/bar.ts'],
    ['main/snapshot/os/a.ts', 'koffi'],
    ['main/ibkr/client/a.ts', '@stoqey/ib'],
    ['main/http/a.ts', 'fastify'],
    ['main/desktop/a.ts', 'electron'],
    ['main/supervisor/a.ts', '../ndjson/server.ts'],
    ['shared/a.ts', 'zod'],
    ['shared/deep/a.ts', '../bar.ts'],
    ['renderer/a.ts', '../shared/bar.ts'],
  ])('but not in %s of %s', (file, imported) => {
    expect(lint(file, imported)).toBe(true);
  });
});
