import net from 'node:net';
import { systemClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import type { OpenClient } from './client/client-port.ts';
import { openStoqeyClient } from './client/stoqey-client.ts';
import { Connection } from './connection/connection.ts';
import { meaningOf, type Program, usualPort } from './connection/endpoint.ts';
import { situationOf } from './connection/reasons.ts';
import { type MachineState, machineDefaults } from './connection/state.ts';
import type { Timeouts } from './connection/timeouts.ts';

export interface IbkrCheckOptions {
  readonly host: string;
  /** Null takes the port that program and mode usually have. */
  readonly port: number | null;
  readonly clientId: number;
  readonly clientIdPolicy: 'cycle' | 'fixed';
  readonly live: boolean;
  readonly gateway: boolean;
  readonly timeouts?: Partial<Timeouts>;
  /** Replaces the real socket in tests. */
  readonly open?: OpenClient;
}

/** One thing that was looked at, in a user's words. */
export interface Finding {
  readonly name: 'port' | 'session' | 'accounts' | 'clock' | 'other-ports';
  readonly level: 'ok' | 'warning' | 'problem';
  readonly text: string;
  readonly todo: readonly string[];
}

const answerMs = 3000;
const knockMs = 800;
/** A clock that is off by more makes bars and quotes land in the wrong minute. */
const skewAllowedMs = 5000;
/** With ids that may change, a taken one is no reason to give up. */
const idsToTry = 5;

/** Makes a real handshake with the gateway and says what is wrong, or that nothing is. */
export async function checkIbkr(options: IbkrCheckOptions): Promise<readonly Finding[]> {
  const mode = options.live ? 'live' : 'paper';
  const program: Program = options.gateway ? 'gateway' : 'tws';
  const port = options.port ?? usualPort(program, mode);
  const findings: Finding[] = [portFinding(port, mode)];
  const state = await handshake(options, port);
  if (state.phase === 'connected') {
    findings.push({
      name: 'session',
      level: 'ok',
      text: `The API answers on ${options.host}:${port} (client id ${state.clientId}, server version ${state.serverVersion ?? 'unknown'}).`,
      todo: [],
    });
    findings.push(accountsFinding(state), clockFinding(state));
    return findings;
  }
  const { sentence, todo } = situationOf(state);
  findings.push({ name: 'session', level: 'problem', text: sentence, todo });
  if (state.reason === 'refused') {
    const elsewhere = await answeringPorts(options.host, port);
    if (elsewhere.length > 0) findings.push(elsewhereFinding(elsewhere));
  }
  return findings;
}

function portFinding(port: number, mode: 'paper' | 'live'): Finding {
  const usual = meaningOf(port);
  if (!usual) {
    return {
      name: 'port',
      level: 'ok',
      text: `Port ${port} is none of IBKR's usual ones; that is fine if it was set so or is forwarded.`,
      todo: [],
    };
  }
  const name = usual.program === 'tws' ? 'TWS' : 'IB Gateway';
  const text = `Port ${port} is the usual port of ${name} with a ${usual.mode} account.`;
  if (usual.mode === mode) return { name: 'port', level: 'ok', text, todo: [] };
  return {
    name: 'port',
    level: 'problem',
    text: `${text} But ${mode} trading is set here.`,
    todo: [
      usual.mode === 'live'
        ? 'Start Gatehouse with --live, if the live account is meant.'
        : 'Leave --live out, if the paper account is meant.',
      `Or set the port of the ${mode} account with --ib-port.`,
    ],
  };
}

function accountsFinding(state: MachineState): Finding {
  const accounts = state.accounts ?? [];
  return accounts.length > 0
    ? { name: 'accounts', level: 'ok', text: `Accounts: ${accounts.join(', ')}.`, todo: [] }
    : {
        name: 'accounts',
        level: 'warning',
        text: 'The gateway names no account.',
        todo: ['Check that TWS or IB Gateway is logged in.'],
      };
}

function clockFinding(state: MachineState): Finding {
  const { clockSkewMs } = state;
  if (clockSkewMs === null) {
    return {
      name: 'clock',
      level: 'problem',
      text: 'The session opened, but the gateway does not answer a question about its time.',
      todo: ['Restart TWS or IB Gateway: it accepts calls but is stuck.'],
    };
  }
  const seconds = (Math.abs(clockSkewMs) / 1000).toFixed(1);
  if (Math.abs(clockSkewMs) <= skewAllowedMs) {
    return {
      name: 'clock',
      level: 'ok',
      text: `The clocks agree (difference ${seconds} s).`,
      todo: [],
    };
  }
  return {
    name: 'clock',
    level: 'warning',
    text: `The gateway's clock is ${seconds} s ${clockSkewMs > 0 ? 'ahead' : 'behind'}.`,
    todo: ['Let the operating system set the time of both machines from the network.'],
  };
}

function elsewhereFinding(ports: readonly number[]): Finding {
  const named = ports.map((port) => {
    const usual = meaningOf(port);
    const program = usual?.program === 'gateway' ? 'IB Gateway' : 'TWS';
    return `${port} (usually ${program}, ${usual?.mode})`;
  });
  return {
    name: 'other-ports',
    level: 'warning',
    text: `Something listens on another of IBKR's usual ports: ${named.join(', ')}.`,
    todo: [
      'Choose it with --ib-port, with --live for a live account and --gateway for IB Gateway.',
    ],
  };
}

/** The state in which one attempt ended, the session closed again. */
async function handshake(options: IbkrCheckOptions, port: number): Promise<MachineState> {
  let settle = (_: MachineState): void => {};
  const settled = new Promise<MachineState>((resolve) => {
    settle = resolve;
  });
  const connection = new Connection(
    {
      ...machineDefaults,
      host: options.host,
      port,
      clientIds: { policy: options.clientIdPolicy, first: options.clientId },
      autoReconnect: false,
      mode: options.live ? 'live' : 'paper',
      timeouts: { ...machineDefaults.timeouts, ...options.timeouts },
    },
    { clock: systemClock, log: silentLog, open: options.open ?? openStoqeyClient },
    {
      up: () => void connection.send((client) => client.probe(), true),
      changed: () => {
        const { state } = connection;
        const over = state.intent === 'down' && state.attempts > 0;
        const tryNextId = options.clientIdPolicy === 'cycle' && state.reason === 'client-id-in-use';
        if (over || state.clockSkewMs !== null) settle(state);
        else if (state.failedAttempts > 0 && !tryNextId) settle(state);
      },
    },
  );
  connection.dispatch({
    type: 'connect',
    plan: { tries: idsToTry, delaysMs: null, attemptMs: null },
  });
  const cancel = systemClock.after(answerMs + limitOf(connection.state), () =>
    settle(connection.state),
  );
  const state = await settled;
  cancel();
  connection.dispatch({ type: 'disconnect' });
  await connection.closed();
  return state;
}

function limitOf(state: MachineState): number {
  const { tcpMs, helloMs, readyMs } = state.config.timeouts;
  return (tcpMs + helloMs + readyMs) * idsToTry;
}

async function answeringPorts(host: string, except: number): Promise<readonly number[]> {
  const others = [7497, 7496, 4002, 4001].filter((port) => port !== except);
  const answers = await Promise.all(others.map((port) => knock(host, port)));
  return others.filter((_, index) => answers[index]);
}

function knock(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const finish = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(knockMs, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}
