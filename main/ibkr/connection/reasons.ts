import type { ConnectionReason } from '../../../shared/connection.ts';
import type { MachineState } from './state.ts';

/** The ways in which a gateway that is restarting is away. */
export const awayReasons: ReadonlySet<ConnectionReason> = new Set([
  'refused',
  'unreachable',
  'mute',
  'handshake-timeout',
  'rejected',
  'socket-closed',
  'half-open',
]);

export interface Situation {
  readonly sentence: string;
  readonly todo: readonly string[];
  /** A person has to do something before it can get better. */
  readonly needsAttention: boolean;
}

const startProgram = 'Start TWS or IB Gateway and log in.';
const enableApi =
  'In TWS: Edit, Global Configuration, API, Settings: tick "Enable ActiveX and Socket Clients".';
const comparePort =
  'Compare the port there with the one used here: TWS 7497 paper, 7496 live; Gateway 4002 paper, 4001 live.';
const restartProgram = 'If it stays so, restart TWS or IB Gateway: it accepts calls but is stuck.';
const confirmDialog =
  'Look for a question in TWS ("Accept incoming connection?") and answer it, or add this machine to the trusted IPs.';

/** What a state means to a person. Nothing is repeated elsewhere: window, tray, log and doctor read it here. */
export function situationOf(state: MachineState): Situation {
  const where = `${state.config.host}:${state.port}`;
  const calm = (sentence: string, ...todo: string[]): Situation => ({
    sentence,
    todo,
    needsAttention: false,
  });
  const alarm = (sentence: string, ...todo: string[]): Situation => ({
    sentence,
    todo,
    needsAttention: true,
  });
  // Without automatic reconnection a loss is the end until somebody connects again.
  const lost = (what: string, next: string, ...todo: string[]): Situation =>
    state.intent === 'down'
      ? alarm(`${what}; automatic reconnection is off.`, 'Press Connect to connect again.', ...todo)
      : calm(`${what}; ${next}.`, ...todo);
  switch (state.reason) {
    case 'not-started':
      return calm('Not started yet.');
    case 'starting':
      return calm(`Connecting to ${where}.`);
    case 'ok':
      return calm(`Connected to ${where} with client id ${state.clientId}.`);
    case 'stopped-by-operator':
      return calm('Disconnected on request; press Connect to connect again.');
    case 'reserved':
      return calm(
        'Another program has reserved the session; Gatehouse has none of its own meanwhile.',
      );
    case 'link-lost':
      return calm(
        'TWS has lost its connection to IBKR; waiting for it to return.',
        'Usually nothing: it passes, often at night during the reset.',
        'If it lasts, check the internet connection of the machine that runs TWS.',
      );
    case 'refused':
      return alarm(
        `Nothing listens on ${where}: TWS or IB Gateway is not running there, or its API has another port.`,
        startProgram,
        enableApi,
        comparePort,
      );
    case 'unreachable':
      return alarm(
        `${where} does not answer: the machine is off, or a firewall is in the way.`,
        'Check the host name and the network.',
        startProgram,
      );
    case 'mute':
      return alarm(
        `${where} accepts the connection but says nothing.`,
        confirmDialog,
        'Check that the port belongs to TWS or IB Gateway and not to another program.',
        restartProgram,
      );
    case 'handshake-timeout':
      return alarm(`${where} greeted but did not open the session.`, confirmDialog, restartProgram);
    case 'rejected':
      return alarm(
        `${where} closed the connection during the handshake.`,
        'In TWS: API settings: check the trusted IPs and "Allow connections from localhost only".',
        'TWS takes 32 API connections at most: close programs that are not needed.',
        enableApi,
      );
    case 'client-id-in-use':
      return {
        sentence: `Client id ${state.clientId} is in use${whatFollowsClash(state)}.`,
        todo: [
          'Give each program its own client id (--client-id).',
          'A connection that was lost holds its id for a while; restart TWS if it never lets go.',
        ],
        needsAttention: state.config.clientIds.policy === 'fixed' || state.intent === 'down',
      };
    case 'client-ids-used-up':
      return alarm(
        'All client ids up to 50 have been tried; starting again at 1 after a pause.',
        'Close programs that hold API connections, or restart TWS.',
      );
    case 'unsupported-version':
      return alarm(
        `The program on ${where} speaks a version of the API that is not understood.`,
        'Update TWS or IB Gateway.',
        'Check that the port belongs to TWS or IB Gateway and not to another program.',
      );
    case 'wrong-account':
      return alarm(
        state.detail ?? 'The account is not of the kind that was asked for.',
        'Log TWS in to the right account, or',
        'start Gatehouse with --live for a live account, without it for a paper account.',
      );
    case 'socket-closed':
      return lost('The connection to TWS ended', 'opening a new one');
    case 'half-open':
      return lost(
        'The connection looked open, but TWS no longer answered',
        'opening a new one',
        restartProgram,
      );
    case 'garbage':
      return lost(
        'TWS sent something unreadable',
        'opening a new connection',
        'Check that the port belongs to TWS or IB Gateway and not to another program.',
      );
    case 'port-moved':
      return lost(`TWS moved its API to port ${state.port}`, 'connecting there');
    case 'data-dead':
      return lost('Connected, but no data came', 'opening a new connection');
    case 'woke-up':
      return calm('The computer woke up; checking the connection.');
    case 'scheduled-restart':
      return calm('TWS makes its daily restart; it comes back by itself within minutes.');
    case 'weekly-login':
      return {
        sentence: 'IBKR ends all log-ins early on Sunday: TWS waits for a person to log in.',
        todo: ['Log in to TWS or IB Gateway, with the second factor if it asks.'],
        needsAttention: false,
      };
    case 'gave-up':
      return alarm('No connection could be made; no further attempt is made.', startProgram);
  }
}

function whatFollowsClash(state: MachineState): string {
  if (state.intent === 'down') return '';
  return state.config.clientIds.policy === 'cycle'
    ? '; the next one is tried'
    : '; waiting for it to become free';
}

/** One attempt's failure in few words, for the timeline. */
export function failureText(reason: ConnectionReason, state: MachineState): string {
  return situationOf({ ...state, reason }).sentence;
}
