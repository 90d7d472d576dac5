import { expect, it } from 'vitest';
import { makeBlock } from './block.ts';
import { parserOver } from './row-parser.ts';

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, nth) => `2025-05-28 14:0${nth}:00+00:00,2,3,1,2,10\n`).join('');

it('puts no more rows into columns than there is room for', () => {
  const block = makeBlock(1, 12);
  const parser = parserOver(block);
  const columns = new Float64Array(block.memory.buffer, block.columnsAt, 12).fill(-1);
  const text = Buffer.from(rowsOf(5));
  parser.text.set(text);
  const parsed = parser.parse(0, text.length, 0, Infinity, block.columnsAt, 16, 2);
  expect(parsed).toMatchObject({ rows: 2, at: (text.length / 5) * 2, outOfOrder: 0 });
  const t = Date.UTC(2025, 4, 28, 14);
  expect([...columns]).toEqual([t, t + 60_000, 2, 2, 3, 3, 1, 1, 2, 2, 10, 10]);
});

it('counts lines from anywhere to anywhere', () => {
  const { text, countLines } = parserOver(makeBlock(1, 0));
  const lines = Buffer.from(rowsOf(3).replaceAll('2', '\n'));
  text.set(lines);
  for (let from = 0; from < lines.length; from++) {
    for (let end = from; end <= lines.length; end++) {
      const newlines = lines.subarray(from, end).filter((byte) => byte === 10);
      expect(countLines(from, end)).toBe(newlines.length);
    }
  }
});

it('makes no block beyond what a program can address', () => {
  const { memory, rows, columnsAt } = makeBlock(2, 1e9);
  expect(memory.buffer.byteLength).toBe(2 ** 32);
  expect(columnsAt + rows * 48).toBeLessThanOrEqual(2 ** 32);
});
