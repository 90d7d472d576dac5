import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileNameOf, instrumentOf, isTicker, tickerOf, tickerOfFileName } from './instrument.ts';

describe('the contract a ticker means', () => {
  it('is a US stock routed smartly unless something says otherwise', () => {
    expect(instrumentOf('AAPL')).toEqual({
      ticker: 'AAPL',
      symbol: 'AAPL',
      secType: 'STK',
      exchange: 'SMART',
      currency: 'USD',
      whatToShow: 'TRADES',
    });
  });

  it('writes the class of a stock as IBKR does', () => {
    expect(instrumentOf('BRK.B')).toMatchObject({ ticker: 'BRK.B', symbol: 'BRK B' });
    expect(instrumentOf('00857.HK').symbol).toBe('00857.HK');
  });

  it('takes two currencies for a pair with midpoint bars', () => {
    expect(instrumentOf('EUR.USD')).toMatchObject({
      symbol: 'EUR',
      currency: 'USD',
      secType: 'CASH',
      exchange: 'IDEALPRO',
      whatToShow: 'MIDPOINT',
    });
    expect(instrumentOf('ABC.XYZ').secType).toBe('STK');
  });

  it('takes a known root for its continuous future', () => {
    expect(instrumentOf('ES')).toMatchObject({ secType: 'CONTFUT', exchange: 'CME' });
    expect(instrumentOf('constructor').secType).toBe('STK');
  });

  it('lets the settings override any part', () => {
    const overrides = {
      ES: { secType: 'STK', exchange: 'SMART' },
      SAP: { currency: 'EUR', exchange: 'IBIS', primaryExchange: undefined },
      GOLD: { symbol: 'XAU', secType: 'CASH', exchange: 'SMART' },
    } as const;
    expect(instrumentOf('ES', overrides as never)).toMatchObject({
      secType: 'STK',
      symbol: 'ES',
      whatToShow: 'TRADES',
    });
    expect(instrumentOf('SAP', overrides as never)).toEqual({
      ...instrumentOf('SAP'),
      currency: 'EUR',
      exchange: 'IBIS',
    });
    expect(instrumentOf('GOLD', overrides as never).whatToShow).toBe('MIDPOINT');
  });
});

describe('the file name of a ticker', () => {
  it('gives the ticker back, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (ticker) => {
        const name = fileNameOf(ticker);
        expect(tickerOfFileName(name)).toBe(ticker);
        expect(name).toMatch(/^[A-Za-z0-9.;%-]+$/);
        expect(name).not.toMatch(/^\.|\.$/);
      }),
    );
  });

  it('leaves ordinary tickers as they are and avoids the names Windows keeps', () => {
    expect(['AAPL', 'BRK.B', 'EUR.USD', 'ES'].map(fileNameOf)).toEqual([
      'AAPL',
      'BRK.B',
      'EUR.USD',
      'ES',
    ]);
    expect(fileNameOf('CON')).toBe('%43;ON');
    expect(fileNameOf('../etc')).not.toContain('/');
  });
});

describe('a ticker as it is kept', () => {
  it.each([
    ['aapl', 'AAPL'],
    [' brk b ', 'BRK.B'],
    ['Brk.b', 'BRK.B'],
    ['eur.usd', 'EUR.USD'],
    ['00857.hk', '00857.HK'],
  ])('%s is %s', (typed, ticker) => {
    expect(tickerOf(typed)).toBe(ticker);
  });
});

describe('what may stand in a watchlist', () => {
  it('is visible ASCII that no list or path separator breaks', () => {
    for (const good of ['AAPL', 'BRK.B', 'EUR.USD', '00857.HK', 'BF B']) {
      expect(isTicker(good), good).toBe(true);
    }
    for (const bad of ['', ' ', 'A,B', '../x', 'A\nB', 'É', 'x'.repeat(33)]) {
      expect(isTicker(bad), bad).toBe(false);
    }
  });
});
