import os from 'node:os';
import type { Config } from '../config/load.ts';
import { loadConfig } from '../config/load.ts';
import { parseOptions } from '../config/options.ts';
import { help } from './help.ts';
import { serve } from './serve.ts';

export function configFor(args: readonly string[]): Config | null {
  const options = parseOptions(args);
  if (options.help) return null;
  return loadConfig(options, {
    cwd: process.cwd(),
    env: process.env,
    home: os.homedir(),
    platform: process.platform,
  });
}

/** The supervisor without a desktop. Resolves with the exit code once everything is stopped. */
export async function headless(args: readonly string[]): Promise<number> {
  const config = configFor(args);
  if (config === null) {
    process.stdout.write(help());
    return 0;
  }
  return serve(config);
}
