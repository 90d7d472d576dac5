import { type ChildProcess, execFile, fork, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../parts/free-port.ts';

const run = promisify(execFile);

/** A program of this folder in a process of its own. */
export interface Program {
  readonly port: number;
  tell(message: object): void;
  ask<T>(message: object): Promise<T>;
  next<T>(): Promise<T>;
  stop(): Promise<void>;
}

export async function startProgram(name: string, ...options: string[]): Promise<Program> {
  const child = fork(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), options, {
    execArgv: ['--import', 'tsx', '--expose-gc'],
  });
  const next = <T>() =>
    new Promise<T>((resolve, reject) => {
      const ended = (): void => reject(new Error(`${name} ended`));
      child.once('exit', ended);
      child.once('message', (message) => {
        child.off('exit', ended);
        resolve(message as T);
      });
    });
  const { port } = await next<{ port: number }>();
  return {
    port,
    next,
    tell: (message) => void child.send(message),
    ask: (message) => {
      const answer = next<never>();
      child.send(message);
      return answer;
    },
    stop: () => stopped(child),
  };
}

/** Redis with the same bytes under the same names, or null where it is not installed. */
export async function startRedis(
  tickers: number,
  value: string,
): Promise<{ readonly port: number; stop(): Promise<void> } | null> {
  if (spawnSync('redis-server', ['--version']).status !== 0) return null;
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly'];
  const child = spawn('redis-server', [...options, 'no'], { stdio: 'ignore', cwd: os.tmpdir() });
  const socket = await connectTo(port);
  const wanted = value.length;
  let answered = '';
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      answered += chunk.toString('latin1');
      if (answered.length >= tickers * '+OK\r\n'.length) resolve();
    });
    for (let i = 0; i < tickers; i++) {
      const key = `T${i}`;
      socket.write(`*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${wanted}\r\n${value}\r\n`);
    }
  });
  socket.destroy();
  return { port, stop: () => stopped(child) };
}

/** The load generator, or null where there is no C compiler to make it with. */
export function makeLoad(): { readonly program: string; remove(): void } | null {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-load-'));
  const program = path.join(folder, 'load');
  const source = fileURLToPath(new URL('./load.c', import.meta.url));
  const made = ['cc', 'gcc', 'clang'].some(
    (compiler) => spawnSync(compiler, ['-O2', '-o', program, source]).status === 0,
  );
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  if (made) return { program, remove };
  remove();
  return null;
}

export interface Load {
  readonly connections: number;
  readonly depth: number;
  readonly seconds: number;
  readonly tickers: number;
}

export interface Measured {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

export async function load(
  program: string,
  port: number,
  mode: 'ndjson' | 'echo' | 'redis',
  { connections, depth, seconds, tickers }: Load,
): Promise<Measured> {
  const options = [port, mode, connections, depth, seconds, tickers].map(String);
  const { stdout } = await run(program, options);
  const measured = JSON.parse(stdout) as Measured & { readonly wrong: number };
  if (measured.wrong > 0) throw new Error(`${measured.wrong} answers had the wrong id`);
  return measured;
}

async function connectTo(port: number): Promise<net.Socket> {
  for (let tries = 0; ; tries++) {
    try {
      return await new Promise((resolve, reject) => {
        const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
        socket.once('error', reject);
      });
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
