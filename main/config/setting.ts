import type { z } from 'zod';

/** Where a key may be said and what may be said there. One of these per key makes the whole schema. */
export interface Setting<T = unknown> {
  readonly schema: z.ZodType<T>;
  readonly default: NoInfer<T>;
  /** One sentence for the reference and the Settings screen. */
  readonly help: string;
  /** What `--no-…` does, for an option that says it. */
  readonly off?: string;
  /** What holds where the default is null. */
  readonly otherwise?: string;
  /** The command-line option, without its dashes. */
  readonly option?: string;
  /** True where the option takes no value; `--no-…` says the opposite. */
  readonly flag?: boolean;
  /** Environment names beside GATEHOUSE_…, weaker than it. */
  readonly env?: readonly string[];
  /** Keys of configuration files written for other programs, weaker than our own. */
  readonly alias?: readonly string[];
  /** Whether a change in the window takes effect at once. */
  readonly applies: 'live' | 'restart';
  readonly secret?: boolean;
  /** What a value looks like, for the reference. */
  readonly shape: string;
}

export function setting<T>(definition: Setting<T>): Setting<T> {
  return definition;
}
