import { nyse } from '../../calendar/nyse.ts';
import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { ExpectedBook } from '../scan/expected-book.ts';
import { ScanIndex } from '../scan/scan-index.ts';
import { Scanner } from '../scan/scanner.ts';
import { BarStore } from '../store/bar-store.ts';
import { loadFiles } from '../store/loader.ts';
import { roughlyRows } from '../store/sizes.ts';
import { anyTimes } from '../store/time-rules.ts';
import { workBar, workSeries } from './store-work.ts';

/** Goes to the one bar file of a folder by every way there is, and tells what each of them says. */
const [dir] = process.argv.slice(2) as [string];
const tell = (way: string, said: unknown) =>
  process.stdout.write(`${JSON.stringify([way, said])}\n`);
const store = new BarStore(dir, systemClock, silentLog);
store.open();
const path = store.path(workSeries);
const reason = (result: { ok: boolean; reason?: string }) => result.reason ?? 'ok';
tell('read', reason(store.read(workSeries)));
tell('rows', roughlyRows([path]));
for (const aside of [false, true]) {
  for await (const [, loaded] of loadFiles([{ path, rules: anyTimes }], {
    threads: 1,
    aside,
    keep: 'one',
  })) {
    tell(aside ? 'load aside' : 'load', reason(loaded));
  }
}
const scanner = new Scanner(new ExpectedBook(), store.stability, new ScanIndex(undefined));
const scan = scanner.scan({ ...workSeries, path }, nyse, 'regular', systemClock.now());
tell('scan', scan.state === 'unusable' ? scan.reason : scan.state);
const merged = await store.merge(workSeries, [workBar(0)]);
// The file is called by the name a link leads to.
tell('merge', merged.ok ? merged.how : `${merged.reason}: ${merged.message.split(': ')[1]}`);
await store.close();
