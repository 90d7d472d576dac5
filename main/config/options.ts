import { parseArgs } from 'node:util';
import { usage } from './exit.ts';
import type { Origin } from './origin.ts';
import { definition, type Key, keys } from './settings.ts';

export interface Said {
  readonly raw: unknown;
  readonly origin: Origin;
}
export type Layer = ReadonlyMap<Key, Said>;

export interface Options {
  readonly layer: Layer;
  readonly configFile: string | null;
  readonly help: boolean;
}

const keyOfOption = new Map(
  keys.flatMap((key) => {
    const { option } = definition(key);
    return option ? [[option, key] as const] : [];
  }),
);

/** Reads the command line of `start` and `headless`. Words it does not know end the program. */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  if (positionals.length > 0) throw usage(`"${positionals[0]}" is not an option.`);
  const layer = new Map<Key, Said>();
  for (const [name, raw] of Object.entries(values)) {
    const key = keyOfOption.get(name);
    if (!key || raw === undefined) continue;
    const said = raw === false && definition(key).flag ? `no-${name}` : name;
    layer.set(key, { raw, origin: { kind: 'option', name: said } });
  }
  if (layer.get('demo')?.raw === true && layer.get('lightweight')?.raw === true) {
    throw usage('--demo and --lightweight exclude each other: give one of them.');
  }
  return {
    layer,
    configFile: typeof values['config'] === 'string' ? values['config'] : null,
    help: values['help'] === true,
  };
}

function parse(args: readonly string[]) {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    config: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  };
  for (const [name, key] of keyOfOption) {
    options[name] = { type: definition(key).flag ? 'boolean' : 'string' };
  }
  try {
    return parseArgs({
      // The one option whose value may be left out.
      args: args.map((arg) => (arg === '--allow-remote' ? '--allow-remote=token' : arg)),
      options,
      allowNegative: true,
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw usage(explain(error as NodeJS.ErrnoException, [...Object.keys(options)]));
  }
}

function explain(error: NodeJS.ErrnoException, known: readonly string[]): string {
  const named = /'-{1,2}([^'\s=]+)/.exec(error.message)?.[1];
  if (named === undefined) return `${error.message}.`;
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const near = nearest(named.replace(/^no-/, ''), known);
    return `--${named} is not an option.${near ? ` Did you mean --${near}?` : ''}`;
  }
  const key = keyOfOption.get(named.replace(/^no-/, ''));
  if (key && definition(key).flag) return `--${named} takes no value.`;
  return `--${named} needs a value: --${named}=${key ? definition(key).shape : 'FILE'}.`;
}

function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1);
    }
    row = next;
  }
  return row[b.length] as number;
}
