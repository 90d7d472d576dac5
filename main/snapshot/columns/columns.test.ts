import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { Bars } from '../../../clients/node/bars.mjs';
import { type Bar, barSeconds, type Timeframe } from '../../../shared/bar.ts';
import { columnsOf } from '../../kit/bar-columns.ts';
import { inspectSegments } from '../inspect.ts';
import { linuxSegments } from '../os/linux.ts';
import { temporaryFolder, uniqueName } from '../proofs/harness.ts';
import { dayMs, firstDay, someBars } from '../proofs/test-bars.ts';
import { Columns } from './columns.ts';

const day = barSeconds('1d');

function make(initialBytes = 1 << 20, initialSeries = 8) {
  const folder = temporaryFolder();
  const os = linuxSegments({ folder });
  const name = uniqueName();
  const columns = new Columns({
    os,
    name: `${name}-bars`,
    pid: process.pid,
    startMs: Date.now(),
    generation: 1,
    initialBytes,
    initialSeries,
  });
  const reader = new Bars(`${name}-bars`, { folder });
  onTestFinished(() => {
    reader.close();
    columns.close();
  });
  const verified = () =>
    inspectSegments({ name, os }).columns?.series.every((series) => series.condition === 'good');
  return { columns, reader, verified };
}

function rowsOf(reader: Bars, symbol: string, timeframe: Timeframe = '1d'): Bar[] {
  return reader.history(symbol, timeframe).rows();
}

test.runIf(process.platform === 'linux')('what is written is what is read', () => {
  const { columns, reader, verified } = make();
  const bars = someBars(300);
  columns.replace('AAPL', day, bars, 1000);
  expect(rowsOf(reader, 'AAPL')).toEqual(bars);
  expect(reader.history('AAPL')).toMatchObject({ epoch: 2, lastUpdateMs: 1000 });
  expect(verified()).toBe(true);
});

test.runIf(process.platform === 'linux')(
  'a reader keeps its bars while others are only appended or the last one is revised',
  () => {
    const { columns, reader } = make();
    const bars = someBars(100);
    columns.replace('AAPL', day, bars.slice(0, 90), 1);
    const before = reader.history('AAPL');
    columns.put('AAPL', day, { ...(bars[89] as Bar), close: 7 }, 2);
    columns.put('AAPL', day, bars[90] as Bar, 3);
    const tail = reader.tail(before);
    expect(tail).toMatchObject({ rewritten: false, start: 89, count: 2 });
    expect(tail.rows()).toEqual([{ ...bars[89], close: 7 }, bars[90]]);
    expect(reader.tail(tail)).toMatchObject({ rewritten: false, start: 90, count: 1 });
  },
);

test.runIf(process.platform === 'linux')(
  'a changed earlier bar tells readers to start over',
  () => {
    const { columns, reader } = make();
    const bars = someBars(50);
    columns.replace('AAPL', day, bars, 1);
    const before = reader.history('AAPL');
    columns.merge('AAPL', day, [{ ...(bars[10] as Bar), close: 1 }], 2);
    const tail = reader.tail(before);
    expect(tail).toMatchObject({ rewritten: true, start: 0, count: 50, rewriteEpoch: 4 });
    expect(tail.close[10]).toBe(1);
  },
);

test.runIf(process.platform === 'linux')(
  'a full series moves and a full segment is succeeded',
  () => {
    const { columns, reader, verified } = make(1 << 16, 8);
    const old = reader.generation;
    for (let i = 0; i < 3000; i++) {
      const t = firstDay + i * 60_000;
      columns.put('AAPL', 60, { t, open: i, high: i, low: i, close: i, volume: i }, 1);
    }
    expect(columns.generation).toBeGreaterThan(old);
    expect(reader.history('AAPL', '1m').close[2999]).toBe(2999);
    expect(reader.generation).toBe(columns.generation);
    expect(verified()).toBe(true);
  },
);

test.runIf(process.platform === 'linux')(
  'the successor of a full segment has the heartbeat of its predecessor',
  () => {
    const { columns, reader } = make(1 << 16, 2);
    columns.replace('A', day, someBars(2), 1);
    columns.heartbeat(987_654_321);
    for (let i = 0; i < 5; i++) columns.replace(`T${i}`, day, someBars(2), 1);
    expect(columns.generation).toBeGreaterThan(1);
    expect(reader.writer()).toMatchObject({ state: 'live', heartbeatMs: 987_654_321 });
  },
);

