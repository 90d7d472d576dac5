import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { Bars } from '../../clients/node/bars.mjs';
import { Dictionary } from '../../clients/node/dictionary.mjs';
import type { Bar } from '../../shared/bar.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { columnsOf } from '../kit/bar-columns.ts';
import { silentLog } from '../kit/log.ts';
import { headerBytes } from './columns/layout.ts';
import { createSnapshot, describeSegments, inspectSegments, type LostSeries } from './index.ts';
import { type LinuxOptions, linuxSegments } from './os/linux.ts';
import { temporaryFolder, uniqueName } from './proofs/harness.ts';
import { dayMs, firstDay, history, someBars, uniformBars } from './proofs/test-bars.ts';

interface Setup extends LinuxOptions {
  readonly name?: string;
  readonly mirrorBars?: number;
  readonly dictionaryBytes?: number;
  readonly columnsBytes?: number;
}

function make(setup: Setup = {}) {
  const folder = setup.folder ?? temporaryFolder();
  const name = setup.name ?? uniqueName();
  const clock = new FakeClock(Date.now());
  const os = () => linuxSegments({ ...setup, folder });
  const snapshot = createSnapshot({
    clock,
    log: silentLog,
    pid: process.pid,
    shm: {
      name,
      mirrorBars: setup.mirrorBars ?? 100,
      columnsSeries: 16,
      dictionaryBytes: setup.dictionaryBytes ?? 1 << 16,
      columnsBytes: setup.columnsBytes ?? 1 << 16,
      os,
    },
    tradingDay: (_ticker, ms) => ({
      kind: 'open',
      t: Math.floor(ms / dayMs) * dayMs,
      closes: null,
      figuresFrom: Infinity,
    }),
  });
  const lost: LostSeries[] = [];
  snapshot.onLost((series) => lost.push(...series));
  onTestFinished(() => snapshot.stop());
  const file = (suffix = ''): string => path.join(folder, `${name}${suffix}`);
  return {
    snapshot,
    clock,
    folder,
    name,
    lost,
    file,
    write: (ticker: string, bars = someBars(20)) => snapshot.write([history(ticker, bars)]),
    bars: () => new Bars(`${name}-bars`, { folder }),
    dictionary: () => new Dictionary(name, { folder, budgetMs: 200 }),
    inspect: () => inspectSegments({ name, os: os(), now: () => clock.now() }),
  };
}

function overwrite(file: string, at: number, bytes: Buffer): void {
  const fd = fs.openSync(file, 'r+');
  fs.writeSync(fd, bytes, 0, bytes.length, at);
  fs.closeSync(fd);
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
}

