import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../testing/fake-clock.ts';
import { barsOf } from '../../kit/bar-columns.ts';
import { silentLog } from '../../kit/log.ts';
import { diskFull } from '../testing/fault-disk.ts';
import { workBar, workBars, workSeries } from '../testing/store-work.ts';
import { tellingLog } from '../testing/telling-log.ts';
import { BarStore } from './bar-store.ts';
import { type Disk, realDisk } from './disk.ts';
import { formatBar, formatBars, header } from './format.ts';
import { describeReport } from './parse-file.ts';
import { privateFolder } from './private-folder.ts';

let dir: string;
let clock: FakeClock;
let store: BarStore;
let full: boolean;
/** Another program has the old file open. */
let outside: number;

const untilLetGo = 10_000;

/** Takes half a row of what is written to it while it is full. */
const disk: Disk = {
  ...realDisk,
  write(fd, bytes) {
    if (!full) return realDisk.write(fd, bytes);
    realDisk.write(fd, bytes.subarray(0, 20));
    throw diskFull();
  },
};

beforeEach(async () => {
  dir = fs.mkdtempSync(join(os.tmpdir(), 'salvage-'));
  clock = new FakeClock();
  full = false;
  store = new BarStore(dir, clock, silentLog, disk);
  store.open();
  await store.merge(workSeries, [workBar(0), workBar(2)]);
  outside = fs.openSync(path(), 'a');
  await store.merge(workSeries, [workBar(1)]);
});

afterEach(async () => {
  full = false;
  await store.close();
  fs.closeSync(outside);
  fs.rmSync(dir, { recursive: true });
});

const path = () => store.path(workSeries);
const inside = (name = '') => join(dir, privateFolder, name);
const leftovers = (ending: string) =>
  fs.readdirSync(inside()).filter((name) => name.endsWith(ending));
const kept = () => leftovers('.kept').map((name) => fs.readFileSync(inside(name), 'utf8'));

function read() {
  const loaded = store.read(workSeries);
  if (!loaded.ok) throw new Error(loaded.reason);
  expect(describeReport(loaded.report)).toEqual([]);
  return barsOf(loaded.columns);
}

/** Another process finds what this one left; this one can do nothing more. */
function afterKill(log = silentLog, over: Disk = disk): BarStore {
  const next = new BarStore(dir, clock, log, over);
  next.open();
  return next;
}

describe('rows that another program adds to the old file', () => {
  it('are carried over when a full disk has room again, and never by half', async () => {
    fs.writeSync(outside, formatBars(workBars(3, 6)));
    full = true;
    clock.advance(untilLetGo);
    expect(read()).toEqual(workBars(0, 3));
    full = false;
    clock.advance(30_000);
    expect(read()).toEqual(workBars(0, 6));
    expect(fs.readdirSync(inside())).toEqual([]);
  });

  it('are carried over by the next start when the disk stays full', async () => {
    fs.writeSync(outside, formatBars(workBars(3, 6)));
    full = true;
    await store.close();
    full = false;
    const next = afterKill();
    expect(read()).toEqual(workBars(0, 6));
    await next.close();
    expect(fs.readdirSync(inside())).toEqual([]);
  });

  it('wait while somebody is writing a row into the file', async () => {
    fs.writeSync(outside, formatBar(workBar(4)));
    const row = formatBar(workBar(3));
    fs.appendFileSync(path(), row.slice(0, 30));
    clock.advance(untilLetGo);
    fs.appendFileSync(path(), row.slice(30));
    clock.advance(30_000);
    expect(read()).toEqual(workBars(0, 5));
  });

  it('correct what stands in the file, unless a fetched bar stands there', async () => {
    fs.writeSync(outside, formatBars([workBar(1, 8), workBar(2, 8), workBar(3, 8)]));
    await store.merge(workSeries, [workBar(3, 70)]);
    clock.advance(300);
    await store.merge(workSeries, [workBar(4)]);
    await store.merge(workSeries, [workBar(-1)]);
    expect(read()).toEqual([
      workBar(-1),
      workBar(0),
      workBar(1),
      workBar(2, 8),
      workBar(3, 70),
      workBar(4),
    ]);
  });

  it('are brought into the form of the new file', async () => {
    await store.close();
    fs.closeSync(outside);
    fs.writeFileSync(path(), 'time,close,open,high,low,volume\r\n2026-01-05 14:30,1,2,3,1,9\r\n');
    outside = fs.openSync(path(), 'a');
    expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({ reason: 'unstable' });
    clock.advance(2000);
    expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({ how: 'rewritten' });
    fs.writeSync(outside, '2026-01-05T14:32:00Z,1,2,3,1,9\r\n');
    clock.advance(300);
    expect(read().map(({ open, close }) => [open, close])).toEqual([
      [2, 1],
      [100.01, 100.01],
      [2, 1],
    ]);
  });

  it('are kept aside where they are no rows or have no end', () => {
    fs.writeSync(outside, `what is this\n${formatBar(workBar(3))}2026-01-05 14:3`);
    clock.advance(untilLetGo);
    expect(read()).toEqual(workBars(0, 4));
    expect(kept()).toEqual([expect.stringMatching(/what is this\n.*\n2026-01-05 14:3$/)]);
    expect(leftovers('.old')).toEqual([]);
  });

  it('do not bring back a file that a person removed, and are kept aside', () => {
    fs.writeSync(outside, formatBar(workBar(3)));
    fs.unlinkSync(path());
    clock.advance(untilLetGo);
    expect(fs.existsSync(path())).toBe(false);
    expect(kept()).toEqual([`${header}\n${formatBars([workBar(0), workBar(2), workBar(3)])}`]);
  });

  it('are not written into what is no file any more', async () => {
    fs.writeSync(outside, formatBar(workBar(3)));
    fs.unlinkSync(path());
    fs.mkdirSync(path());
    clock.advance(untilLetGo);
    fs.rmdirSync(path());
    await store.merge(workSeries, [workBar(0)]);
    clock.advance(30_000);
    expect(read()).toEqual([workBar(0), workBar(3)]);
  });
});

