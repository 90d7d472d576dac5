import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../testing/fake-clock.ts';
import { barsOf } from '../../kit/bar-columns.ts';
import { silentLog } from '../../kit/log.ts';
import { workBar, workBars, workSeries } from '../testing/store-work.ts';
import { BarStore } from './bar-store.ts';
import { realDisk } from './disk.ts';
import { formatBar, formatBars, header } from './format.ts';
import { privateFolder } from './private-folder.ts';

let dir: string;
let clock: FakeClock;
let store: BarStore;

beforeEach(() => {
  dir = fs.mkdtempSync(join(os.tmpdir(), 'bar-store-'));
  clock = new FakeClock();
  store = new BarStore(dir, clock, silentLog);
  store.open();
});

afterEach(async () => {
  await store.close();
  fs.rmSync(dir, { recursive: true });
});

const path = () => store.path(workSeries);
const text = () => fs.readFileSync(path(), 'utf8');
const write = (content: string) => fs.writeFileSync(path(), content);

function read() {
  const loaded = store.read(workSeries);
  if (!loaded.ok) throw new Error(loaded.reason);
  return barsOf(loaded.columns);
}

function kept(): string[] {
  const folder = join(dir, privateFolder);
  return fs.existsSync(folder)
    ? fs.readdirSync(folder).filter((name) => name.endsWith('.kept'))
    : [];
}

describe('merging bars into a file', () => {
  it('makes the file in the form that other programs know', async () => {
    expect(await store.merge(workSeries, [workBar(1), workBar(0)])).toMatchObject({
      how: 'created',
      added: 2,
    });
    expect(text()).toBe(
      `${header}\n2026-01-05 14:30:00+00:00,100,101,99,100,1000\n2026-01-05 14:31:00+00:00,100.01,101.01,99.01,100.01,1001\n`,
    );
  });

  it('adds newer bars at the end without touching what is there', async () => {
    await store.merge(workSeries, workBars(0, 3));
    const { ino } = fs.statSync(path());
    expect(await store.merge(workSeries, workBars(2, 5))).toMatchObject({
      how: 'appended',
      added: 2,
    });
    expect(fs.statSync(path()).ino).toBe(ino);
    expect(read()).toEqual(workBars(0, 5));
  });

  it('writes nothing when everything is there', async () => {
    await store.merge(workSeries, workBars(0, 3));
    const { mtimeNs } = fs.statSync(path(), { bigint: true });
    expect(await store.merge(workSeries, workBars(1, 2))).toMatchObject({ how: 'nothing' });
    expect(fs.statSync(path(), { bigint: true }).mtimeNs).toBe(mtimeNs);
  });

  it('puts bars into holes and lets the fetched bar win', async () => {
    await store.merge(workSeries, [...workBars(0, 3), ...workBars(6, 9)]);
    const result = await store.merge(workSeries, [...workBars(3, 6), workBar(1, 42)]);
    expect(result).toMatchObject({ how: 'rewritten', added: 3, changed: 1 });
    expect(read()).toEqual([workBar(0), workBar(1, 42), ...workBars(2, 9)]);
    expect(kept()).toEqual([]);
  });

  it.each([
    ['a byte order mark', `\ufeff${header}\n`],
    ['a carriage return', `${header}\r\n`],
  ])('puts bars before all others behind a header with %s', async (_, head) => {
    write(head + formatBars(workBars(1, 4)));
    const result = await store.merge(workSeries, [workBar(0), workBar(1, 42)]);
    expect(result).toMatchObject({ how: 'rewritten', added: 1, changed: 1 });
    expect(text()).toBe(head + formatBars([workBar(0), workBar(1, 42), ...workBars(2, 4)]));
  });

  it('keeps the rights of the file and follows a link to it', async () => {
    const real = join(dir, 'elsewhere.txt');
    fs.writeFileSync(real, `${header}\n${formatBars([workBar(0), workBar(2)])}`, { mode: 0o640 });
    fs.symlinkSync(real, path());
    expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({ how: 'rewritten' });
    expect(fs.lstatSync(path()).isSymbolicLink()).toBe(true);
    expect(fs.statSync(real).mode & 0o777).toBe(0o640);
    expect(read()).toEqual(workBars(0, 3));
  });

  it('brings a zone-less file into the usual form, without keeping a copy', async () => {
    write(`${header}\n2026-01-05 14:30:00,100,101,99,100,1000\n`);
    expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({
      how: 'rewritten',
      added: 1,
    });
    expect(text().split('\n')[1]).toContain('+00:00,');
    expect(read()).toEqual(workBars(0, 2));
    expect(kept()).toEqual([]);
  });

  it('keeps the old file where a rewrite would lose something', async () => {
    const before = `${header}\n${formatBar(workBar(0))}what is this\n${formatBar(workBar(2))}`;
    write(before);
    expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({ how: 'rewritten' });
    expect(read()).toEqual(workBars(0, 3));
    expect(kept()).toHaveLength(1);
    expect(fs.readFileSync(join(dir, privateFolder, kept()[0] as string), 'utf8')).toBe(before);
  });

  it('replaces a whole file on demand and keeps the old one', async () => {
    await store.merge(workSeries, workBars(0, 9));
    await store.replace(workSeries, [workBar(1, 7)]);
    expect(read()).toEqual([workBar(1, 7)]);
    expect(kept()).toHaveLength(1);
  });

  it('does one thing at a time with a file', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, nth) =>
        store.merge(workSeries, [workBar((nth * 7) % 30), workBar((nth * 11) % 30)]),
      ),
    );
    expect(read()).toEqual(workBars(0, 30));
  });

  it.each([
    ['a directory', () => fs.mkdirSync(path()), 'WORK_1m.csv: it is a directory'],
    [
      'a header that lacks columns',
      () => write('timestamp,open,high,low\n'),
      'WORK_1m.csv: its header lacks close, volume',
    ],
  ])('leaves %s alone and says so', async (_, make, message) => {
    make();
    expect(await store.merge(workSeries, [workBar(0)])).toEqual({
      ok: false,
      reason: 'unusable',
      message,
    });
  });
});

