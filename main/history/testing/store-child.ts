import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { BarStore } from '../store/bar-store.ts';
import { realDisk } from '../store/disk.ts';
import { type Fault, faultDisk } from './fault-disk.ts';
import { doWork } from './store-work.ts';

const [dir, at, fault] = process.argv.slice(2) as [string, string, Fault | 'none'];
const disk = fault === 'none' ? realDisk : faultDisk(Number(at), fault);
const store = new BarStore(dir, systemClock, silentLog, disk);
store.open();
await doWork(store, (step) => process.stdout.write(`${step}\n`));
await store.close();