function smallFileSystem(context: TestContext, size: string): string {
  const folder = temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
  if (mounted.status !== 0) context.skip('a small tmpfs cannot be mounted here');
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

describe.runIf(process.platform === 'linux')('segments', () => {
  test('both are there after the start and gone after the stop, with the lock', async () => {
    const { snapshot, folder, name, clock } = make();
    await snapshot.start();
    expect(fs.readdirSync(folder).sort()).toEqual(
      ['', '-bars', '-bars.keep', '.keep', '.lock'].map((suffix) => name + suffix).sort(),
    );
    expect(snapshot.names()).toEqual({
      dictionary: name,
      columnar: `${name}-bars`,
      generation: 1,
      layout: 'GHBARS01',
    });
    await snapshot.stop();
    expect(fs.readdirSync(folder)).toEqual([]);
    expect(clock.pending).toBe(0);
    expect(snapshot.names()).toBeNull();
  });

  test('only their owner may read them', async () => {
    const { snapshot, file } = make();
    await snapshot.start();
    expect(fs.statSync(file()).mode & 0o777).toBe(0o600);
    expect(fs.statSync(file('-bars')).mode & 0o777).toBe(0o600);
  });

  test('dictionary, columns, quotes and epoch agree after a batch', async () => {
    const { snapshot, write, bars, dictionary, clock } = make();
    await snapshot.start();
    write('AAPL');
    snapshot.tick('AAPL', 500, 9, firstDay + 19 * dayMs);
    clock.advance(100);
    const reader = bars();
    const columnar = reader.getStock('AAPL').at(-1);
    expect(dictionary().getStock('AAPL').df?.at(-1)).toEqual(columnar);
    expect(columnar).toMatchObject({ Close: 500, High: 500, Volume: 9 });
    expect(snapshot.quotes.get('AAPL')).toMatchObject({ price: 500, volume: 9 });
    expect(reader.epoch).toBe(snapshot.state.epoch);
    expect(reader.lastUpdateMs).toBe(snapshot.state.lastUpdateMs);
    reader.close();
  });

  test('the global epoch is odd in the segment while a batch is being written', async () => {
    const { snapshot, write, bars } = make();
    await snapshot.start();
    write('AAPL');
    const reader = bars();
    const seen: number[] = [];
    snapshot.quotes.onChange(() => seen.push(reader.epoch));
    write('AAPL', someBars(21));
    expect(seen).toEqual([3]);
    expect(reader.epoch).toBe(4);
    reader.close();
  });

  test('a second writer of the same name is refused and told who the first is', async () => {
    const first = make();
    await first.snapshot.start();
    const second = make({ folder: first.folder, name: first.name });
    await expect(second.snapshot.start()).rejects.toMatchObject({
      code: 'SHM_IN_USE',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    second.write('AAPL');
    expect(second.snapshot.quotes.get('AAPL')?.price).toBe(102.875);
    expect(second.snapshot.status()).toMatchObject({ phase: 'degraded', code: 'SHM_IN_USE' });
  });

  test('leftovers of any kind are replaced', async () => {
    const { snapshot, folder, name, file, inspect, write } = make();
    fs.writeFileSync(file(), 'not JSON at all');
    const hostile = Buffer.alloc(8192, 0xff);
    hostile.write('GHBARS01', 0, 'latin1');
    fs.writeFileSync(file('-bars'), hostile);
    fs.writeFileSync(file('-bars.keep'), 'x');
    fs.writeFileSync(path.join(folder, `.${name}.1.draft`), 'x');
    await snapshot.start();
    write('AAPL');
    expect(inspect().problems).toEqual([]);
    await snapshot.stop();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('a symbolic link with the name is replaced, not followed', async () => {
    const { snapshot, folder, file } = make();
    const target = path.join(folder, 'precious');
    fs.writeFileSync(target, 'precious');
    fs.symlinkSync(target, file());
    await snapshot.start();
    expect(fs.lstatSync(file()).isFile()).toBe(true);
    expect(fs.readFileSync(target, 'utf8')).toBe('precious');
  });

  test('a folder with the name is an error with a name', async () => {
    const { snapshot, file } = make();
    fs.mkdirSync(file('-bars'));
    await expect(snapshot.start()).rejects.toMatchObject({ code: 'SHM_FOREIGN' });
    expect(snapshot.names()).toBeNull();
  });

  test('readers of a dead writer’s columns are led to its successor', async () => {
    const dead = make();
    await dead.snapshot.start();
    dead.write('AAPL');
    const copies = new Map(
      ['', '-bars'].map((suffix) => [suffix, fs.readFileSync(dead.file(suffix))] as const),
    );
    await dead.snapshot.stop();
    for (const [suffix, bytes] of copies) fs.writeFileSync(dead.file(suffix), bytes);
    const reader = dead.bars();
    expect(reader.history('AAPL').count).toBe(20);

    const next = make({ folder: dead.folder, name: dead.name });
    await next.snapshot.start();
    next.write('AAPL', someBars(5));
    expect(reader.history('AAPL').count).toBe(5);
    expect(reader.generation).toBe(2);
    reader.close();
  });

  test('a name that was removed is back within a second, on the same memory', async () => {
    const { snapshot, clock, file, write, bars } = make();
    await snapshot.start();
    write('AAPL');
    const reader = bars();
    const before = fs.statSync(file('-bars')).ino;
    fs.rmSync(file());
    fs.rmSync(file('-bars'));
    clock.advance(999);
    expect(fs.statSync(file('-bars')).ino).toBe(before);
    write('AAPL', someBars(25));
    expect(reader.history('AAPL').count).toBe(25);
    expect(bars().history('AAPL').count).toBe(25);
    reader.close();
  });

  test('a name that somebody else took is taken back', async () => {
    const { snapshot, clock, file, write, dictionary } = make();
    await snapshot.start();
    write('AAPL');
    fs.rmSync(file());
    fs.writeFileSync(file(), 'mine now');
    clock.advance(999);
    expect(dictionary().listTickers()).toEqual(['AAPL']);
  });

  test('a name that cannot be had back degrades the service until it can', async () => {
    const { snapshot, clock, file, write, bars, inspect } = make();
    await snapshot.start();
    write('AAPL');
    const reader = bars();
    fs.rmSync(file('-bars'));
    fs.mkdirSync(file('-bars'));
    clock.advance(999);
    expect(snapshot.status()).toMatchObject({ phase: 'degraded', code: 'SHM_FOREIGN' });
    write('AAPL', someBars(21));
    expect(reader.history('AAPL').count).toBe(21);
    fs.rmdirSync(file('-bars'));
    clock.advance(999);
    write('AAPL', someBars(22));
    expect(snapshot.status().phase).toBe('live');
    expect(bars().history('AAPL').count).toBe(22);
    expect(inspect().problems).toEqual([]);
    reader.close();
  });

  test('when the kept link is gone too, a new generation carries everything over', async () => {
    const { snapshot, clock, folder, write, bars, dictionary, lost, inspect } = make();
    await snapshot.start();
    write('AAPL');
    const reader = bars();
    for (const entry of fs.readdirSync(folder)) fs.rmSync(path.join(folder, entry));
    clock.advance(999);
    expect(reader.history('AAPL').count).toBe(20);
    expect(reader.generation).toBe(2);
    expect(dictionary().getStock('AAPL').df).toHaveLength(20);
    write('AAPL', someBars(21));
    expect(reader.history('AAPL').count).toBe(21);
    expect(lost).toEqual([]);
    expect(inspect().problems).toEqual([]);
    reader.close();
  });

  test('segments that somebody cut are made anew, and what was lost is asked for', async () => {
    const { snapshot, file, write, bars, lost, inspect, dictionary } = make({
      columnsBytes: 1 << 18,
    });
    await snapshot.start();
    write('KEPT', someBars(10));
    write('LOST', someBars(2000));
    fs.truncateSync(file('-bars'), 16_384);
    fs.truncateSync(file(), 4096);
    write('OTHER', someBars(3));
    expect(lost).toEqual([{ ticker: 'LOST', timeframe: '1d' }]);
    const reader = bars();
    expect(reader.history('KEPT').rows()).toEqual(someBars(10));
    expect(codeOf(() => reader.history('LOST'))).toBe('SHM_DAMAGED');
    expect(dictionary().listTickers()).toEqual(['KEPT', 'LOST', 'OTHER']);
    write('LOST', someBars(2000));
    expect(reader.history('LOST').count).toBe(2000);
    expect(inspect().problems).toEqual([]);
    reader.close();
  });

  test('segments cut to nothing kill neither the heartbeat nor the stop', async () => {
    const { snapshot, clock, file, write, bars } = make();
    await snapshot.start();
    write('AAPL');
    for (const suffix of ['', '-bars']) fs.truncateSync(file(suffix), 0);
    clock.advance(1000);
    expect(codeOf(() => bars().history('AAPL'))).toBe('SHM_DAMAGED');
    for (const suffix of ['', '-bars']) fs.truncateSync(file(suffix), 0);
    await snapshot.stop();
  });

  test('a large dictionary changes less often, so that its readers find it at rest', async () => {
    const { snapshot, clock, write } = make({ dictionaryBytes: 4 << 20 });
    await snapshot.start();
    write('AAPL');
    const { epoch } = snapshot.state;
    for (let i = 0; i < 40; i++) {
      snapshot.tick('AAPL', 100 + i, undefined, firstDay + 19 * dayMs + i);
      clock.advance(100);
    }
    expect((snapshot.state.epoch - epoch) / 2).toBeLessThanOrEqual(11);
    expect((snapshot.state.epoch - epoch) / 2).toBeGreaterThanOrEqual(9);
  });

  test('what a stranger writes over header, directory or text is put right', async () => {
    const { snapshot, clock, file, write, bars, dictionary, inspect } = make();
    await snapshot.start();
    write('AAPL');
    overwrite(file('-bars'), 0, Buffer.alloc(headerBytes + 256, 0xee));
    overwrite(file(), 0, Buffer.alloc(4096, 0xee));
    expect(codeOf(bars)).toBe('SHM_FOREIGN');
    expect(codeOf(() => dictionary().listTickers())).toBe('SHM_DAMAGED');
    clock.advance(999);
    expect(bars().history('AAPL').count).toBe(20);
    expect(dictionary().getStock('AAPL').df).toHaveLength(20);
    expect(inspect().problems).toEqual([]);
  });

  test('bars a stranger has spoilt are refused by readers, found, and asked for again', async () => {
    const { snapshot, clock, file, write, bars, lost, inspect } = make();
    await snapshot.start();
    write('AAPL');
    const dataOff = inspect().columns?.series[0]?.dataOff ?? 0;
    overwrite(file('-bars'), dataOff + 8, Buffer.from([1, 2, 3]));
    const reader = bars();
    expect(codeOf(() => reader.history('AAPL'))).toBe('SHM_CHECKSUM');
    expect(inspect().problems).toMatchObject([{ code: 'SHM_CHECKSUM' }]);
    clock.advance(999);
    expect(lost).toEqual([{ ticker: 'AAPL', timeframe: '1d' }]);
    write('AAPL');
    expect(reader.history('AAPL').rows()).toEqual(someBars(20));
    expect(inspect().ok).toBe(true);
    reader.close();
  });

  test('no room at the start is an error with a name, and quotes work', async () => {
    const { snapshot, write, folder } = make({ allocate: () => 28 });
    await expect(snapshot.start()).rejects.toMatchObject({
      code: 'SHM_FULL',
      advice: expect.stringContaining('/dev/shm'),
    });
    expect(fs.readdirSync(folder)).toEqual([]);
    write('AAPL');
    expect(snapshot.quotes.size).toBe(1);
    expect(snapshot.state.epoch).toBe(2);
  });

  test('no room to grow leaves what is there readable, and writes again when there is room', async () => {
    let room = true;
    const full = make({ allocate: () => (room ? 0 : 28), columnsBytes: 1 << 15 });
    await full.snapshot.start();
    full.write('SMALL', someBars(10));
    room = false;
    full.write('LARGE', someBars(5000));
    expect(full.snapshot.status()).toMatchObject({ phase: 'degraded', code: 'SHM_FULL' });
    expect(full.snapshot.quotes.list()).toEqual(['SMALL', 'LARGE']);
    full.write('SMALL', someBars(11));
    const reader = full.bars();
    expect(reader.history('SMALL').count).toBe(11);
    expect(full.snapshot.status().phase).toBe('degraded');
    full.clock.advance(31_000);
    expect(full.lost).toContainEqual({ ticker: 'LARGE', timeframe: '1d' });
    room = true;
    full.write('LARGE', someBars(5000));
    expect(full.snapshot.status().phase).toBe('live');
    expect(reader.history('LARGE').count).toBe(5000);
    reader.close();
  });

  test('a file system that really is full does not kill the writer', async (context) => {
    const { snapshot, write, bars } = make({ folder: smallFileSystem(context, '1m') });
    await snapshot.start();
    write('SMALL');
    write('LARGE', uniformBars(50_000, 3));
    expect(snapshot.status()).toMatchObject({ phase: 'degraded', code: 'SHM_FULL' });
    expect(bars().history('SMALL').count).toBe(20);
    await snapshot.stop();
  });

  test('room that was made and taken by somebody else does not kill the writer', async (context) => {
    const folder = smallFileSystem(context, '8m');
    const { snapshot, write, bars } = make({ folder });
    await snapshot.start();
    snapshot.makeRoom(2, 80_000);
    write('SMALL');
    expect(fs.statfsSync(folder).bfree * 4096).toBeGreaterThan(5 << 20);
    const other = path.join(folder, 'other');
    fs.writeFileSync(other, Buffer.alloc(fs.statfsSync(folder).bfree * 4096 - (2 << 20)));
    const large = columnsOf(uniformBars(60_000, 3));
    snapshot.writeRows('LARGE', '1m', large);
    expect(snapshot.status()).toMatchObject({ phase: 'degraded', code: 'SHM_FULL' });
    const reader = bars();
    expect(reader.history('SMALL').count).toBe(20);
    fs.rmSync(other);
    snapshot.writeRows('LARGE', '1m', large);
    expect(snapshot.status().phase).toBe('live');
    expect(reader.history('LARGE', '1m').count).toBe(60_000);
    reader.close();
    await snapshot.stop();
  });

  test('a clean stop tells attached readers so', async () => {
    const { snapshot, write, bars, file } = make();
    await snapshot.start();
    write('AAPL');
    const reader = bars();
    const attached = fs.openSync(file(), 'r');
    await snapshot.stop();
    expect(codeOf(() => reader.history('AAPL'))).toBe('SHM_CLOSED');
    expect(fs.readFileSync(attached, 'latin1').replace(/\0+$/, '')).toBe('{}');
    fs.closeSync(attached);
  });

  test('segments that are started again ask for the bars they held before', async () => {
    const { snapshot, write, lost, bars } = make();
    await snapshot.start();
    write('AAPL');
    snapshot.writeBars('AAPL', '1m', someBars(2));
    await snapshot.stop();
    expect(lost).toEqual([]);
    await snapshot.start();
    expect(lost).toEqual([
      { ticker: 'AAPL', timeframe: '1d' },
      { ticker: 'AAPL', timeframe: '1m' },
    ]);
    const reader = bars();
    expect(reader.epoch).toBe(snapshot.state.epoch);
    write('AAPL');
    expect(reader.history('AAPL').count).toBe(20);
    expect(reader.epoch).toBe(snapshot.state.epoch);
    reader.close();
  });

  test('the inspector’s text names every series and says that all is well', async () => {
    const { snapshot, write, inspect } = make();
    await snapshot.start();
    write('AAPL');
    snapshot.writeBars('AAPL', '1m', someBars(3));
    const text = describeSegments(inspect());
    expect(text).toMatch(/AAPL +1d +20 /);
    expect(text).toMatch(/AAPL +1m +3 /);
    expect(text).toContain('Everything verified.');
    expect(text).toContain(`writer: process ${process.pid}, live`);
  });

  test('bars of other timeframes are appended and revised by their time', async () => {
    const { snapshot, bars } = make();
    await snapshot.start();
    const all = someBars(10);
    snapshot.writeBars('AAPL', '1m', all.slice(0, 6));
    const revised = { ...(all[5] as Bar), close: 1 };
    snapshot.writeBars('AAPL', '1m', [revised, ...all.slice(6)]);
    const reader = bars();
    expect(reader.history('AAPL', '1m').rows()).toEqual([
      ...all.slice(0, 5),
      revised,
      ...all.slice(6),
    ]);
    expect(codeOf(() => reader.history('AAPL', '1d'))).toBe('UNKNOWN_SERIES');
    reader.close();
  });

  test('bars are put in the place of others, and the day of ticks stays behind them', async () => {
    const { snapshot, bars, dictionary, write } = make();
    await snapshot.start();
    const all = someBars(10);
    snapshot.writeBars('AAPL', '1m', all);
    snapshot.replaceRows('AAPL', '1m', columnsOf([...all.slice(1, 4), ...all.slice(6, 8)]));
    const reader = bars();
    expect(reader.history('AAPL', '1m').rows()).toEqual([...all.slice(1, 4), ...all.slice(6, 8)]);
    write('AAPL', all);
    snapshot.replaceRows('AAPL', '1d', columnsOf(all.slice(2, 6)));
    const kept = [...all.slice(2, 6), all[9]];
    expect(reader.history('AAPL', '1d').rows()).toEqual(kept);
    expect(dictionary().getStock('AAPL').df).toHaveLength(kept.length);
    reader.close();
  });

  test('daily bars given by timeframe reach the dictionary and the quote as well', async () => {
    const { snapshot, write, dictionary } = make();
    await snapshot.start();
    write('AAPL', someBars(5));
    snapshot.writeBars('AAPL', '1d', someBars(8).slice(3));
    expect(dictionary().getStock('AAPL').df).toHaveLength(8);
    expect(snapshot.quotes.get('AAPL')?.price).toBe(someBars(8)[7]?.close);
  });
});
