import type { ForwardView } from '../../../shared/state.ts';
import { createForward, type Forward, type ForwardOptions } from '../../forward/forward.ts';
import type { ForwardPorts } from '../../forward/ports.ts';
import { every } from '../../kit/clock.ts';
import type { Service } from '../service.ts';
import type { Slice } from '../store.ts';

export interface ForwardService extends Service {
  readonly address: { readonly host: string; readonly port: number };
  /** Null while it is stopped. */
  readonly forward: Forward | null;
}

const sampleMs = 500;

export function forwardService(
  options: ForwardOptions,
  ports: ForwardPorts,
  slice: Slice<ForwardView | null>,
): ForwardService {
  let forward: Forward | null = null;
  let stopSampling = () => {};
  const sample = (running: Forward) => {
    const { connections, refused, cut, bytesToGateway, bytesFromGateway } = running.stats();
    const { policy, target } = options;
    const counts = { connections, refused, cut, bytesToGateway, bytesFromGateway };
    const view = { host, port, policy, target, ...counts };
    if (JSON.stringify(view) !== JSON.stringify(slice.get())) slice.set(view);
  };
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
      sample(starting);
      stopSampling = every(options.clock, sampleMs, () => sample(starting));
    },
    async stop() {
      const stopping = forward;
      forward = null;
      stopSampling();
      slice.set(null, 'urgent');
      await stopping?.stop();
    },
  };
}
