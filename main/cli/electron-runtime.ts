import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Electron's program file, or null where it was never fetched. Asking the package itself would
 * start a download, so only the files are looked at.
 */
export function findElectron(root: string, env: NodeJS.ProcessEnv): string | null {
  const override = env['ELECTRON_OVERRIDE_DIST_PATH'];
  const home = path.join(root, 'node_modules', 'electron');
  const pathFile = path.join(home, 'path.txt');
  if (override) return existing(path.join(override, executable(pathFile)));
  if (!existsSync(pathFile)) return null;
  return existing(path.join(home, 'dist', executable(pathFile)));
}

function executable(pathFile: string): string {
  return existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron';
}

function existing(file: string): string | null {
  return existsSync(file) ? file : null;
}

export function hasDisplay(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean {
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/** Why the desktop cannot be shown, or null when it can. */
export function desktopMissing(
  root: string,
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
): string | null {
  if (findElectron(root, env) === null) {
    return 'Electron\'s runtime is not here ("npm run electron:install" fetches it): running headless.';
  }
  if (!hasDisplay(platform, env)) {
    return 'There is no display (DISPLAY and WAYLAND_DISPLAY are empty), which the desktop app needs beside its runtime ("npm run electron:install"): running headless.';
  }
  return null;
}
