import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readWatchlist } from './watchlist.ts';

it('takes symbols parted by commas, blanks or both, each once', () => {
  expect(readWatchlist('AAPL, BRK.B EUR.USD\nAAPL;ES')).toEqual(['AAPL', 'BRK.B', 'EUR.USD', 'ES']);
  expect(readWatchlist('  ')).toEqual([]);
});

it.each([
  [
    'a column called Ticker',
    'Name,Ticker,Currency\n"Apple, Inc.",AAPL,USD\n"He said ""hi""",KO,USD\n',
  ],
  ['a Windows file with a mark in front', '\ufeffTicker\r\nAAPL\r\nKO\r\n'],
  ['one symbol a line and remarks', '# mine\nAAPL\nKO\n'],
])('takes a file with %s', (_, content) => {
  const dir = fs.mkdtempSync(join(os.tmpdir(), 'watchlist-'));
  const path = join(dir, 'list.csv');
  fs.writeFileSync(path, content);
  expect(readWatchlist(path)).toEqual(['AAPL', 'KO']);
  fs.rmSync(dir, { recursive: true });
});
