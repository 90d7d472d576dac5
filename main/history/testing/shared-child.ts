import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { BarStore } from '../store/bar-store.ts';
import { type Fault, faultDisk } from './fault-disk.ts';
import { doSharedWork, OutsideWriter } from './outside-writer.ts';
import { workSeries } from './store-work.ts';

/** Shares a file with another program until the chosen operation kills both; tells what each of them has done. */
const [dir, at, fault] = process.argv.slice(2) as [string, string, Fault];
const tell = (what: string) => (nth: number) => process.stdout.write(`${what} ${nth}\n`);
const path = new BarStore(dir, systemClock, silentLog).path(workSeries);
const outside = new OutsideWriter(path, faultDisk(Number(at), fault), tell('outside'));
const store = new BarStore(dir, systemClock, silentLog, outside.disk);
store.open();
await doSharedWork(store, outside, tell('step'));
await store.close();
