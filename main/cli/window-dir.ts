import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the built window lies beside the built program; null when only the source runs. */
export function windowDir(): string | null {
  const here = path.dirname(fileURLToPath(import.meta.url)).replace(/[\\/]parts$/, '');
  const folder = path.resolve(here, '..', 'renderer');
  return existsSync(path.join(folder, 'index.html')) ? folder : null;
}
