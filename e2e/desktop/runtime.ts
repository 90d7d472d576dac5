import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

export interface Runtime {
  readonly kind: 'electron' | 'double';
  readonly name: string;
  /** The program file, for what must be started without Playwright. */
  readonly program: string;
}

/**
 * Electron itself where its files are, else the double. Only files are looked at: asking the
 * package would start a download.
 */
export function findRuntime(): Runtime {
  const home = path.join(root, 'node_modules', 'electron');
  const pathFile = path.join(home, 'path.txt');
  const program = existsSync(pathFile)
    ? path.join(home, 'dist', readFileSync(pathFile, 'utf8').trim())
    : null;
  const wanted = process.env['GATEHOUSE_DESKTOP_RUNTIME'] !== 'double';
  if (wanted && program !== null && existsSync(program)) {
    const manifest = readFileSync(path.join(home, 'package.json'), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    return { kind: 'electron', name: `electron ${version}`, program };
  }
  const double = path.join(root, 'e2e/electron-double/electron');
  return { kind: 'double', name: 'electron-double', program: double };
}
