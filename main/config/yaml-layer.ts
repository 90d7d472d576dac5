import { readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { Exit, exitCode } from './exit.ts';
import type { Layer, Said } from './options.ts';
import type { Origin } from './origin.ts';
import { definition, isKey, type Key, keys } from './settings.ts';

const keyOfAlias = new Map(
  keys.flatMap((key) => (definition(key).alias ?? []).map((alias) => [alias, key] as const)),
);

/** The keys above keys, as `ndjson` is above `ndjson.port`. */
const levels = new Set(
  [...keys, ...keyOfAlias.keys()].flatMap((key) => {
    const names = key.split('.');
    return names.slice(1).map((_, nth) => names.slice(0, nth + 1).join('.'));
  }),
);

/** Reads a configuration file. Every refusal says the file, the line and the column. */
export function yamlLayer(file: string, kind: 'window' | 'file', mustExist: boolean): Layer {
  const text = read(file, mustExist);
  if (text === null) return new Map();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [error] = document.errors;
  if (error) {
    const at = error.linePos?.[0];
    throw refuse(
      `${file}${at ? `, line ${at.line}, column ${at.col}` : ''}: ` +
        `this is not YAML (${firstLine(error.message)}). Correct it and start again.`,
    );
  }
  if (document.contents === null) return new Map();
  if (!isMap(document.contents)) {
    throw refuse(`${file}: it must hold keys with values, as in "ndjson: { port: 12345 }".`);
  }
  const layer = new Map<Key, Said>();
  const aliases = new Map<Key, Said>();
  walk(document.contents, '', (path, pair) => {
    const line = lines.linePos((pair.key as { range?: [number] }).range?.[0] ?? 0);
    const origin: Origin = { kind, file, line: line.line };
    const raw = isScalar(pair.value) ? pair.value.value : toPlain(pair.value);
    if (isKey(path)) layer.set(path, { raw, origin });
    else if (keyOfAlias.has(path)) aliases.set(keyOfAlias.get(path) as Key, { raw, origin });
    else if (levels.has(path)) {
      // A section whose keys are all commented out.
      if (raw === null) return;
      throw refuse(
        `${file}, line ${line.line}, column ${line.col}: "${path}" holds keys, ` +
          'as docs/configuration.md lists them, and no value of its own.',
      );
    } else {
      throw refuse(
        `${file}, line ${line.line}, column ${line.col}: there is no key "${path}". ` +
          'docs/configuration.md lists the keys; remove it or correct its spelling.',
      );
    }
  });
  for (const [key, said] of aliases) if (!layer.has(key)) layer.set(key, said);
  for (const [key, said] of layer) if (said.raw === null) layer.delete(key);
  return layer;
}

function walk(map: YAMLMap, prefix: string, visit: (path: string, pair: Pair) => void): void {
  for (const pair of map.items) {
    const name = String(isScalar(pair.key) ? pair.key.value : pair.key);
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (isMap(pair.value) && !isKey(path)) walk(pair.value, path, visit);
    else visit(path, pair);
  }
}

function toPlain(node: unknown): unknown {
  const { toJSON } = node as { toJSON?: () => unknown };
  return typeof toJSON === 'function' ? toJSON.call(node) : node;
}

function read(file: string, mustExist: boolean): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!mustExist && (code === 'ENOENT' || code === 'ENOTDIR')) return null;
    throw refuse(`${file} cannot be read (${message}). Name a file that can be read.`);
  }
}

function refuse(message: string): Exit {
  return new Exit(exitCode.config, message);
}

function firstLine(message: string): string {
  return (message.split('\n')[0] as string).replace(/ at line \d+, column \d+:?$/, '');
}
