import { describe, expect, it } from 'vitest';
import { QuoteCells } from './quote-cells.ts';
import { QuoteBoard } from './testing/doubles.ts';

const start = 1_760_000_000_000;
const freshness = 1000;

function cellsOf(...tickers: string[]): { board: QuoteBoard; cells: QuoteCells } {
  const board = new QuoteBoard();
  for (const ticker of tickers) board.set(ticker, { tsEpochMs: start });
  return { board, cells: new QuoteCells(board, freshness) };
}

/** Looks for the name in the middle of other bytes, as it stands in a request. */
function find(cells: QuoteCells, ticker: string, now = start): string | undefined {
  const line = Buffer.from(`"${ticker}"`, 'latin1');
  return cells.answers.find(line, 1, line.length - 1, now) ? found(cells) : undefined;
}

function found({ answers }: QuoteCells): string {
  const { texts, beforeFrom, beforeTo, from, to, afterFrom, afterTo } = answers;
  const pieces = [
    [beforeFrom, beforeTo],
    [from, to],
    [afterFrom, afterTo],
  ] as const;
  return pieces.map((piece) => Buffer.from(texts.buffer).toString('latin1', ...piece)).join('');
}

describe('prepared answers', () => {
  it('are found by name among thousands, each its own', () => {
    const names = Array.from({ length: 5000 }, (_, i) => `T${i}`);
    const { cells } = cellsOf(...names);
    // A table that grows drops its answers, so all names come first.
    for (const name of names) cells.indexOf(name);
    for (const name of names) cells.prepare(name, start);
    for (const name of names) expect(find(cells, name)).toContain(`"ticker":"${name}",`);
    for (const other of ['T', 'T5000', '', 't1', 'T00', '1']) {
      expect(find(cells, other)).toBeUndefined();
    }
  });

  it('are not found for a name that is only the end of theirs', () => {
    const { cells } = cellsOf('ABC');
    cells.prepare('ABC', start);
    for (const part of ['BC', 'C', '"ABC', ':"ABC']) expect(find(cells, part)).toBeUndefined();
  });

  it('are gone after a change, and say whether they are stale at that moment', () => {
    const { board, cells } = cellsOf('AAPL');
    expect(find(cells, 'AAPL')).toBeUndefined();
    cells.prepare('AAPL', start);
    expect(find(cells, 'AAPL', start + freshness)).toContain('"stale":false');
    expect(find(cells, 'AAPL', start + freshness + 1)).toContain('"stale":true');
    expect(find(cells, 'AAPL', start)).toContain('"stale":false');
    board.set('AAPL', { tsEpochMs: start, price: 5 });
    expect(find(cells, 'AAPL', start + freshness + 1)).toBeUndefined();
    expect(cells.prepare('AAPL', start)).toBe(true);
    expect(found(cells)).toContain('"price":5,');
  });

  it('grow with their quotes, without touching those of others', () => {
    const { board, cells } = cellsOf('A', 'B');
    for (const price of [1, 1_234_567.891, 2, 9_999_999_999.5, 3]) {
      board.set('A', { tsEpochMs: start, price });
      for (const name of ['A', 'B']) if (!find(cells, name)) cells.prepare(name, start);
      expect(find(cells, 'A')).toContain(`"price":${price},`);
      expect(JSON.parse(`{"id":0${find(cells, 'B')}`)).toMatchObject({ data: { ticker: 'B' } });
    }
  });

  it('carry a mark where the price is of delayed data, and nothing more where it is not', () => {
    const { board, cells } = cellsOf('AAPL');
    const usual =
      '"price":187.25,"volume":1000,"currency":"USD","ts_epoch_ms":1760000000000,"source":"ibkr_tick"';
    expect(cells.dataJson('AAPL', start)).toBe(`{${usual},"ticker":"AAPL","stale":false}`);
    board.set('AAPL', { tsEpochMs: start, delayed: true });
    const marked = `{${usual},"delayed":true,"ticker":"AAPL","stale":false}`;
    expect(cells.dataJson('AAPL', start)).toBe(marked);
    cells.prepare('AAPL', start);
    expect(find(cells, 'AAPL')).toContain(marked);
  });

  it('are not made for a ticker without a quote, until it has one', () => {
    const { board, cells } = cellsOf();
    expect(cells.prepare('NEW', start)).toBe(false);
    board.set('NEW');
    expect(cells.prepare('NEW', start)).toBe(true);
  });
});
