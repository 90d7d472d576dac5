import type { RandomHistory } from '../../lightweight/random-history.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import type { Service, ServiceReport } from '../service.ts';

/** Shared memory that cannot be had leaves the quotes working, so it degrades and does not fail. */
export function snapshotService(
  snapshot: Snapshot,
  report: ServiceReport,
  lightweight: readonly RandomHistory[] | null,
): Service {
  let forget = () => {};
  return {
    name: 'snapshot',
    async start() {
      forget = snapshot.onStatus((status) => {
        if (status.phase === 'degraded') report.degraded(`${status.message} ${status.advice}`);
        else report.well();
      });
      await snapshot.start();
      // A restart shows the same quotes again: new ones would be a jump that no market made.
      if (lightweight) snapshot.write(lightweight);
    },
    async stop() {
      forget();
      await snapshot.stop();
    },
  };
}
