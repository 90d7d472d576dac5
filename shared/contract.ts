import { z } from 'zod';
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
