import { health } from '../../shared/health.ts';
import type { State } from '../../shared/state.ts';

/** How things are, for a program that asks over NDJSON. */
export function statusOf(state: State, now: number): object {
  const { connection, reservation, snapshot } = state;
  const { level, headline } = health(state, now);
  return {
    health: level,
    headline,
    connection: {
      state: connection.phase,
      reason: connection.reason,
      connected: connection.open,
      sentence: connection.sentence,
      host: connection.host,
      port: connection.port,
      client_id: connection.clientId,
      server_version: connection.serverVersion,
      next_retry_ms: connection.nextRetryAt,
      market_data: connection.marketData.serving,
    },
    farms: connection.farms.map(({ name, kind, state: farm }) => ({ name, kind, state: farm })),
    reserved: reservation.state !== 'free',
    snapshot: { epoch: snapshot.epoch, last_update_ms: snapshot.lastUpdateMs },
  };
}
