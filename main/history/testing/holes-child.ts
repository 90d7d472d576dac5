import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { BarStore } from '../store/bar-store.ts';
import { workBar, workSeries } from './store-work.ts';

/** Fills one hole after the other, those of odd minutes, until it is killed; tells of each when it is acknowledged. */
const [dir, first] = process.argv.slice(2) as [string, string];
const store = new BarStore(dir, systemClock, silentLog);
store.open();
for (let hole = Number(first); ; hole++) {
  while (!(await store.merge(workSeries, [workBar(2 * hole + 1)])).ok);
  process.stdout.write(`filled ${hole}\n`);
}
