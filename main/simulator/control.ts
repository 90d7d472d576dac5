import { createServer, type Socket } from 'node:net';
import { faultDefinitions, faultNames } from './faults/definitions.ts';
import { CommandError, isFaultName, parametersOf, parseSettings } from './faults/settings.ts';
import type { Gateway } from './gateway.ts';
import { pushMessage, sessionInfos, stateOf } from './view.ts';

export interface ControlAddress {
  readonly host: string;
  readonly port: number;
}

export interface Control {
  readonly address: ControlAddress;
  close(): Promise<void>;
}

const longestLine = 1024 * 1024;

type Command = Readonly<Record<string, unknown>>;

/** Opens the port through which faults are switched: one JSON object a line, one answer a line. */
export async function openControl(gateway: Gateway, host: string, port: number): Promise<Control> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', (error) => gateway.log.debug({ error }, 'control socket error'));
    serve(gateway, socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const taken = address !== null && typeof address === 'object' ? address.port : port;
  return {
    address: { host, port: taken },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serve(gateway: Gateway, socket: Socket): void {
  let pending = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    pending += chunk;
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() !== '') socket.write(`${JSON.stringify(answer(gateway, line))}\n`);
    }
    if (pending.length > longestLine) socket.destroy();
  });
}

function answer(gateway: Gateway, line: string): Record<string, unknown> {
  let id: unknown = null;
  try {
    const command: unknown = JSON.parse(line);
    if (typeof command !== 'object' || command === null || Array.isArray(command)) {
      throw new CommandError('BAD_COMMAND', 'A command is one JSON object a line.');
    }
    id = (command as Command)['id'] ?? null;
    return { id, ok: true, ...run(gateway, command as Command) };
  } catch (error) {
    const code =
      error instanceof CommandError
        ? error.code
        : error instanceof SyntaxError
          ? 'BAD_JSON'
          : 'FAILED';
    const message = error instanceof Error ? error.message : String(error);
    return { id, ok: false, error: { code, message } };
  }
}

function run(gateway: Gateway, command: Command): Record<string, unknown> {
  const { cmd } = command;
  switch (cmd) {
    case 'fault':
      return switchFault(gateway, command);
    case 'faults':
      return { faults: faultList(gateway) };
    case 'sessions':
      return { sessions: sessionInfos(gateway) };
    case 'log':
      return { log: gateway.requests.since(optionalTime(command['since'])) };
    case 'push':
      return push(gateway, command);
    case 'state':
      return { state: stateOf(gateway) };
    case 'reset':
      gateway.resetFaults();
      return {};
    default:
      throw new CommandError(
        'UNKNOWN_COMMAND',
        `There is no command ${JSON.stringify(cmd)}: fault, faults, sessions, log, push, state, reset.`,
      );
  }
}

function switchFault(gateway: Gateway, command: Command): Record<string, unknown> {
  const { id: _id, cmd: _cmd, name, on, ...settings } = command;
  if (typeof name !== 'string' || !isFaultName(name)) {
    throw new CommandError(
      'UNKNOWN_FAULT',
      `There is no fault ${JSON.stringify(name)}: ${faultNames.join(', ')}.`,
    );
  }
  if (on !== undefined && typeof on !== 'boolean') {
    throw new CommandError('BAD_PARAMETER', 'on must be true or false.');
  }
  if (on === false) gateway.faults.off(name);
  else gateway.faults.on(name, parseSettings(name, settings));
  return {};
}

function faultList(gateway: Gateway): readonly Record<string, unknown>[] {
  const running = new Map(gateway.faults.list().map((one) => [one.name, one]));
  return faultNames.map((name) => {
    const one = running.get(name);
    return {
      name,
      about: faultDefinitions[name].about,
      parameters: parametersOf(name),
      on: one !== undefined,
      active: one?.active ?? false,
      ...(one ? { settings: one.settings, since: one.since, turns: one.turns } : {}),
    };
  });
}

function push(gateway: Gateway, command: Command): Record<string, unknown> {
  const { code, message, reqId, clients } = command;
  if (typeof code !== 'number' || !Number.isInteger(code)) {
    throw new CommandError('BAD_PARAMETER', 'code must be a whole number.');
  }
  if (typeof message !== 'string') throw new CommandError('BAD_PARAMETER', 'message must be text.');
  if (reqId !== undefined && !Number.isInteger(reqId)) {
    throw new CommandError('BAD_PARAMETER', 'reqId must be a whole number.');
  }
  if (clients !== undefined && !(Array.isArray(clients) && clients.every(Number.isInteger))) {
    throw new CommandError('BAD_PARAMETER', 'clients must be a list of client ids.');
  }
  pushMessage(gateway, {
    code,
    message,
    ...(reqId === undefined ? {} : { reqId: reqId as number }),
    ...(clients === undefined ? {} : { clients: clients as number[] }),
  });
  return {};
}

function optionalTime(since: unknown): number | undefined {
  if (since === undefined || since === null) return undefined;
  if (typeof since === 'number' && Number.isFinite(since)) return since;
  const ms = typeof since === 'string' ? Date.parse(since) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new CommandError('BAD_PARAMETER', 'since must be epoch milliseconds or ISO 8601.');
  }
  return ms;
}