test.runIf(process.platform === 'linux')(
  'a full directory is succeeded by one twice as large',
  () => {
    const { columns, reader, verified } = make(1 << 20, 2);
    for (let i = 0; i < 9; i++) columns.replace(`T${i}`, day, someBars(3, i + 10), 1);
    expect(reader.listTickers()).toEqual(Array.from({ length: 9 }, (_, i) => `T${i}`));
    expect(rowsOf(reader, 'T8')).toEqual(someBars(3, 18));
    expect(verified()).toBe(true);
  },
);

test.runIf(process.platform === 'linux')(
  'a symbol too long for the directory is refused by name',
  () => {
    const { columns } = make();
    expect(() => columns.replace('X'.repeat(33), day, someBars(1), 1)).toThrow(
      /longer than 32 bytes/,
    );
    columns.replace('Ä'.repeat(16), day, someBars(1), 1);
  },
);

test.runIf(process.platform === 'linux')(
  'after any sequence of writes readers find exactly the bars of a plain list',
  () => {
    const at = fc.integer({ min: 0, max: 60 });
    const step = fc.record({
      kind: fc.constantFrom('put', 'merge', 'mergeRows', 'replace'),
      symbol: fc.constantFrom('A', 'B'),
      from: at,
      length: fc.integer({ min: 1, max: 40 }),
      level: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { columns, reader, verified } = make(1 << 14, 2);
        const model = new Map<string, Map<number, Bar>>();
        for (const { kind, symbol, from, length, level } of steps) {
          const bars = someBars(from + length, level).slice(from);
          const known = kind === 'replace' ? new Map() : (model.get(symbol) ?? new Map());
          if (kind === 'put') columns.put(symbol, day, bars[0] as Bar, 1);
          else if (kind === 'mergeRows') columns.mergeRows(symbol, day, columnsOf(bars), 1);
          else columns[kind](symbol, day, bars, 1);
          for (const bar of kind === 'put' ? bars.slice(0, 1) : bars) known.set(bar.t, bar);
          model.set(symbol, known);
          const expected = [...known.values()].sort((a, b) => a.t - b.t);
          expect(rowsOf(reader, symbol)).toEqual(expected);
          expect(columns.read(symbol, day, 0)).toEqual(expected);
        }
        expect(verified() ?? true).toBe(true);
      }),
      { numRuns: 40 },
    );
    expect(dayMs).toBe(day * 1000);
  },
);

test.runIf(process.platform === 'linux')(
  'the rows of a file are written as its bars would be, also over bars that are there',
  () => {
    fc.assert(
      fc.property(fc.nat(9000), fc.nat(300), fc.nat(300), (count, there, from) => {
        const { columns, reader, verified } = make();
        const bars = someBars(count + 1);
        const earlier = someBars(there).map((bar) => ({ ...bar, close: 7 }));
        for (const [name, symbol] of ['rows', 'bars'].entries()) {
          if (earlier.length > 0) columns.merge(symbol, day, earlier, 1);
          const some = bars.slice(Math.min(from, count));
          if (name === 0) columns.mergeRows(symbol, day, columnsOf(some), 2);
          else columns.merge(symbol, day, some, 2);
        }
        expect(rowsOf(reader, 'rows')).toEqual(rowsOf(reader, 'bars'));
        expect(verified()).toBe(true);
      }),
      { numRuns: 25 },
    );
  },
);

test.runIf(process.platform === 'linux')('with room made for them, files cause no growth', () => {
  const { columns, reader } = make(1 << 16);
  const files = [1, 10, 3000, 9001].map((count) => columnsOf(someBars(count)));
  columns.makeRoom(
    files.length,
    files.reduce((sum, { length }) => sum + length, 0),
  );
  const { generation } = columns;
  expect(generation).toBe(2);
  const bytes = files.reduce((sum, { length }) => sum + length, 0) * 48;
  expect(columns.segment.plan.size).toBeLessThan(bytes * 1.5);
  for (const [nth, rows] of files.entries()) columns.mergeRows(`S${nth}`, day, rows, 1);
  expect(columns.generation).toBe(generation);
  columns.makeRoom(1, 1);
  expect(columns.generation).toBe(generation);
  expect(rowsOf(reader, 'S3')).toHaveLength(9001);
});
