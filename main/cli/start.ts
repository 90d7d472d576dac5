import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseOptions } from '../config/options.ts';
import { desktopMissing, findElectron } from './electron-runtime.ts';
import { headless } from './headless.ts';
import { help } from './help.ts';

/** The desktop app where it can be shown, else the same without it. */
export async function start(args: readonly string[]): Promise<number> {
  if (parseOptions(args).help) {
    process.stdout.write(help());
    return 0;
  }
  const main = path.dirname(fileURLToPath(import.meta.url)).replace(/[\\/]parts$/, '');
  const root = path.resolve(main, '..', '..');
  const missing = desktopMissing(root, process.platform, process.env);
  if (missing !== null) {
    process.stderr.write(`gatehouse: ${missing}\n`);
    return headless(args);
  }
  return launch(findElectron(root, process.env) as string, [path.join(main, 'index.js'), ...args]);
}

function launch(electron: string, args: readonly string[]): Promise<number> {
  const child = spawn(electron, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => done(code ?? 1));
  });
}
