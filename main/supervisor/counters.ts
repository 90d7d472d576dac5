import type { Forward } from '../forward/forward.ts';
import type { Counters } from '../http/metrics.ts';
import type { NdjsonServer } from '../ndjson/server.ts';

/** What the servers have counted since they started. */
export function counters(ndjson: NdjsonServer | null, forward: Forward | null): Counters {
  const stats = ndjson?.stats();
  const flow = forward?.stats();
  return {
    ...(stats && {
      ndjson_connections_total: {
        help: 'Connections accepted by the NDJSON server.',
        value: stats.connectionsTotal,
      },
      ndjson_requests_total: { help: 'Requests answered.', value: stats.requests },
      ndjson_errors_total: { help: 'Requests answered with an error.', value: stats.errors },
      ndjson_refused_total: {
        help: 'Connections over the limit.',
        value: stats.refusedConnections,
      },
    }),
    ...(flow && {
      forward_connections: { help: 'Forwarded connections now.', value: flow.connections },
      forward_refused_total: { help: 'Connections turned away.', value: flow.refused },
      forward_to_gateway_bytes: { help: 'Bytes to the gateway.', value: flow.bytesToGateway },
      forward_from_gateway_bytes: { help: 'Bytes from the gateway.', value: flow.bytesFromGateway },
    }),
  };
}
