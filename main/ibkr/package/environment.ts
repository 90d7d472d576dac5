import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

/** What the environment says about the connection; a real variable wins over the `.env` file. */
export interface IbEnvironment {
  readonly host?: string;
  readonly port?: number;
  readonly clientId?: number;
}

export function readEnvironment(
  variables: NodeJS.ProcessEnv = process.env,
  folder = process.cwd(),
): IbEnvironment {
  const file = envFile(folder);
  const read = (name: string): string | undefined => {
    for (const value of [variables[name], file[name]]) {
      if (value !== undefined && value.trim() !== '') return value.trim();
    }
    return undefined;
  };
  const host = read('IB_HOST');
  const port = wholeNumber('IB_PORT', read('IB_PORT'), 1, 65_535);
  const clientId = wholeNumber('IB_CLIENT_ID', read('IB_CLIENT_ID'), 0, 2_147_483_647);
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(clientId === undefined ? {} : { clientId }),
  };
}

function envFile(folder: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path.join(folder, '.env'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

function wholeNumber(
  name: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not "${text}".`);
  }
  return value;
}
