import type { IbkrService } from '../../ibkr/ports.ts';
import type { Service } from '../service.ts';

/** The session counts as started once it seeks the gateway; whether it is there is another matter. */
export function ibkrService(ibkr: IbkrService, watchlist: () => readonly string[]): Service {
  return {
    name: 'ibkr',
    async start() {
      ibkr.watch(watchlist());
      await ibkr.start();
    },
    stop: () => ibkr.stop(),
  };
}