describe('after a kill', () => {
  it('rows that were carried over are not carried over again', async () => {
    fs.writeSync(outside, formatBar(workBar(3)));
    clock.advance(300);
    fs.writeSync(outside, formatBar(workBar(4)));
    await afterKill().close();
    expect(read()).toEqual(workBars(0, 5));
  });

  it('they do not undo what was corrected since', async () => {
    fs.writeSync(outside, formatBar(workBar(3, 9)));
    clock.advance(300);
    expect(await store.merge(workSeries, [workBar(3, 50)])).toMatchObject({ how: 'rewritten' });
    await afterKill().close();
    expect(read()).toEqual([...workBars(0, 3), workBar(3, 50)]);
  });

  it('nor when it came before the old file was marked', async () => {
    const unmarked = new BarStore(dir, clock, silentLog, {
      ...disk,
      rename(from, to) {
        if (to.endsWith('.old')) throw diskFull();
        disk.rename(from, to);
      },
    });
    const other = fs.openSync(path(), 'a');
    await unmarked.merge(workSeries, [workBar(-1)]);
    fs.writeSync(other, formatBar(workBar(3, 9)));
    fs.closeSync(other);
    clock.advance(300);
    await unmarked.merge(workSeries, [workBar(3, 50)]);
    await afterKill().close();
    expect(read()).toEqual([...workBars(-1, 3), workBar(3, 50)]);
  });

  it('a full disk does not keep the store from opening, and the rows come when there is room', async () => {
    fs.writeSync(outside, formatBars(workBars(3, 6)));
    full = true;
    const next = afterKill();
    expect(read()).toEqual(workBars(0, 3));
    full = false;
    clock.advance(untilLetGo);
    expect(read()).toEqual(workBars(0, 6));
    await next.close();
  });

  it('what resists does not hold up the rest, and is named', async () => {
    fs.writeSync(outside, formatBar(workBar(3)));
    fs.mkdirSync(inside('A_1m.csv.5.1.old'));
    fs.mkdirSync(inside('A_1m.csv.5.1.new'));
    const log = tellingLog();
    await afterKill(log).close();
    expect(read()).toEqual(workBars(0, 4));
    expect(log.told.filter((line) => line.includes('the next start tries again'))).toEqual([
      expect.stringContaining('A_1m.csv.5.1.new'),
      expect.stringContaining('A_1m.csv.5.1.old'),
    ]);
  });

  it('a private folder that cannot be read is named, and the store opens', async () => {
    await store.close();
    fs.rmSync(inside(), { recursive: true });
    fs.writeFileSync(inside(), '');
    const log = tellingLog();
    await afterKill(log).close();
    expect(log.told).toEqual([expect.stringContaining('the folder cannot be read')]);
    expect(await store.merge(workSeries, [workBar(3)])).toMatchObject({ how: 'appended' });
    fs.rmSync(inside());
  });

  it('a bar file that is gone is not brought back; its old file is kept aside', async () => {
    fs.unlinkSync(path());
    await afterKill().close();
    expect(fs.existsSync(path())).toBe(false);
    expect(kept()).toEqual([`${header}\n${formatBars([workBar(0), workBar(2)])}`]);
  });
});