describe('a file another program is at', () => {
  it('is left alone while it is empty or shrinking, until it has kept still', async () => {
    await store.merge(workSeries, workBars(0, 9));
    write('');
    expect(await store.merge(workSeries, [workBar(9)])).toMatchObject({ reason: 'unstable' });
    clock.advance(1000);
    write(`${header}\n${formatBars(workBars(0, 2))}`);
    expect(await store.merge(workSeries, [workBar(9)])).toMatchObject({ reason: 'unstable' });
    clock.advance(2000);
    expect(await store.merge(workSeries, [workBar(2)])).toMatchObject({ how: 'appended' });
    expect(read()).toEqual(workBars(0, 3));
  });

  it('has its torn last row cut only after it has kept still, and the cut bytes are kept', async () => {
    write(`${header}\n${formatBar(workBar(0))}2026-01-05 14:31:00+00:00,100.0`);
    expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({ reason: 'unstable' });
    clock.advance(2000);
    expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({ how: 'appended' });
    expect(read()).toEqual(workBars(0, 2));
    expect(fs.readFileSync(join(dir, privateFolder, 'torn.log'), 'utf8')).toContain(
      '2026-01-05 14:31:00+00:00,100.0',
    );
  });

  it.each([
    ['of another encoding', Buffer.from(`\ufeff${header}\n${formatBar(workBar(0))}`, 'utf16le')],
    ['of something else', Buffer.from('from,to\n1,2\n3')],
    ['without any line', Buffer.from('timest')],
  ])('is left to the last byte when it is one %s', async (_, content) => {
    fs.writeFileSync(path(), content);
    expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({ reason: 'unstable' });
    clock.advance(2000);
    expect(await store.merge(workSeries, [workBar(1)])).toMatchObject({ reason: 'unusable' });
    expect(fs.readFileSync(path())).toEqual(content);
    expect(await store.replace(workSeries, [workBar(1)])).toMatchObject({ how: 'rewritten' });
    expect(fs.readFileSync(join(dir, privateFolder, kept()[0] as string))).toEqual(content);
  });

  it('loses no row that it writes into the old file after the new one took its name', async () => {
    await store.merge(workSeries, [workBar(0), workBar(2)]);
    const outside = fs.openSync(path(), 'a');
    await store.merge(workSeries, [workBar(1)]);
    fs.writeSync(outside, formatBar(workBar(3)));
    clock.advance(300);
    expect(read()).toEqual(workBars(0, 4));
    fs.writeSync(outside, formatBar(workBar(4)));
    fs.closeSync(outside);
    await store.close();
    expect(read()).toEqual(workBars(0, 5));
    expect(fs.readdirSync(join(dir, privateFolder))).toEqual([]);
  });

  it('gets back after a crash what was written into the old file', async () => {
    await store.merge(workSeries, [workBar(0), workBar(2)]);
    const outside = fs.openSync(path(), 'a');
    const crashed = new BarStore(dir, new FakeClock(), silentLog, { ...realDisk });
    await crashed.merge(workSeries, [workBar(1)]);
    fs.writeSync(outside, formatBar(workBar(3)));
    fs.closeSync(outside);
    const next = new BarStore(dir, clock, silentLog);
    next.open();
    expect(read()).toEqual(workBars(0, 4));
  });
});
