import type { NdjsonPorts } from '../../ndjson/ports.ts';
import { createNdjsonServer, type NdjsonOptions, type NdjsonServer } from '../../ndjson/server.ts';
import type { Reservation } from '../../reservation/reservation.ts';
import type { Service } from '../service.ts';

export interface NdjsonService extends Service {
  readonly address: { readonly host: string; readonly port: number };
  /** Null while it is stopped. */
  readonly server: NdjsonServer | null;
}

/** The reservation stands before the first program can ask for it, and outlasts the last. */
export function ndjsonService(
  options: NdjsonOptions,
  ports: NdjsonPorts,
  reservation: Reservation,
  clientsChanged: (server: NdjsonServer | null) => void,
): NdjsonService {
  let server: NdjsonServer | null = null;
  // A free port, once found, stays ours over restarts: programs have been told it.
  let { host, port } = options;
  return {
    name: 'ndjson',
    get address() {
      return { host, port };
    },
    get server() {
      return server;
    },
    async start() {
      await reservation.start();
      const starting = createNdjsonServer({ ...options, host, port }, ports);
      ({ host, port } = await starting.start());
      server = starting;
      starting.onClients(() => clientsChanged(starting));
    },
    async stop() {
      const stopping = server;
      server = null;
      await stopping?.stop();
      await reservation.stop();
      clientsChanged(null);
    },
  };
}
