import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bar } from '../../../shared/bar.ts';
import { lse } from '../../calendar/lse.ts';
import { nyse } from '../../calendar/nyse.ts';
import { columnsOf } from '../../kit/bar-columns.ts';
import { formatBars, formatFile, header } from '../store/format.ts';
import { quietMs, Stability } from '../store/stability.ts';
import { ExpectedBook } from './expected-book.ts';
import { ScanIndex } from './scan-index.ts';
import { Scanner } from './scanner.ts';

const from = Date.UTC(2026, 10, 16);
const until = Date.UTC(2026, 10, 21);
const book = new ExpectedBook();
const times = [...book.within(nyse, '5m', 'regular', from, until)];
const bars = times.map((t): Bar => ({ t, open: 1, high: 2, low: 1, close: 1.5, volume: 9 }));

let dir: string;
let file: { symbol: string; timeframe: '5m'; path: string };
let index: ScanIndex;
let scanner: Scanner;

beforeEach(() => {
  dir = fs.mkdtempSync(join(os.tmpdir(), 'scan-'));
  file = { symbol: 'AAPL', timeframe: '5m', path: join(dir, 'AAPL_5m.csv') };
  index = new ScanIndex(undefined);
  scanner = new Scanner(book, new Stability(), index);
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

const put = (some: readonly Bar[]) => fs.writeFileSync(file.path, formatFile(columnsOf(some)));
const scan = (now = until, calendar = nyse) => scanner.scan(file, calendar, 'regular', now);

function found(now = until, calendar = nyse) {
  const result = scan(now, calendar);
  if (result.state !== 'scanned') throw new Error(result.state);
  const { how, entry } = result;
  return { how, holes: entry.holes, rows: entry.rows, notes: entry.notes, outside: entry.outside };
}

describe('scanning a file', () => {
  it('reads it once and afterwards only looks whether it is the same', () => {
    put(bars.filter((_, nth) => nth < 10 || nth > 12));
    const hole = { from: times[10], to: times[12], count: 3 };
    expect(found()).toMatchObject({ how: 'read', holes: [hole], rows: bars.length - 3 });
    expect(found()).toMatchObject({ how: 'index', holes: [hole] });
    const saved = JSON.parse(JSON.stringify(index.takeChanges()));
    scanner = new Scanner(book, new Stability(), new ScanIndex(saved));
    expect(found()).toMatchObject({ how: 'index', holes: [hole] });
  });

  it('reads only what was added at the end', () => {
    put(bars.slice(0, 50));
    found();
    fs.appendFileSync(file.path, formatBars(bars.slice(55, 80)));
    const hole = { from: times[50], to: times[54], count: 5 };
    expect(found()).toEqual({ how: 'added', holes: [hole], rows: 75, notes: [], outside: 0 });
  });

  it('reads all of it when it was changed otherwise, or another calendar holds', () => {
    put(bars.slice(0, 50));
    found();
    put(bars.slice(0, 70).filter((_, nth) => nth !== 30));
    expect(found()).toMatchObject({ how: 'read', rows: 69, holes: [{ count: 1 }] });
    expect(found(until, lse)).toMatchObject({ how: 'read' });
  });

  it('reads all of it when what was added is out of order', () => {
    put(bars.slice(0, 50).filter((_, nth) => nth !== 7));
    found();
    fs.appendFileSync(file.path, formatBars(bars.slice(7, 8)));
    expect(found()).toMatchObject({
      how: 'read',
      holes: [],
      rows: 50,
      notes: ['1 rows out of order'],
    });
  });

  it('takes a row that is no bar for missing, and tells', () => {
    put(bars);
    const text = fs.readFileSync(file.path, 'utf8').split('\n');
    text[5] = (text[5] as string).replace('1.5', 'nan');
    fs.writeFileSync(file.path, text.join('\n'));
    expect(found()).toMatchObject({
      holes: [{ from: times[4], count: 1 }],
      notes: ['1 line left out: a field that is no number'],
    });
  });

  it('counts bars from outside the sessions and leaves them alone', () => {
    put([
      ...bars.slice(0, 78),
      { ...(bars[0] as Bar), t: from + 23 * 3_600_000 },
      ...bars.slice(78),
    ]);
    expect(found()).toMatchObject({ holes: [], outside: 1 });
  });

  it('tells of a row from the future and finds the holes before now all the same', () => {
    const soon = Math.ceil(until / 300_000) * 300_000;
    put([...bars.slice(0, 50), { ...(bars[0] as Bar), t: Date.UTC(9999, 11, 31) }]);
    expect(found()).toMatchObject({
      holes: [],
      rows: 50,
      notes: ['1 line left out: a time that is still to come'],
    });
    put([...bars.slice(0, 50), { ...(bars[0] as Bar), t: soon }]);
    expect(found()).toMatchObject({ holes: [{ from: times[50] }], rows: 51, notes: [] });
  });

  it('judges nothing before the time from which hours are known', () => {
    const long = Date.UTC(1970, 0, 1);
    put([{ ...(bars[0] as Bar), t: long }, ...bars]);
    const { holes, outside, rows } = found();
    expect([outside, rows]).toEqual([0, bars.length + 1]);
    expect(new Date(holes[0]?.from as number).getUTCFullYear()).toBe(2004);
  });

  it('doubts a file that shrank while nobody looked', () => {
    put(bars);
    found();
    const saved = JSON.parse(JSON.stringify(index.takeChanges()));
    for (const lookFirst of [true, false]) {
      put(bars);
      const again = new ScanIndex(saved);
      scanner = new Scanner(book, new Stability(), again);
      if (lookFirst) scan();
      put(bars.slice(0, 40));
      expect(scan(until + 10)).toMatchObject({ state: 'unstable', entry: { rows: bars.length } });
      expect(found(until + 10 + quietMs)).toMatchObject({ how: 'read', rows: 40 });
    }
  });

  it('keeps what it knew while a file shrinks, is empty or torn, until that has lasted', () => {
    put(bars);
    const before = found();
    for (const content of ['', `${header}\n2026-11`]) {
      fs.writeFileSync(file.path, content);
      const result = scan();
      expect(result.state === 'unstable' && result.entry?.rows).toBe(before.rows);
    }
    put(bars.slice(0, 30));
    expect(scan(until + 10).state).toBe('unstable');
    expect(found(until + 10 + quietMs)).toMatchObject({ how: 'read', rows: 30 });
  });

  it.each([
    ['a directory', () => fs.mkdirSync(file.path), 'it is a directory'],
    ['nothing', () => {}, 'the file is gone'],
    ['a header alone', () => fs.writeFileSync(file.path, `${header}\n`), 'it holds no bar'],
    [
      'another header',
      () => fs.writeFileSync(file.path, 'a,b\n'),
      'its header lacks timestamp, open, high, low, close, volume',
    ],
  ])('says why it cannot use %s', (_, make, reason) => {
    make();
    expect(scan()).toEqual({ state: 'unusable', reason });
  });
});
