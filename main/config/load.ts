import path from 'node:path';
import type { z } from 'zod';
import { loopback } from './addresses.ts';
import { defaultDataDir } from './data-dir.ts';
import { environmentLayer, readDotenv } from './environment.ts';
import { Exit, exitCode } from './exit.ts';
import type { Layer, Options, Said } from './options.ts';
import { describeOrigin, type Origin } from './origin.ts';
import { definition, type Key, keys, type Values } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { yamlLayer } from './yaml-layer.ts';

export interface Config {
  readonly values: Values;
  readonly origins: Readonly<Record<Key, Origin>>;
  readonly dataDir: string;
}

/** Strongest first: option, environment, .env, settings.yaml, gatehouse.yaml, default. */
export function loadConfig(options: Options, around: Surroundings): Config {
  const dotenvFile = path.join(around.cwd, '.env');
  const configFile = path.resolve(around.cwd, options.configFile ?? 'gatehouse.yaml');
  const outer: readonly Layer[] = [
    options.layer,
    environmentLayer(around.env, (name) => ({ kind: 'environment', name })),
    environmentLayer(readDotenv(dotenvFile), (name) => ({
      kind: 'dotenv',
      name,
      file: dotenvFile,
    })),
  ];
  const fromFile = yamlLayer(configFile, 'file', options.configFile !== null);

  // The data folder holds settings.yaml, so it is known before that file is read.
  const early = resolve([...outer, fromFile], around.cwd, ['data_dir', 'demo', 'lightweight']);
  const dataDir =
    (early.values['data_dir'] as string | null) ??
    defaultDataDir(around, early.values['demo'] === true || early.values['lightweight'] === true);
  const fromWindow = yamlLayer(path.join(dataDir, 'settings.yaml'), 'window', false);

  const all = resolve([...outer, fromWindow, fromFile], around.cwd, keys);
  const config = {
    values: Object.freeze({ ...all.values, data_dir: dataDir }) as Values,
    origins: Object.freeze(all.origins) as Readonly<Record<Key, Origin>>,
    dataDir,
  };
  checkTogether(config);
  return Object.freeze(config);
}

function resolve(layers: readonly Layer[], cwd: string, wanted: readonly Key[]) {
  const values: Partial<Record<Key, unknown>> = {};
  const origins: Partial<Record<Key, Origin>> = {};
  for (const key of wanted) {
    const said = layers.find((layer) => layer.has(key))?.get(key);
    values[key] = said ? check(key, said, cwd) : definition(key).default;
    origins[key] = said?.origin ?? { kind: 'default' };
  }
  return { values, origins };
}

function check(key: Key, said: Said, cwd: string): unknown {
  const { schema, shape } = definition(key);
  const parsed = schema.safeParse(said.raw);
  if (!parsed.success) {
    throw refuseValue(key, said.raw, said.origin, whatIsWrong(parsed.error));
  }
  const isPath = shape === 'file' || shape === 'folder';
  return isPath && typeof parsed.data === 'string'
    ? path.resolve(baseOf(said.origin, cwd), parsed.data)
    : parsed.data;
}

/** Our own messages begin with what must be; those of the library are put behind a sentence of ours. */
export function whatIsWrong(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue) return 'is refused';
  const place = issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
  return /^(must|needs) /.test(issue.message)
    ? `${issue.message}${place}`
    : `is refused${place} (${issue.message})`;
}

/** A relative path in a file is relative to that file. */
function baseOf(origin: Origin, cwd: string): string {
  return origin.kind === 'file' || origin.kind === 'window' ? path.dirname(origin.file) : cwd;
}

export function refuseValue(key: Key, raw: unknown, origin: Origin, must: string): Exit {
  const shown = definition(key).secret ? '(hidden)' : JSON.stringify(raw);
  return new Exit(
    exitCode.config,
    `${key} is ${shown} (from ${describeOrigin(origin)}), but it ${must}. Correct it and start again.`,
  );
}

function checkTogether({ values, origins }: Config): void {
  if (values.demo && values.lightweight) {
    throw refuseValue('lightweight', true, origins.lightweight, 'excludes demo');
  }
  if ((values['http.tls_cert'] === null) !== (values['http.tls_key'] === null)) {
    const key = values['http.tls_cert'] === null ? 'http.tls_key' : 'http.tls_cert';
    const other = key === 'http.tls_key' ? 'http.tls_cert' : 'http.tls_key';
    throw refuseValue(key, values[key], origins[key], `needs ${other} beside it`);
  }
  for (const key of ['ndjson.host', 'http.host', 'forward.host'] as const) {
    if (values.allow_remote === 'no' && !loopback(values[key])) {
      throw refuseValue(
        key,
        values[key],
        origins[key],
        'must be a loopback address unless allow_remote (--allow-remote) is given, because other machines could reach it',
      );
    }
  }
}
