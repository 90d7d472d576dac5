import {
  type CommandName,
  type CommandOutput,
  type CommandRequest,
  contract,
  isCommand,
} from '../../shared/contract.ts';
import { type Result, refused } from '../../shared/result.ts';
import type { Log } from '../kit/log.ts';

/** Who asks: shown in the log, never trusted. */
export type Caller = 'window' | 'tray' | 'http';

type Answer<T> = Result<T> | Promise<Result<T>>;
export type Handlers = {
  readonly [N in CommandName]: (
    input: CommandRequest<N>,
    caller: Caller,
  ) => Answer<CommandOutput<N>>;
};

export type Dispatch = (name: string, input: unknown, caller: Caller) => Promise<Result<unknown>>;

/** The one way in for commands: validates once, calls the handler, lets nothing be thrown across. */
export function createDispatcher(handlers: Handlers, log: Log): Dispatch {
  return async (name, input, caller) => {
    if (!isCommand(name)) {
      return refused('UNKNOWN_COMMAND', `There is no command "${String(name).slice(0, 80)}".`);
    }
    const parsed = contract[name].input.safeParse(input ?? {});
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
      return refused('BAD_INPUT', `${name} refused: ${where}${issue?.message ?? 'bad input'}.`);
    }
    if (contract[name].access === 'control') log.info({ command: name, caller }, 'command');
    try {
      const handler = handlers[name] as (input: unknown, caller: Caller) => Answer<unknown>;
      return await handler(parsed.data, caller);
    } catch (error) {
      log.error({ command: name, caller, err: error }, 'command failed');
      return refused('INTERNAL', `${name} failed: ${(error as Error).message}`);
    }
  };
}
