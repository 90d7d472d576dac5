import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '../kit/log.ts';

/** What of electron-updater is used. */
export interface AutoUpdater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  allowDowngrade: boolean;
  on(event: 'update-downloaded', listener: (info: { version: string }) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  checkForUpdates(): Promise<unknown>;
}

export interface UpdaterParts {
  readonly packaged: boolean;
  readonly resources: string;
  readonly log: Log;
  load(): Promise<AutoUpdater>;
  /** An update waits for the next quit. */
  ready(version: string): void;
}

/**
 * Fetches updates in the background and installs them when the person quits. It never restarts the
 * app by itself: a session may be open. Builds without an update address have no updater.
 */
export async function startUpdater(parts: UpdaterParts): Promise<'off' | 'checking'> {
  const { packaged, resources, log } = parts;
  if (!packaged || !existsSync(path.join(resources, 'app-update.yml'))) return 'off';
  const updater = await parts.load();
  updater.autoDownload = true;
  updater.autoInstallOnAppQuit = true;
  updater.allowDowngrade = false;
  updater.on('update-downloaded', ({ version }) => parts.ready(version));
  updater.on('error', (error) => log.warn({ err: error }, 'the update could not be fetched'));
  await updater.checkForUpdates().catch(() => undefined);
  return 'checking';
}
