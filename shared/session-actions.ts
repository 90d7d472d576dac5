import type { State } from './state.ts';

/** What can be done with the session now: null where it can, else why it would do nothing. */
export interface SessionActions {
  readonly connect: string | null;
  readonly reconnect: string | null;
  readonly disconnect: string | null;
}

export function sessionActions(
  { app, connection, reservation }: Pick<State, 'app' | 'connection' | 'reservation'>,
  now: number,
): SessionActions {
  if (app.source === 'lightweight') return none('In lightweight mode there is no gateway.');
  if (reservation.state !== 'free') {
    return none(`The session is lent to ${reservation.holder ?? 'a program'}.`);
  }
  const { phase, reason, nextRetryAt } = connection;
  switch (phase) {
    case 'connected':
      return { connect: 'It is connected.', reconnect: null, disconnect: null };
    case 'failed':
      return { connect: null, reconnect: null, disconnect: null };
    case 'connecting':
    case 'reconnecting': {
      const waits = nextRetryAt !== null && nextRetryAt > now;
      return { connect: waits ? null : 'It is connecting.', reconnect: null, disconnect: null };
    }
    case 'disconnected': {
      if (reason === 'link-lost') {
        const connect = 'The connection to TWS stands; TWS waits for IBKR.';
        return { connect, reconnect: null, disconnect: null };
      }
      const off = 'It is disconnected.';
      return { connect: null, reconnect: off, disconnect: off };
    }
  }
}

function none(why: string): SessionActions {
  return { connect: why, reconnect: why, disconnect: why };
}
