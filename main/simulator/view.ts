import type { Gateway } from './gateway.ts';
import { newestVersion } from './protocol/versions.ts';

/** One connected client as the control channel tells of it. */
export interface SessionInfo {
  readonly session: number;
  readonly clientId: number | null;
  /** Epoch milliseconds of the simulator's clock. */
  readonly since: number;
  readonly version: number;
  readonly phase: string;
  readonly lines: number;
  readonly requests: number;
  readonly silent: boolean;
}

/** A system message to send, `reqId` -1 when it concerns no request. */
export interface PushedMessage {
  readonly code: number;
  readonly message: string;
  readonly reqId?: number;
  readonly clients?: readonly number[];
}

export function sessionInfos(gateway: Gateway): readonly SessionInfo[] {
  return [...gateway.sessions()].map((session) => ({
    session: session.number,
    clientId: session.clientId,
    since: session.since,
    version: session.version,
    phase: session.phase,
    lines: session.subscriptions.lines.size,
    requests: session.requests,
    silent: session.silent,
  }));
}

export function pushMessage(gateway: Gateway, push: PushedMessage): void {
  for (const session of gateway.sessions()) {
    if (session.phase !== 'ready') continue;
    if (push.clients && !push.clients.includes(session.clientId ?? -1)) continue;
    session.error(push.reqId ?? -1, [push.code, push.message]);
  }
}

/** Everything worth knowing, for the person who wonders what it is doing. */
export function stateOf(gateway: Gateway): Readonly<Record<string, unknown>> {
  return {
    time: gateway.clock.now(),
    toldTime: gateway.toldTime(),
    seed: gateway.settings.seed,
    host: gateway.settings.host,
    port: gateway.port,
    listening: gateway.listening,
    kind: gateway.settings.kind,
    serverVersion: Math.min(gateway.settings.serverVersion, newestVersion),
    limits: gateway.limits.enforced,
    accounts: gateway.accounts.names,
    instruments: gateway.market.instruments.length,
    requests: gateway.requests.count,
    openHistory: gateway.history.open,
    faults: gateway.faults.list(),
    sessions: [...gateway.sessions()].map((session) => ({
      session: session.number,
      clientId: session.clientId,
      since: session.since,
      version: session.version,
      phase: session.phase,
      silent: session.silent,
      marketDataType: session.marketDataType,
      unreadBytes: session.outbox.unread,
      sentBytes: session.outbox.sentBytes,
      held: session.held.length,
      lines: [...session.subscriptions.lines.values()].map((line) => ({
        reqId: line.reqId,
        symbol: line.instrument.symbol,
        delayed: line.delayed,
        dead: line.dead,
      })),
      liveBars: [...session.subscriptions.liveBars.keys()],
      updatingBars: [...session.subscriptions.updatingBars.keys()],
      history: [...session.subscriptions.history.keys()],
    })),
  };
}
