import {
  type FaultDefinition,
  type FaultName,
  type FaultSettings,
  faultDefinitions,
  type ParameterKind,
} from './definitions.ts';

const common: Readonly<Record<string, ParameterKind>> = {
  for: 'seconds',
  every: 'seconds',
  clients: 'ids',
};

/** A timer that is set for longer than 24 days rings at once. */
const longestSeconds = 2_000_000;

/** A command that cannot be carried out, with what was wrong with it. */
export class CommandError extends Error {
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.name = 'CommandError';
    this.code = code;
  }
}

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultDefinitions, name);
}

/** The parameters a fault takes, the three all of them take included. */
export function parametersOf(name: FaultName): Readonly<Record<string, ParameterKind>> {
  const definition: FaultDefinition = faultDefinitions[name];
  return { ...common, ...definition.parameters };
}

/** Checks what came from outside. Throws CommandError naming the parameter. */
export function parseSettings(
  name: FaultName,
  given: Readonly<Record<string, unknown>>,
): FaultSettings {
  const kinds = parametersOf(name);
  const settings: Record<string, unknown> = {};
  for (const [key, raw] of Object.entries(given)) {
    if (raw === undefined) continue;
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (kind === undefined) {
      const known = Object.keys(kinds).join(', ');
      throw new CommandError('BAD_PARAMETER', `${name} has no parameter ${key}; it has ${known}.`);
    }
    settings[key] = parse(name, key, kind, raw);
  }
  const definition: FaultDefinition = faultDefinitions[name];
  const ends =
    definition.nature === 'moment' ||
    settings['for'] !== undefined ||
    (name === 'link-lost' && settings['after'] !== undefined);
  if (settings['every'] !== undefined && !ends) {
    throw new CommandError(
      'BAD_PARAMETER',
      `${name} with every also needs for: how long each time.`,
    );
  }
  if (settings['every'] !== undefined && !((settings['every'] as number) > 0)) {
    throw new CommandError('BAD_PARAMETER', 'every must be more than 0 seconds.');
  }
  return settings as FaultSettings;
}

function parse(fault: FaultName, key: string, kind: ParameterKind, raw: unknown): unknown {
  const wrong = (wanted: string): CommandError =>
    new CommandError('BAD_PARAMETER', `${fault}: ${key} must be ${wanted}.`);
  if (typeof kind === 'object') {
    if (typeof raw === 'string' && kind.oneOf.includes(raw)) return raw;
    throw wrong(`one of ${kind.oneOf.join(', ')}`);
  }
  switch (kind) {
    case 'seconds':
      if (typeof raw !== 'number' || !Number.isFinite(raw)) throw wrong('a number of seconds');
      if (key !== 'seconds' && !(raw >= 0 && raw <= longestSeconds)) {
        throw wrong(`0 to ${longestSeconds} seconds`);
      }
      return raw;
    case 'milliseconds':
      if (typeof raw !== 'number' || !(raw >= 0 && raw <= 3_600_000)) {
        throw wrong('a number of milliseconds, 0 to 3600000');
      }
      return raw;
    case 'count':
      if (typeof raw !== 'number' || !Number.isInteger(raw) || raw < 1 || raw > 65_536) {
        throw wrong('a whole number, 1 to 65536');
      }
      return raw;
    case 'ids':
      if (!Array.isArray(raw) || !raw.every((id) => Number.isInteger(id))) {
        throw wrong('a list of client ids');
      }
      return raw;
    case 'symbols':
      if (!Array.isArray(raw) || !raw.every((symbol) => typeof symbol === 'string')) {
        throw wrong('a list of symbols');
      }
      return raw;
    case 'time':
      return instant(raw) ?? fail(wrong('a time: epoch milliseconds or ISO 8601'));
    case 'yes-no':
      if (typeof raw !== 'boolean') throw wrong('true or false');
      return raw;
  }
}

function instant(raw: unknown): number | undefined {
  if (typeof raw === 'number' && Number.isFinite(raw)) return raw;
  if (typeof raw !== 'string') return undefined;
  const ms = Date.parse(raw);
  return Number.isNaN(ms) ? undefined : ms;
}

function fail(error: Error): never {
  throw error;
}
