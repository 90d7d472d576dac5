import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Bar } from '../../../shared/bar.ts';
import { linuxSegments } from '../os/linux.ts';
import type { SegmentOs } from '../os/segment-os.ts';
import { temporaryFolder } from '../proofs/harness.ts';
import { dayMs, firstDay, history, someBars } from '../proofs/test-bars.ts';
import { Dictionary } from './dictionary.ts';

interface Entry {
  readonly header: { readonly epoch: number; readonly last_update_ms: number };
  readonly data: { readonly df: readonly Record<string, unknown>[] | null };
}

const pid = 4711;

function make(
  options: { mirrorBars?: number; initialBytes?: number; onStore?: (text: string) => void } = {},
) {
  const folder = temporaryFolder();
  const real = linuxSegments({ folder });
  const text = (): string => {
    const bytes = fs.readFileSync(path.join(folder, 'dict'));
    return bytes.toString('latin1').replace(/\0+$/, '');
  };
  const os: SegmentOs = {
    ...real,
    copy(to, from, bytes) {
      real.copy(to, from, bytes);
      if (fs.existsSync(path.join(folder, 'dict'))) options.onStore?.(text());
    },
  };
  const dictionary = new Dictionary({
    os,
    name: 'dict',
    pid,
    mirrorBars: options.mirrorBars ?? 1000,
    initialBytes: options.initialBytes ?? 1 << 16,
  });
  onTestFinished(() => dictionary.close());
  return { dictionary, folder, text, read: () => JSON.parse(text()) as Record<string, Entry> };
}

function rowOf(bar: Bar): Record<string, unknown> {
  return {
    Date: new Date(bar.t).toISOString().slice(0, 10),
    Open: bar.open,
    High: bar.high,
    Low: bar.low,
    Close: bar.close,
    Volume: bar.volume,
  };
}

test.runIf(process.platform === 'linux')('an entry has the published shape, keys in order', () => {
  const { dictionary, text } = make();
  dictionary.put(history('AAPL', someBars(1)), 0, 1234);
  expect(JSON.stringify(JSON.parse(text()))).toBe(
    '{"AAPL":{"header":{"version":1,"epoch":2,"last_update_ms":1234,"writer_pid":4711},' +
      '"data":{"ticker":"AAPL","start_date":"2020-01-01","cur_date":"2026-01-05",' +
      '"end_date":"2026-01-05","period":"1 D","df":[{"Date":"2020-01-01","Open":100,"High":101,' +
      '"Low":99,"Close":100.5,"Volume":1000}]}}}',
  );
});

test.runIf(process.platform === 'linux')('an empty dictionary is an empty object', () => {
  expect(make().read()).toEqual({});
});

test.runIf(process.platform === 'linux')('the text ends in NUL and is pure ASCII', () => {
  const { dictionary, folder, read } = make();
  dictionary.put(history('ÄRZTE "AG"\n', null), 0, 1);
  const bytes = fs.readFileSync(path.join(folder, 'dict'));
  expect(bytes.at(-1)).toBe(0);
  expect(bytes.every((byte) => byte < 128)).toBe(true);
  expect(read()['ÄRZTE "AG"\n']?.data.df).toBeNull();
});

test.runIf(process.platform === 'linux')('only the newest bars are mirrored', () => {
  const { dictionary, read } = make({ mirrorBars: 3 });
  const bars = someBars(12);
  dictionary.put(history('A', bars.slice(0, 10)), 0, 1);
  expect(read()['A']?.data.df).toEqual(bars.slice(7, 10).map(rowOf));
  dictionary.putBar('A', bars[10] as Bar, 2);
  dictionary.put(history('A', bars), 11, 3);
  expect(read()['A']?.data.df).toEqual(bars.slice(9).map(rowOf));
});

test.runIf(process.platform === 'linux')('it grows by a power of two and keeps every entry', () => {
  const { dictionary, read } = make({ initialBytes: 1 << 14 });
  for (let i = 0; i < 40; i++) dictionary.put(history(`T${i}`, someBars(20, i + 5)), 0, 1);
  expect(Math.log2(dictionary.segment.size) % 1).toBe(0);
  expect(dictionary.segment.size).toBeGreaterThan(1 << 14);
  for (let i = 0; i < 40; i++)
    expect(read()[`T${i}`]?.data.df).toEqual(someBars(20, i + 5).map(rowOf));
});

test.runIf(process.platform === 'linux')(
  'a replaced segment says after a minute that it is empty',
  () => {
    const { dictionary, folder } = make({ initialBytes: 1 << 14 });
    dictionary.put(history('A', someBars(5)), 0, 1);
    const attached = fs.openSync(path.join(folder, 'dict'), 'r');
    onTestFinished(() => fs.closeSync(attached));
    for (let i = 0; i < 40; i++) dictionary.put(history(`T${i}`, someBars(20)), 0, 1);
    const text = () => fs.readFileSync(`/proc/self/fd/${attached}`, 'latin1').replace(/\0+$/, '');
    dictionary.retire(60_000);
    expect(Object.keys(JSON.parse(text()) as object)).toContain('A');
    dictionary.retire(60_001);
    expect(JSON.parse(text())).toEqual({});
  },
);

const step = fc.record({
  kind: fc.constantFrom('put', 'none', 'bar'),
  ticker: fc.constantFrom('A', 'B', 'C'),
  from: fc.integer({ min: 0, max: 20 }),
  length: fc.integer({ min: 0, max: 30 }),
  level: fc.constantFrom(1, 99.125, 1e6 / 3),
});

test.runIf(process.platform === 'linux')(
  'between any two stores the text is JSON, and bars change only under an odd epoch',
  () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let before: Record<string, Entry> = {};
        const { dictionary, read } = make({
          initialBytes: 1 << 13,
          mirrorBars: 12,
          onStore(text) {
            const now = JSON.parse(text) as Record<string, Entry>;
            for (const [ticker, entry] of Object.entries(now)) {
              const old = before[ticker];
              const changed = JSON.stringify(old?.data.df) !== JSON.stringify(entry.data.df);
              if (old && changed) expect(entry.header.epoch % 2).toBe(1);
              if (old) expect(entry.header.epoch).toBeGreaterThanOrEqual(old.header.epoch);
            }
            for (const ticker of Object.keys(before)) expect(now).toHaveProperty([ticker]);
            before = now;
          },
        });
        const model = new Map<string, Bar[] | null>();
        const epochs = new Map<string, number>();
        for (const { kind, ticker, from, length, level } of steps) {
          const known = model.get(ticker) ?? null;
          if (kind === 'bar') {
            const last = known?.at(-1);
            const t = last ? last.t + (length % 2) * dayMs : firstDay;
            const bar = { t, open: level, high: level, low: level, close: level, volume: length };
            dictionary.putBar(ticker, bar, 1);
            model.set(ticker, [...(known ?? []).filter((old) => old.t < t), bar]);
          } else {
            const bars = kind === 'none' ? null : someBars(from + length, level).slice(from);
            dictionary.put(history(ticker, bars), 0, 1);
            model.set(ticker, bars);
          }
          epochs.set(ticker, (epochs.get(ticker) ?? 0) + 2);
          const entry = read()[ticker];
          expect(entry?.header.epoch).toBe(epochs.get(ticker));
          const expected = model.get(ticker)?.slice(-12).map(rowOf) ?? null;
          expect(entry?.data.df).toEqual(expected);
        }
      }),
      { numRuns: 40 },
    );
  },
);
