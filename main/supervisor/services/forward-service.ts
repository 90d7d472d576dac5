import { createForward, type Forward, type ForwardOptions } from '../../forward/forward.ts';
import type { ForwardPorts } from '../../forward/ports.ts';
import type { Service } from '../service.ts';

export interface ForwardService extends Service {
  readonly address: { readonly host: string; readonly port: number };
  /** Null while it is stopped. */
  readonly forward: Forward | null;
}

export function forwardService(options: ForwardOptions, ports: ForwardPorts): ForwardService {
  let forward: Forward | null = null;
  let { host, port } = options;
  return {
    name: 'forward',
    get address() {
      return { host, port };
    },
    get forward() {
      return forward;
    },
    async start() {
      const starting = createForward({ ...options, host, port }, ports);
      ({ host, port } = await starting.start());
      forward = starting;
    },
    async stop() {
      const stopping = forward;
      forward = null;
      await stopping?.stop();
    },
  };
}
