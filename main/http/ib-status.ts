import type { ConnectionView } from '../../shared/connection.ts';

/** The body of `system/ib-status`, key for key as programs of the field already read it. */
export function ibStatus(connection: ConnectionView, now: number) {
  const connected = connection.phase === 'connected';
  const common = {
    client_id: connection.clientId,
    host: connection.host,
    port: connection.port,
  };
  return {
    status: 'ok' as const,
    ib_connection: {
      manager_thinks_connected: connected,
      actually_connected: connection.transportOpen,
      connection_mismatch: connected !== connection.transportOpen,
      ...common,
      last_connect_time: isoOffset(connection.lastConnectAt),
      last_disconnect_time: isoOffset(connection.lastDisconnectAt),
      connection_attempts: connection.attempts,
      failed_attempts: connection.failedAttempts,
      current_attempt: connection.currentAttempt,
      next_retry_time: isoOffset(connection.nextRetryAt),
      ib_details: connection.transportOpen
        ? { connection_verified: connection.verified, transport_open: true }
        : null,
    },
    metrics: {
      connected,
      ...common,
      total_attempts: connection.attempts,
      failed_attempts: connection.failedAttempts,
      current_attempt: connection.currentAttempt,
      last_connect_time: isoZulu(connection.lastConnectAt),
      last_disconnect_time: isoZulu(connection.lastDisconnectAt),
      next_retry_time: isoZulu(connection.nextRetryAt),
      uptime_seconds:
        connected && connection.connectedAt !== null ? (now - connection.connectedAt) / 1_000 : 0,
    },
  };
}

export function isoZulu(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

export function isoOffset(ms: number | null): string | null {
  return isoZulu(ms)?.replace('Z', '+00:00') ?? null;
}
