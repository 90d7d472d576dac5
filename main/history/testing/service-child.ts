import { type Clock, systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { createHistory } from '../service.ts';
import { deafSnapshot } from './deaf-snapshot.ts';
import { formulaSource } from './formula-source.ts';

/** Looks after a folder until it is killed; tells when a person's wish is confirmed and when all is whole. */
const [dir, start, wish] = process.argv.slice(2) as [string, string, string];
const ahead = Number(start) - Date.now();
const clock: Clock = { ...systemClock, now: () => Date.now() + ahead };
const service = createHistory(
  {
    dir,
    watchlist: [],
    clock,
    log: silentLog,
    caps: { '1m': 1, '5m': 1, '1h': 2 },
    batchSize: 100,
    tempo: { beatMs: 5 },
  },
  {
    source: formulaSource(clock),
    snapshot: deafSnapshot,
    lease: { reserved: () => false },
    publish: () => {},
  },
);
await service.start();
process.stdout.write('begun\n');
if (wish !== '') {
  const answer = await service.fetch('OLD', '1h');
  if (answer.ok) process.stdout.write('confirmed\n');
}
for (;;) {
  await new Promise((go) => setTimeout(go, 20));
  const { coverage, queue, lastScan } = service.view();
  const filled = coverage.every(({ state }) => state === 'whole' || state === 'old-gaps');
  if (lastScan && queue.length === 0 && filled) break;
}
await service.stop();
process.stdout.write('whole\n');
