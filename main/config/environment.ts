import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Exit, exitCode } from './exit.ts';
import type { Layer, Said } from './options.ts';
import type { Origin } from './origin.ts';
import { environmentNames, type Key, keys } from './settings.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** An empty variable counts as unset, so that `IB_PORT=` in a compose file means "no opinion". */
export function environmentLayer(variables: Variables, origin: (name: string) => Origin): Layer {
  const layer = new Map<Key, Said>();
  for (const key of keys) {
    const name = environmentNames(key).find((each) => (variables[each] ?? '').trim() !== '');
    if (name) layer.set(key, { raw: variables[name], origin: origin(name) });
  }
  return layer;
}

/** `.env` of the working folder, where there is one. */
export function readDotenv(file: string): Variables {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw new Exit(
      exitCode.config,
      `${file} cannot be read (${message}). Make it readable or remove it.`,
    );
  }
}
