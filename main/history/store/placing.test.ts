import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../testing/fake-clock.ts';
import { barsOf } from '../../kit/bar-columns.ts';
import { diskFull } from '../testing/fault-disk.ts';
import { workBar, workBars, workSeries } from '../testing/store-work.ts';
import { tellingLog } from '../testing/telling-log.ts';
import { BarStore } from './bar-store.ts';
import { type Disk, realDisk } from './disk.ts';
import { formatBar, formatBars, header } from './format.ts';
import { privateFolder } from './private-folder.ts';

let dir: string;
let clock: FakeClock;

beforeEach(() => {
  dir = fs.mkdtempSync(join(os.tmpdir(), 'placing-'));
  clock = new FakeClock();
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

const path = () => join(dir, 'WORK_1m.csv');
const inside = () => fs.readdirSync(join(dir, privateFolder));

function open(disk: Partial<Disk> = {}, log = tellingLog()): BarStore {
  const store = new BarStore(dir, clock, log, { ...realDisk, ...disk });
  store.open();
  return store;
}

function read(store: BarStore) {
  const loaded = store.read(workSeries);
  if (!loaded.ok) throw new Error(loaded.reason);
  return barsOf(loaded.columns);
}

describe.each(['EPERM', 'ENOTSUP', 'ENOSYS'])('where links are refused with %s', (code) => {
  const link = () => {
    throw Object.assign(new Error('no links here'), { code });
  };

  it('files are made and rewritten all the same, and the weaker promise is told once', async () => {
    const log = tellingLog();
    const store = open({ link }, log);
    expect(await store.merge(workSeries, [workBar(0)])).toMatchObject({ how: 'created' });
    expect(await store.merge(workSeries, [workBar(2)])).toMatchObject({ how: 'appended' });
    expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({ how: 'rewritten' });
    expect(read(store)).toEqual(workBars(0, 3));
    await store.close();
    expect(inside()).toEqual([]);
    expect(log.told).toEqual([expect.stringContaining('there are no hard links here')]);
  });

  it('rows another program adds to the old file are carried over', async () => {
    const store = open({ link });
    await store.merge(workSeries, [workBar(0), workBar(2)]);
    const outside = fs.openSync(path(), 'a');
    await store.merge(workSeries, [workBar(1)]);
    fs.writeSync(outside, formatBar(workBar(3)));
    clock.advance(300);
    expect(read(store)).toEqual(workBars(0, 4));
    fs.writeSync(outside, formatBar(workBar(4)));
    fs.unlinkSync(path());
    fs.closeSync(outside);
    await store.close();
    expect(fs.readFileSync(join(dir, privateFolder, inside()[0] as string), 'utf8')).toBe(
      `${header}\n${formatBars([workBar(0), ...workBars(2, 5)])}`,
    );
  });

  it('the old file is kept where a rewrite would lose something', async () => {
    const text = `${header}\n${formatBar(workBar(0))}what is this\n${formatBar(workBar(2))}`;
    fs.writeFileSync(path(), text);
    const store = open({ link });
    expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({ how: 'rewritten' });
    await store.close();
    expect(inside()).toEqual([expect.stringMatching(/\.kept$/)]);
    expect(fs.readFileSync(join(dir, privateFolder, inside()[0] as string), 'utf8')).toBe(text);
  });

  it('a file that another program makes at the same moment is not written over', async () => {
    let made = false;
    const store = open({
      link,
      open(name, flags, mode) {
        if (name === path() && flags === 'wx' && !made) {
          made = true;
          fs.writeFileSync(name, `${header}\n${formatBar(workBar(0))}`);
        }
        return realDisk.open(name, flags, mode);
      },
    });
    expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({ how: 'appended' });
    expect(read(store)).toEqual(workBars(0, 2));
    await store.close();
  });

  it('a row that another program adds while the file is being made is there afterwards', async () => {
    let added = false;
    const store = open({
      link,
      rename(from, to) {
        if (to === path() && !added) {
          added = true;
          fs.appendFileSync(to, formatBar(workBar(1)));
        }
        realDisk.rename(from, to);
      },
    });
    expect(await store.merge(workSeries, [workBar(0)])).toMatchObject({ how: 'created' });
    expect(read(store)).toEqual(workBars(0, 2));
    await store.close();
  });

  it('a file that could not be made leaves nothing behind', async () => {
    const rename = () => {
      throw diskFull();
    };
    const store = open({ link, rename });
    expect(await store.merge(workSeries, [workBar(0)])).toMatchObject({ reason: 'disk' });
    await store.close();
    expect(fs.existsSync(path())).toBe(false);
    expect(inside()).toEqual([]);
  });
});

it('does not write over a file that changed while somebody kept it from being replaced', async () => {
  let refusals = 0;
  const store = open({
    rename(from, to) {
      if (to === path() && refusals++ === 0) {
        fs.appendFileSync(to, formatBar(workBar(3)));
        queueMicrotask(() => clock.advance(50));
        throw Object.assign(new Error('somebody has it open'), { code: 'EBUSY' });
      }
      realDisk.rename(from, to);
    },
  });
  await store.merge(workSeries, [workBar(0), workBar(2)]);
  expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({ how: 'rewritten', added: 1 });
  expect(read(store)).toEqual(workBars(0, 4));
  await store.close();
});

it('does not bring back a file that is removed just before a row is added', async () => {
  let removed = false;
  const store = open({
    open(name, flags, mode) {
      if (removed === false && (flags === 'a' || flags === 'add')) {
        removed = true;
        fs.unlinkSync(name);
      }
      return realDisk.open(name, flags, mode);
    },
  });
  await store.merge(workSeries, [workBar(0)]);
  expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({ how: 'created' });
  expect(read(store)).toEqual([workBar(1)]);
  await store.close();
});
