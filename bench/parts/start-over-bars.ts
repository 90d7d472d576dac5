import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

const cli = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url));

export interface StartOverBars {
  readonly readyMs: number;
  /** Of a program that says hello all the time, from the first answer until the files were looked at. */
  readonly longestAnswerMs: number;
}

/** Starts the built program, without a gateway, over a folder of bar files or over none. */
export async function startOverBars(bars: string | undefined): Promise<StartOverBars> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gatehouse-bench-'));
  if (bars) {
    fs.mkdirSync(path.join(folder, 'bars'));
    for (const name of fs.readdirSync(bars)) {
      fs.symlinkSync(path.join(bars, name), path.join(folder, 'bars', name));
    }
  }
  const port = await freePort();
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...[cli, 'headless', '--ndjson-port', String(port), '--http-port', '0', '--ib-port', '1'],
      ...['--data-dir', folder, '--shm-name', `gh-bench-${port}`],
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const asker = askAllTheTime(port);
  try {
    await new Promise<void>((ready, fail) => {
      child.stdout.once('data', () => ready());
      child.once('exit', (code) => fail(new Error(`it ended with ${code} before it was ready`)));
    });
    const readyMs = performance.now() - began;
    await wait(3000);
    return { readyMs, longestAnswerMs: asker.stop() };
  } finally {
    asker.stop();
    child.removeAllListeners('exit');
    const exited = new Promise((exit) => child.once('exit', exit));
    child.kill('SIGTERM');
    await exited;
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function askAllTheTime(port: number): { stop(): number } {
  let longest = 0;
  let stopped = false;
  let socket: net.Socket | undefined;
  let asked = 0;
  const ask = () => {
    asked = performance.now();
    socket?.write('{"v":1,"id":1,"type":"hello"}\n');
  };
  const connect = () => {
    if (stopped) return;
    socket = net.connect(port, '127.0.0.1', ask);
    socket.on('error', () => setTimeout(connect, 5));
    socket.on('data', () => {
      longest = Math.max(longest, performance.now() - asked);
      setTimeout(ask, 1);
    });
  };
  connect();
  return {
    stop() {
      stopped = true;
      socket?.destroy();
      return longest;
    },
  };
}
