// Packs the app with electron-builder as a release would, around a stand-in for Electron's runtime,
// lists what came of it, fails on anything unexpected, and starts the packed program once.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { extractAll, listPackage, statFile } from '@electron/asar';
import { build, Platform } from 'electron-builder';
import { type Packed, packageOf, runtimePackages, unexpected } from './packing/unexpected.ts';

const root = path.resolve(import.meta.dirname, '..');
const temporary = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-pack-'));

try {
  if (!existsSync(path.join(root, 'out/main/index.js'))) {
    throw new Error('there is nothing to pack: run "npm run build" first');
  }
  const asar = await pack();
  const files = listing(asar);
  report(files);
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const wrong = unexpected(files, runtimePackages(lock));
  if (wrong.length > 0) throw new Error(`unexpected in the pack:\n${wrong.join('\n')}`);
  console.log(`started from the pack: ${await startOnce(asar)}`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

/** Everything of a release but the runtime itself and the fuses that are set in it. */
async function pack(): Promise<string> {
  const runtime = path.join(temporary, 'runtime');
  mkdirSync(path.join(runtime, 'locales'), { recursive: true });
  mkdirSync(path.join(runtime, 'resources'));
  for (const name of ['electron', 'LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak']) {
    writeFileSync(path.join(runtime, name), '', { mode: 0o755 });
  }
  const output = path.join(temporary, 'dist');
  await build({
    projectDir: root,
    targets: Platform.LINUX.createTarget('dir'),
    publish: 'never',
    config: { electronDist: runtime, electronFuses: null, directories: { output } },
  });
  return path.join(output, 'linux-unpacked/resources/app.asar');
}

function listing(asar: string): readonly Packed[] {
  return listPackage(asar, { isPack: false }).flatMap((name) => {
    const stat = statFile(asar, name.slice(1), false);
    return 'files' in stat ? [] : [{ path: name, bytes: 'size' in stat ? stat.size : 0 }];
  });
}

function report(files: readonly Packed[]): void {
  const groups = new Map<string, { files: number; bytes: number }>();
  for (const { path: name, bytes } of files) {
    const key = packageOf(name) ?? name;
    const group = groups.get(key) ?? { files: 0, bytes: 0 };
    groups.set(key, { files: group.files + 1, bytes: group.bytes + bytes });
  }
  for (const [name, { files: count, bytes }] of [...groups].sort()) {
    console.log(`${String(bytes).padStart(10)}  ${count === 1 ? '' : `${count} files  `}${name}`);
  }
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`${String(total).padStart(10)}  in ${files.length} files`);
}

/** A module left out shows only when the program runs, so it does: headless, from the archive. */
async function startOnce(asar: string): Promise<string> {
  const unpacked = path.join(temporary, 'unpacked');
  extractAll(asar, unpacked);
  const options = ['--lightweight', '--ndjson-port=0', '--http-port=0', '--no-shm'];
  const child = spawn(
    process.execPath,
    [
      path.join(unpacked, 'out/main/cli.js'),
      'headless',
      `--data-dir=${temporary}/data`,
      ...options,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    return await firstLine(child);
  } finally {
    const ended = new Promise((done) => child.once('exit', done));
    if (child.exitCode === null && child.kill('SIGTERM')) await ended;
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    const lines = readline.createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.once('line', done);
    child.once('exit', (code) => fail(new Error(`the packed program ended with ${code}`)));
  });
}
