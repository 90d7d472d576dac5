import { z } from 'zod';
import { timeframes } from './bar.ts';
import { askedTicker } from './instrument.ts';
import { serviceNames } from './services.ts';

/** One thing the window, the tray, HTTP or a script can ask of the supervisor. */
export interface Command<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly input: I;
  readonly output: O;
  /** A `read` changes nothing. */
  readonly access: 'read' | 'control';
  readonly sentence: string;
}

function command<I extends z.ZodType, O extends z.ZodType>(
  definition: Command<I, O>,
): Command<I, O> {
  return definition;
}

const nothing = z.strictObject({});
const done = z.object({ done: z.literal(true) });
const service = z.strictObject({ service: z.enum(serviceNames) });

const symbol = z
  .string()
  .min(1, 'a ticker is missing')
  .max(askedTicker.longest, `a ticker has at most ${askedTicker.longest} characters`)
  .regex(askedTicker.shape, `a ticker, as in ${askedTicker.examples}`);
const scanned = z.object({
  gapsDetected: z.number(),
  gapsFilled: z.number(),
  gapsFailed: z.number(),
  waiting: z.number(),
});

const accountValue = z.object({
  account: z.string(),
  tag: z.string(),
  value: z.string(),
  currency: z.string(),
});

const settingView = z.object({
  key: z.string(),
  help: z.string(),
  shape: z.string(),
  value: z.unknown(),
  default: z.unknown(),
  origin: z.string(),
  editable: z.boolean(),
  pending: z.unknown(),
  needsRestart: z.boolean(),
});

const logLine = z.object({
  seq: z.number(),
  at: z.number(),
  level: z.string(),
  service: z.string(),
  text: z.string(),
  fields: z.record(z.string(), z.unknown()),
});

/** Every command, once. OpenAPI, the dispatcher, the preload and the window follow from this. */
export const contract = {
  'connection.connect': command({
    input: nothing,
    output: done,
    access: 'control',
    sentence: 'Seeks a session with TWS or IB Gateway, and keeps it.',
  }),
  'connection.disconnect': command({
    input: nothing,
    output: done,
    access: 'control',
    sentence: 'Closes the session and seeks no other.',
  }),
  'connection.reconnect': command({
    input: nothing,
    output: done,
    access: 'control',
    sentence: 'Closes the session and opens a new one.',
  }),
  'account.summary': command({
    input: nothing,
    output: z.object({ values: z.array(accountValue) }),
    access: 'read',
    sentence: 'The figures of the account, asked of IBKR now.',
  }),
  'reservation.recall': command({
    input: nothing,
    output: done,
    access: 'control',
    sentence: 'Asks the holder of the session to give it back.',
  }),
  'reservation.force-release': command({
    input: nothing,
    output: done,
    access: 'control',
    sentence: 'Takes the session back at once.',
  }),
  'history.force-scan': command({
    input: nothing,
    output: scanned,
    access: 'control',
    sentence: 'Searches the bar files for gaps now and fills what it finds.',
  }),
  'history.fetch': command({
    input: z.strictObject({
      symbol,
      timeframe: z.enum(timeframes).optional(),
      from: z.number().int().optional(),
      to: z.number().int().optional(),
    }),
    output: z.object({ requests: z.number(), missing: z.number() }),
    access: 'control',
    sentence: 'Fetches the missing bars of one ticker before everything else, old gaps too.',
  }),
  'history.pause': command({
    input: nothing,
    output: done,
    access: 'control',
    sentence: 'Stops filling gaps until it is resumed.',
  }),
  'history.resume': command({
    input: nothing,
    output: done,
    access: 'control',
    sentence: 'Goes on filling gaps.',
  }),
  'history.cancel': command({
    input: nothing,
    output: z.object({ dropped: z.number() }),
    access: 'control',
    sentence: 'Drops every request for bars that waits.',
  }),
  'download.start': command({
    input: nothing,
    output: done,
    access: 'control',
    sentence: 'Downloads the missing daily bars of the watchlist.',
  }),
  'download.cancel': command({
    input: nothing,
    output: done,
    access: 'control',
    sentence: 'Ends the download; what it has fetched stays.',
  }),
  'watchlist.add': command({
    input: z.strictObject({ symbol }),
    output: z.object({ watchlist: z.array(z.string()) }),
    access: 'control',
    sentence: 'Adds a ticker to the watchlist.',
  }),
  'watchlist.remove': command({
    input: z.strictObject({ symbol }),
    output: z.object({ watchlist: z.array(z.string()) }),
    access: 'control',
    sentence: 'Takes a ticker off the watchlist; its bars stay.',
  }),
  'service.start': command({
    input: service,
    output: done,
    access: 'control',
    sentence: 'Starts a service that was stopped.',
  }),
  'service.stop': command({
    input: service,
    output: done,
    access: 'control',
    sentence: 'Stops a service until it is started again.',
  }),
  'service.restart': command({
    input: service,
    output: done,
    access: 'control',
    sentence: 'Stops a service and starts it anew.',
  }),
  'client.disconnect': command({
    input: z.strictObject({ id: z.number().int() }),
    output: done,
    access: 'control',
    sentence: 'Closes the connection of one NDJSON client.',
  }),
  'settings.list': command({
    input: nothing,
    output: z.object({ settings: z.array(settingView) }),
    access: 'read',
    sentence: 'Every key of the configuration, its value and where it came from.',
  }),
  'settings.set': command({
    input: z.strictObject({ key: z.string().max(100), value: z.unknown() }),
    output: settingView,
    access: 'control',
    sentence: 'Saves one value in settings.yaml; it takes effect at once or at the next start.',
  }),
  'logs.read': command({
    input: z.strictObject({
      since: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(2_000).default(500),
    }),
    output: z.object({ lines: z.array(logLine) }),
    access: 'read',
    sentence: 'The newest lines of the log.',
  }),
} as const;

export type Contract = typeof contract;
export type CommandName = keyof Contract;
/** What a caller may send, defaults left out. */
export type CommandInput<N extends CommandName> = z.input<Contract[N]['input']>;
/** What a handler is given, defaults filled in. */
export type CommandRequest<N extends CommandName> = z.output<Contract[N]['input']>;
export type CommandOutput<N extends CommandName> = z.output<Contract[N]['output']>;

export const commandNames = Object.keys(contract) as readonly CommandName[];
export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(contract, name);
}
