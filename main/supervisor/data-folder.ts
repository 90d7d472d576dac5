import { accessSync, constants } from 'node:fs';
import { Exit, exitCode } from '../config/exit.ts';
import type { Config } from '../config/load.ts';
import { describeOrigin } from '../config/origin.ts';
import { makeFolder } from '../kit/make-folder.ts';

/** Makes the data folder, or says why it cannot be used. */
export function prepareDataFolder(config: Config): void {
  try {
    makeFolder(config.dataDir, 0o700);
    accessSync(config.dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Exit(
      exitCode.config,
      `data_dir is "${config.dataDir}" (from ${describeOrigin(config.origins.data_dir)}), ` +
        `but it cannot be used (${(error as Error).message}). Give a folder that this user may write to with --data-dir.`,
    );
  }
}
