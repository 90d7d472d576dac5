import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ReadyLine } from '../../shared/ready-line.ts';

const cli = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url));

/** A program that ended by itself leaves its folder to be looked at; none outlives the test run. */
const folders = new Set<string>();
/** A program that was killed leaves its segments as well. */
const segments = new Set<string>();
/** Where Linux keeps them; elsewhere they end with the program. */
const sharedMemory = '/dev/shm';
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  const left = existsSync(sharedMemory) ? readdirSync(sharedMemory) : [];
  for (const file of left) {
    if (segments.has(file.replace(/[-.](bars|keep|lock).*$/, ''))) {
      rmSync(path.join(sharedMemory, file), { force: true });
    }
  }
});

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program, run as a user runs it, in a folder of its own. */
export class Program {
  readonly dataDir: string;
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
    this.dataDir = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-e2e-'));
    folders.add(this.dataDir);
    this.child = spawn(process.execPath, [cli, ...args], {
      cwd: options.cwd ?? this.dataDir,
      env: { PATH: process.env['PATH'], HOME: this.dataDir, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (data: Buffer) => {
      this.#stdout += data;
    });
    this.child.stderr?.on('data', (data: Buffer) => {
      this.#stderr += data;
    });
    this.ended = new Promise((done) => {
      this.child.once('close', (code) =>
        done({ code, stdout: this.#stdout, stderr: this.#stderr }),
      );
    });
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The first line of standard output. Fails when the program ends before it. */
  ready(): Promise<ReadyLine> {
    return new Promise((done, fail) => {
      const lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream });
      lines.once('line', (line) => done(JSON.parse(line) as ReadyLine));
      void this.ended.then(({ code, stderr }) =>
        fail(new Error(`it ended with ${code} before it was ready: ${stderr}`)),
      );
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    if (this.child.exitCode === null) this.child.kill(signal);
    const ended = await this.ended;
    rmSync(this.dataDir, { recursive: true, force: true });
    return ended;
  }
}

/** Options with which many programs run side by side: free ports, a folder and a segment each. */
export function apart(): readonly string[] {
  const name = `gh-e2e-${process.pid}-${segments.size}`;
  segments.add(name);
  return ['--ndjson-port', '0', '--http-port', '0', '--shm-name', name, '--data-dir', 'data'];
}
