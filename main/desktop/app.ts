import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog, protocol } from 'electron';
import { configFor } from '../cli/headless.ts';
import { help } from '../cli/help.ts';
import { Exit, exitCode } from '../config/exit.ts';
import type { Config } from '../config/load.ts';
import { prepareDataFolder } from '../supervisor/data-folder.ts';
import { openHost } from '../supervisor/host.ts';
import { Desktop } from './desktop.ts';
import { scheme } from './origin.ts';
import { ownArguments } from './own-arguments.ts';
import { placesFor } from './places.ts';

/** The desktop app from its first line to the moment it is ready. */
export function runDesktop(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
  app.enableSandbox();
  app.setName('Gatehouse');
  if (process.platform === 'win32') app.setAppUserModelId('io.gatehouse.app');
  try {
    const config = configFor(ownArguments(process.argv, app.isPackaged));
    if (config === null) {
      process.stdout.write(help());
      app.exit(exitCode.ok);
    } else {
      begin(config);
    }
  } catch (error) {
    end(error);
  }
}

function begin(config: Config): void {
  // Two data folders are two programs, so the single instance is one for each.
  prepareDataFolder(config);
  if (!app.commandLine.hasSwitch('user-data-dir')) {
    const profile = path.join(config.dataDir, 'desktop');
    mkdirSync(profile, { recursive: true, mode: 0o700 });
    app.setPath('userData', profile);
  }
  if (!app.requestSingleInstanceLock()) {
    app.exit(exitCode.ok);
    return;
  }
  const { resourcesPath } = process as { resourcesPath?: string };
  const places = placesFor(fileURLToPath(import.meta.url), app.isPackaged, resourcesPath ?? '');
  const shown = openHost(config, 'desktop', places.windowFolder).then(async (host) => {
    await app.whenReady();
    return new Desktop(host, places);
  });
  // Whatever a second instance was given is not looked at: it can only ask to be shown.
  app.on('second-instance', () => void shown.then((desktop) => desktop.show()));
  app.on('activate', () => void shown.then((desktop) => desktop.show()));
  // The window may be gone while the services go on.
  app.on('window-all-closed', () => {});
  quitOnSignals();
  shown.then((desktop) => desktop.start()).catch(end);
}

function quitOnSignals(): void {
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(exitCode.interrupted);
      asked = true;
      app.quit();
    });
  }
}

/** A start that cannot go on: said where the person who started it looks. */
function end(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`gatehouse: ${message}\n`);
  if (app.isPackaged) dialog.showErrorBox('Gatehouse could not start', message);
  app.exit(error instanceof Exit ? error.code : exitCode.failed);
}
