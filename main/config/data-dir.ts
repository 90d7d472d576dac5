import path from 'node:path';
import type { Surroundings } from './surroundings.ts';

/**
 * Where each system keeps a program's data. Simulated bars have a folder of their own, so that
 * they never mix with real ones.
 */
export function defaultDataDir(around: Surroundings, simulated: boolean): string {
  const name = simulated ? 'gatehouse-demo' : 'gatehouse';
  const { env, home, platform } = around;
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', name);
  if (platform === 'win32') {
    return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), name);
  }
  return path.join(env['XDG_DATA_HOME'] || path.join(home, '.local', 'share'), name);
}
