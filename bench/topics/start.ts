import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, type Figure, median } from '../bench.ts';

const cli = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly startMs: number;
  stop(): Promise<void>;
}

/** Starts the built program and waits for its ready line. */
function start(mode: string): Promise<Running> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-bench-'));
  const began = performance.now();
  const name = `gh-bench-${process.pid}-${Math.floor(began)}`;
  const child = spawn(
    process.execPath,
    [
      ...[cli, 'headless', mode, '--ndjson-port', '0', '--http-port', '0'],
      ...['--data-dir', folder, '--shm-name', name],
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  return new Promise((done, fail) => {
    child.once('exit', (code) => fail(new Error(`it ended with ${code} before it was ready`)));
    child.stdout?.once('data', () => {
      child.removeAllListeners('exit');
      done({
        child,
        startMs: performance.now() - began,
        stop: () =>
          new Promise((stopped) => {
            child.once('exit', () => {
              rmSync(folder, { recursive: true, force: true });
              stopped();
            });
            child.kill('SIGTERM');
          }),
      });
    });
  });
}

/** The bare cost of a Node process that prints one line, as the limit. */
function bareNodeMs(): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, ['-e', 'console.log("ready")'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return new Promise((done) => {
    child.stdout.once('data', () => done(performance.now() - began));
  });
}

function residentMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1_024;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function idle(mode: string, seconds: number): Promise<{ mib: number; percent: number }> {
  const running = await start(mode);
  const pid = running.child.pid as number;
  await new Promise((done) => setTimeout(done, Math.min(5_000, seconds * 1_000)));
  const before = cpuSeconds(pid);
  await new Promise((done) => setTimeout(done, seconds * 1_000));
  const percent = ((cpuSeconds(pid) - before) / seconds) * 100;
  const mib = residentMiB(pid);
  await running.stop();
  return { mib, percent };
}

export default {
  topic: 'start',
  async figures({ quick, say }) {
    const figures: Figure[] = [];
    const runs = quick ? 1 : 10;
    const bare: number[] = [];
    for (const mode of ['--lightweight', '--demo']) {
      const times: number[] = [];
      for (let run = 0; run < runs; run++) {
        const running = await start(mode);
        times.push(running.startMs);
        await running.stop();
        bare.push(await bareNodeMs());
      }
      say(`${mode}: ${times.map((time) => Math.round(time)).join(' ')} ms`);
      figures.push({
        name: `start to ready line, ${mode}`,
        value: median(times),
        unit: 'ms',
        goal: { atMost: 1_500 },
        peer: { name: 'bare node', value: median(bare) },
        note: `median of ${runs}`,
      });
    }
    if (process.platform === 'linux') {
      const { mib, percent } = await idle('--demo', quick ? 1 : 30);
      figures.push(
        { name: 'resident, idle demo', value: mib, unit: 'MiB', goal: { atMost: 120 } },
        { name: 'processor, idle demo', value: percent, unit: '% of a core', goal: { atMost: 2 } },
      );
    }
    return figures;
  },
} satisfies Bench;
