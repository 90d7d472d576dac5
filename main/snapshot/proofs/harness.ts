import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, onTestFinished } from 'vitest';

const here = path.dirname(fileURLToPath(import.meta.url));
const pythonFolder = path.join(here, '../../../clients/python');

/** A name nobody else uses; what is left of it in /dev/shm goes when the test ends. */
export function uniqueName(): string {
  const name = `ghtest-${process.pid}-${randomBytes(4).toString('hex')}`;
  onTestFinished(() => {
    if (process.platform !== 'linux') return;
    for (const entry of fs.readdirSync('/dev/shm')) {
      if (entry.includes(name)) fs.rmSync(path.join('/dev/shm', entry), { force: true });
    }
  });
  return name;
}

/** A folder that stands for /dev/shm, so that a test may break it as it likes. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gatehouse-shm-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface HammerOptions {
  readonly name: string;
  readonly tickers: number;
  readonly bars: number;
  /** `whole` rewrites every bar with one number; `append` adds bars; `ticks` moves the last ones. */
  readonly mode: 'whole' | 'append' | 'ticks';
  readonly pauseMs: number;
}

let bundled: Promise<string> | undefined;
const bundles: string[] = [];
afterAll(() => {
  for (const folder of bundles) fs.rmSync(folder, { recursive: true, force: true });
});

/**
 * The hammer as one plain module: a thousand starts through a compiler would take most of an hour.
 * It lies below the project, or it would not find the native module.
 */
function bundleHammer(): Promise<string> {
  bundled ??= (async () => {
    const out = path.join(here, '../../../out');
    fs.mkdirSync(out, { recursive: true });
    const folder = fs.mkdtempSync(path.join(out, 'hammer-'));
    bundles.push(folder);
    await build({
      configFile: false,
      logLevel: 'silent',
      build: { ssr: path.join(here, 'hammer.ts'), outDir: folder, target: 'node20' },
    });
    const [file] = fs.readdirSync(folder).filter((entry) => /^hammer\.m?js$/.test(entry));
    return path.join(folder, file as string);
  })();
  return bundled;
}

/** Starts a writer in a process of its own and answers it once it is writing. */
export async function startHammer(options: HammerOptions): Promise<ChildProcess> {
  const child = spawn(process.execPath, [await bundleHammer(), JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const started = await Promise.race([
    once(child.stdout as NodeJS.ReadableStream, 'data').then(() => true),
    once(child, 'exit').then(() => false),
  ]);
  if (!started) throw new Error('the hammering writer ended before it began');
  return child;
}

export async function endHammer(child: ChildProcess): Promise<number | null> {
  const ended = once(child, 'exit');
  child.stdin?.end();
  const [code] = (await ended) as [number | null];
  return code;
}

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export async function run(command: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONPATH: pythonFolder, PYTHONDONTWRITEBYTECODE: '1' },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

/** The interpreter, or undefined where there is none. */
export const python = ((): string | undefined => {
  const found = spawnSync('/usr/bin/env', [
    'python3',
    '-c',
    'import sys; print(sys.version_info >= (3, 9))',
  ]);
  return found.stdout?.toString().trim() === 'True' ? 'python3' : undefined;
})();

export const hasNumpy =
  python !== undefined && spawnSync('/usr/bin/env', [python, '-c', 'import numpy']).status === 0;

export const compiler = ['cc', 'gcc', 'clang'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

export function script(name: string): string {
  return path.join(here, name);
}

/** Compiles one of the programs of this folder and answers where it lies. */
export async function compile(source: string, folder: string): Promise<string> {
  const binary = path.join(folder, source.replace(/\.c$/, ''));
  const built = await run(compiler ?? 'cc', [
    '-O2',
    '-std=gnu11',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-o',
    binary,
    script(source),
  ]);
  if (built.code !== 0) throw new Error(built.err);
  return binary;
}
