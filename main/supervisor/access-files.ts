import { readFileSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { Exit, exitCode } from '../config/exit.ts';
import type { Config } from '../config/load.ts';
import { describeOrigin } from '../config/origin.ts';
import type { Key } from '../config/settings.ts';
import { readOrMakeToken } from '../http/token.ts';
import type { Log } from '../kit/log.ts';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** The files of HTTPS, proven to belong together; null without them. */
export function certificateFiles(config: Config): Certificate | null {
  const { 'http.tls_cert': cert, 'http.tls_key': key } = config.values;
  if (cert === null || key === null) return null;
  const certText = read(config, 'http.tls_cert', cert);
  const keyText = read(config, 'http.tls_key', key);
  try {
    tls.createSecureContext({ cert: certText });
  } catch (error) {
    throw unusable(config, 'http.tls_cert', error, 'Give a certificate as PEM.');
  }
  try {
    tls.createSecureContext({ cert: certText, key: keyText });
  } catch (error) {
    throw unusable(config, 'http.tls_key', error, 'Give the key of that certificate as PEM.');
  }
  return { cert, key };
}

/** The token that everything needs once other machines may call; null where none is asked for. */
export function accessToken(config: Config, log: Pick<Log, 'warn'>): string | null {
  if (config.values.allow_remote === 'no-auth') {
    log.warn(
      { key: 'allow_remote', origin: describeOrigin(config.origins.allow_remote) },
      'whoever reaches an address that is not loopback may do everything: no token is asked for',
    );
  }
  if (config.values.allow_remote !== 'token') return null;
  try {
    return readOrMakeToken(config.values['http.token_file'] ?? path.join(config.dataDir, 'token'));
  } catch (error) {
    const key = config.values['http.token_file'] === null ? 'data_dir' : 'http.token_file';
    throw unusable(config, key, error, 'Name another file with --token-file.');
  }
}

function read(config: Config, key: Key, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unusable(config, key, error, 'Name a file that can be read.');
  }
}

function unusable(config: Config, key: Key, error: unknown, todo: string): Exit {
  return new Exit(
    exitCode.config,
    `${key} is ${JSON.stringify(config.values[key])} (from ${describeOrigin(config.origins[key])}), ` +
      `but it cannot be used (${(error as Error).message}). ${todo}`,
  );
}
