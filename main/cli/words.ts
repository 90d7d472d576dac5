import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Exit, exitCode, usage } from '../config/exit.ts';

type OptionsOf<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T>>['values'];

/** Reads the words of a subcommand that has a few options of its own. */
export function readWords<const O extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: O,
): OptionsOf<{ args: string[]; strict: true; options: O }> {
  try {
    return parseArgs({ args: [...args], strict: true, options }).values;
  } catch (error) {
    throw usage(`${(error as Error).message.split('.')[0]}.`);
  }
}

/** A refusal of one option's value, in the form of all others. */
export function refusedWord(name: string, raw: string, must: string): Exit {
  return new Exit(
    exitCode.config,
    `${name} is "${raw}" (from option --${name}), but it must be ${must}. Correct it and start again.`,
  );
}

export function wholeNumber(name: string, raw: string, min: number, max: number): number {
  const value = Number(raw);
  if (raw.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw refusedWord(name, raw, `a whole number from ${min} to ${max}`);
}

export function oneOf<const T extends readonly string[]>(
  name: string,
  raw: string,
  words: T,
): T[number] {
  if (words.includes(raw)) return raw;
  throw refusedWord(name, raw, `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
}

export function listOf(raw: string | undefined): readonly string[] | undefined {
  return raw
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
