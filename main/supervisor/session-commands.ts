import type { ReservationView } from '../../shared/reservation.ts';
import { ok, refused } from '../../shared/result.ts';
import type { Phase } from '../../shared/services.ts';
import type { Handlers } from './dispatcher.ts';

export interface SessionParts {
  /** Null where there is no gateway. */
  readonly session: {
    connect(): void;
    disconnect(): void;
    reconnect(): void;
  } | null;
  readonly reservation: () => ReservationView;
  /** The service that runs the session. */
  readonly service: () =>
    | { readonly view: { readonly phase: Phase }; start(): Promise<Error | null> }
    | undefined;
}

type Commands = Pick<
  Handlers,
  'connection.connect' | 'connection.disconnect' | 'connection.reconnect'
>;
type Act = 'connect' | 'disconnect' | 'reconnect';

const done = ok({ done: true as const });

/** What a person does with the session. A session that is wanted has its service running. */
export function sessionCommands(parts: SessionParts): Commands {
  const act = async (what: Act) => {
    const { session } = parts;
    if (!session) {
      return refused('NO_GATEWAY', 'In lightweight mode there is no gateway to connect to.');
    }
    const reservation = parts.reservation();
    if (reservation.state !== 'free') {
      return refused(
        'RESERVED',
        `The session is lent to ${reservation.holder}.`,
        'It comes back by itself when it is released.',
      );
    }
    const service = parts.service();
    if (what !== 'disconnect' && service && !runs(service.view.phase)) {
      // The service connects as it starts.
      const error = await service.start();
      return error ? refused('START_FAILED', `ibkr did not start: ${error.message}`) : done;
    }
    session[what]();
    return done;
  };
  return {
    'connection.connect': () => act('connect'),
    'connection.disconnect': () => act('disconnect'),
    'connection.reconnect': () => act('reconnect'),
  };
}

function runs(phase: Phase): boolean {
  return phase === 'running' || phase === 'degraded';
}
