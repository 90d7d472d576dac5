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
  ['symbols in quotes, without a header', '"AAPL","KO"\n'],
  ['a symbol of its own before the ticker', 'Symbol,Name,Ticker\nA1,Apple,AAPL\nA2,Coke,KO\n'],
  ['a symbol column alone, in any case', 'NAME,SYMBOL\nApple,AAPL\nCoke,KO\n'],
  ['semicolons', '\ufeffName;Ticker\r\n"Apple; Inc.";AAPL\r\nCoke, the drink;KO\r\n'],
  ['tabs', 'ticker\tName\nAAPL\tApple\nKO\tCoke, the drink\n'],
  ['blank lines, blanks and doubles', '\n Ticker ,Name\n AAPL ,a\n\n"AAPL",b\n "KO",c\n,d\n'],
  ['line ends within quotes', '"Full\nName",Ticker\n"Apple\r\nInc.",AAPL\n"Coke\n",KO'],
  ['numbers under a sign, and a remark', '# mine\n#,Ticker\n1,AAPL\n2,KO\n'],
  ['a quote that is none', 'Name,Ticker\n5" pipes,AAPL\n"open,KO\n'],
])('takes a file with %s', (_, content) => {
  const dir = fs.mkdtempSync(join(os.tmpdir(), 'watchlist-'));
  const path = join(dir, 'list.csv');
  fs.writeFileSync(path, content);
  expect(readWatchlist(path)).toEqual(['AAPL', 'KO']);
  fs.rmSync(dir, { recursive: true });
});
