import { describe, expect, it } from 'vitest';
import { whyNoTicker, writtenTickers } from './written-tickers.ts';

describe('tickers as a person writes them', () => {
  it.each([
    ['aapl', ['AAPL']],
    ['AAPL, MSFT', ['AAPL', 'MSFT']],
    ['AAPL MSFT\tKO;V', ['AAPL', 'MSFT', 'KO', 'V']],
    ['brk b', ['BRK.B']],
    ['ko, brk b, bf b v', ['KO', 'BRK.B', 'BF.B', 'V']],
    ['KO V', ['KO', 'V']],
    ['eur.usd', ['EUR.USD']],
    ['ko,KO, Ko', ['KO']],
    [' , ; ', []],
  ])('%s', (text, tickers) => {
    expect(writtenTickers(text)).toEqual(tickers);
  });

  it('says of each that is none why', () => {
    expect(whyNoTicker('A'.repeat(31))).toBeNull();
    expect(whyNoTicker('A'.repeat(32))).toContain('more than 31 characters');
    expect(whyNoTicker('../ETC')).toContain('is not a ticker, as in AAPL');
  });
});
