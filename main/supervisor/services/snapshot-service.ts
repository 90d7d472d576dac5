import { randomHistory } from '../../lightweight/random-history.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import type { Service, ServiceReport } from '../service.ts';

/** Shared memory that cannot be had leaves the quotes working, so it degrades and does not fail. */
export function snapshotService(
  snapshot: Snapshot,
  report: ServiceReport,
  lightweight: boolean,
): Service {
  let forget = () => {};
  let seeded = false;
  return {
    name: 'snapshot',
    async start() {
      forget = snapshot.onStatus((status) => {
        if (status.phase === 'degraded') report.degraded(`${status.message} ${status.advice}`);
        else report.well();
      });
      await snapshot.start();
      if (lightweight && !seeded) snapshot.write(randomHistory(new Date()));
      seeded = true;
    },
    async stop() {
      forget();
      await snapshot.stop();
    },
  };
}
