import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Bar } from '../../../shared/bar.ts';
import { barsOf, columnsOf } from '../../kit/bar-columns.ts';
import { formatBar, formatFile, headerLine } from './format.ts';
import { mergeColumns } from './merge-columns.ts';
import { parseFile } from './parse-file.ts';
import { splice } from './splice.ts';

const t0 = Date.UTC(2025, 4, 28, 14);

function bar(minute: number, close: number): Bar {
  return {
    t: t0 + minute * 60_000,
    open: 1,
    high: 2000,
    low: 1,
    close,
    volume: 10 ** (minute % 6),
  };
}

it('gives the text of the merged bars, wherever they are laid in', () => {
  const minutes = fc.uniqueArray(fc.nat(60), { maxLength: 30 });
  fc.assert(
    fc.property(minutes, fc.array(fc.nat(60), { minLength: 1, maxLength: 8 }), (there, fetched) => {
      const old = columnsOf(there.sort((a, b) => a - b).map((minute) => bar(minute, 1.25)));
      const merged = mergeColumns(
        old,
        fetched.map((minute) => bar(minute, 1000 + minute)),
      );
      const text = splice(Buffer.from(formatFile(old)), merged.columns, merged.span);
      expect(Buffer.concat(text).toString()).toBe(formatFile(merged.columns));
    }),
  );
});

it('leaves the bytes of all other rows as they are', () => {
  const rows = [0, 1, 2, 3].map((minute) =>
    formatBar(bar(minute, 1.5)).replace(',1.5,', ',1.500,'),
  );
  const bytes = Buffer.from(headerLine + rows.join(''));
  const parsed = parseFile(bytes);
  if (!parsed.ok) throw new Error(parsed.reason);
  const merged = mergeColumns(parsed.columns, [bar(1, 7)]);
  const text = Buffer.concat(splice(bytes, merged.columns, merged.span)).toString();
  expect(text).toBe(headerLine + [rows[0], formatBar(bar(1, 7)), rows[2], rows[3]].join(''));
  expect(barsOf(merged.columns)).toHaveLength(4);
});
