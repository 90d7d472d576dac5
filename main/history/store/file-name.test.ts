import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeframes } from '../../../shared/bar.ts';
import { fileName, seriesOfFile } from './file-name.ts';

describe('the name of a bar file', () => {
  it('is the plain symbol for what traders write', () => {
    expect(fileName({ symbol: 'AAPL', timeframe: '1m' })).toBe('AAPL_1m.csv');
    expect(fileName({ symbol: 'EUR.USD', timeframe: '1h' })).toBe('EUR.USD_1h.csv');
    expect(fileName({ symbol: 'BRK.B', timeframe: '1d' })).toBe('BRK.B_1d.csv');
  });

  it('cannot leave its folder or become a device', () => {
    expect(fileName({ symbol: '..', timeframe: '1d' })).toBe('%2E._1d.csv');
    expect(fileName({ symbol: '../x', timeframe: '1d' })).toBe('%2E.%2Fx_1d.csv');
    expect(fileName({ symbol: 'CON.X', timeframe: '1d' })).toBe('%43ON.X_1d.csv');
  });

  it('tells every symbol back', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('\ufffd')),
        fc.constantFrom(...timeframes),
        (symbol, timeframe) => {
          expect(seriesOfFile(fileName({ symbol, timeframe }))).toEqual({ symbol, timeframe });
        },
      ),
    );
  });

  it('takes the timeframe after the last underscore', () => {
    expect(seriesOfFile('EUR_USD_15m.csv')).toEqual({ symbol: 'EUR_USD', timeframe: '15m' });
  });

  it.each([
    ['AAPL_2h.csv', 'no timeframe is called 2h'],
    ['AAPL_1M.csv', 'no timeframe is called 1M'],
    ['AAPL.csv', 'no timeframe in its name'],
    ['_1m.csv', 'no symbol in its name'],
    ['AAPL_1m.CSV', 'not a .csv file'],
    ['.AAPL_1m.csv', 'hidden'],
    ['%41_1m.csv', 'not the canonical name'],
    ['%zz_1m.csv', 'no symbol in its name'],
  ])('says why %s is no bar file', (name, ignored) => {
    expect(seriesOfFile(name)).toEqual({ ignored });
  });
});
