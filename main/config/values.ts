import { parse } from 'yaml';
import { z } from 'zod';
import { type Timeframe, timeframes } from '../../shared/bar.ts';
import type { InstrumentOverrides } from '../../shared/instrument.ts';

/** Values arrive as text from options and the environment and typed from YAML; both mean the same. */

function fromText<T>(read: (text: string) => unknown, inner: z.ZodType<T>): z.ZodType<T> {
  return z.preprocess(
    (value) => (typeof value === 'string' ? read(value.trim()) : value),
    inner,
  ) as unknown as z.ZodType<T>;
}

function readNumber(text: string): unknown {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function readYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text;
  }
}

const yes = new Set(['true', 'yes', 'on', '1']);
const no = new Set(['false', 'no', 'off', '0']);

export function integer(min: number, max: number): z.ZodType<number> {
  const message = `must be a whole number from ${min} to ${max}`;
  return fromText(
    readNumber,
    z.number({ error: message }).int(message).min(min, message).max(max, message),
  );
}

export function seconds(min: number, max: number): z.ZodType<number> {
  const message = `must be a number of seconds from ${min} to ${max}`;
  return fromText(readNumber, z.number({ error: message }).min(min, message).max(max, message));
}

export const port = integer(0, 65_535);

/** A port of our own choosing by default: `auto` in text. */
export const portOrAuto: z.ZodType<number | null> = fromText(
  (text) => (text === 'auto' ? null : readNumber(text)),
  z
    .number({ error: 'must be a port from 1 to 65535, or auto' })
    .int('must be a port from 1 to 65535, or auto')
    .min(1, 'must be a port from 1 to 65535, or auto')
    .max(65_535, 'must be a port from 1 to 65535, or auto')
    .nullable(),
);

export const boolean: z.ZodType<boolean> = fromText(
  (text) => {
    const word = text.toLowerCase();
    if (yes.has(word)) return true;
    if (no.has(word)) return false;
    return text;
  },
  z.boolean({ error: 'must be true or false' }),
);

export function text(what: string): z.ZodType<string> {
  return z.string({ error: `must be ${what}` }).min(1, `must be ${what}`);
}

export const host = text('a host name or address').refine(
  (value) => !/[\s/]/.test(value),
  'must be a host name or address, without spaces or slashes',
);

export function choice<const T extends readonly [string, ...string[]]>(
  options: T,
): z.ZodType<T[number]> {
  return z.enum(options, {
    error: `must be ${options.slice(0, -1).join(', ')} or ${options.at(-1)}`,
  }) as unknown as z.ZodType<T[number]>;
}

/** A list in YAML; in text, items with commas between. */
export const list: z.ZodType<readonly string[]> = fromText(
  (value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  z.array(z.string({ error: 'must be a list of words' }).min(1), {
    error: 'must be a list of words',
  }),
);

/** `host:port`, with brackets around an IPv6 address. */
export const endpoint: z.ZodType<{ readonly host: string; readonly port: number }> = z
  .preprocess(
    (value) => {
      if (typeof value !== 'string') return value;
      const match = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(value.trim());
      return match ? { host: match[1] ?? match[2], port: Number(match[3]) } : value;
    },
    z.object(
      {
        host: z.string(),
        port: z.number().int().min(1, 'must end in a port from 1 to 65535').max(65_535),
      },
      { error: 'must be HOST:PORT' },
    ),
  )
  .pipe(z.object({ host: z.string(), port: z.number() })) as unknown as z.ZodType<{
  readonly host: string;
  readonly port: number;
}>;

const sessionsMessage = `must give timeframes (${timeframes.join(' ')}) a number of sessions, as in 1m: 5, 1d: 2520`;

/** A mapping in YAML; in text, as in `1m: 5, 1d: 2520`. */
export const sessionsByTimeframe: z.ZodType<Readonly<Partial<Record<Timeframe, number>>>> =
  fromText(
    (value) => {
      const pairs = value
        .replace(/^\{(.*)\}$/, '$1')
        .split(',')
        .filter((pair) => pair.trim() !== '')
        .map((pair) => /^\s*"?(\w+)"?\s*[:=]\s*(\S+)\s*$/.exec(pair));
      return pairs.every((pair) => pair !== null)
        ? Object.fromEntries(pairs.map(([, timeframe, count]) => [timeframe, count]))
        : value;
    },
    z.partialRecord(z.enum(timeframes), integer(1, 10_000), { error: sessionsMessage }),
  );

const contractText = z.string().min(1).optional();

/** What may be said of a contract; everything else follows from the ticker's grammar. */
export const contracts: z.ZodType<InstrumentOverrides> = fromText(
  readYaml,
  z.record(
    z.string().min(1),
    z.strictObject(
      {
        symbol: contractText,
        secType: z
          .enum(['STK', 'CASH', 'CONTFUT', 'FUT', 'IND', 'CRYPTO', 'CFD', 'CMDTY', 'FUND'])
          .optional(),
        exchange: contractText,
        currency: contractText,
        primaryExchange: contractText,
        localSymbol: contractText,
        lastTradeDate: contractText,
        multiplier: z.coerce.string().optional(),
        tradingClass: contractText,
        conId: z.number().int().optional(),
        whatToShow: z.enum(['TRADES', 'MIDPOINT', 'BID', 'ASK', 'AGGTRADES']).optional(),
      },
      {
        error: (issue) =>
          issue.code === 'unrecognized_keys'
            ? `must not have ${issue.keys.join(', ')}`
            : 'must be contract fields',
      },
    ),
    {
      error:
        'must be contract fields by ticker, as in {"SAP": {"exchange": "IBIS", "currency": "EUR"}}',
    },
  ),
) as unknown as z.ZodType<InstrumentOverrides>;
