import { describe, expect, it } from 'vitest';
import { dayMs } from '../../calendar/civil.ts';
import type { BarsQuery, ContractQuery, Instrument, Market } from '../ports.ts';
import { createMarket } from './market.ts';

const market = createMarket({ seed: 42, hours: 'real', generated: 20 });
const roundTheClock = createMarket({ seed: 42, hours: 'always' });

function named(of: Market, localSymbol: string): Instrument {
  const found = of.instruments.find((i) => i.localSymbol === localSymbol);
  if (!found) throw new Error(`no ${localSymbol}`);
  return found;
}

const everyKind = [
  ...['AAPL', 'KO', 'BRK B', 'SPY', 'EUR.USD'].map((name) => named(market, name)),
  market.instruments.find((i) => i.secType === 'CONTFUT') as Instrument,
  market.instruments.at(-1) as Instrument,
];

function query(
  instrument: Instrument,
  barSeconds: number,
  fromMs: number,
  toMs: number,
  regularHours = true,
): BarsQuery {
  const what = instrument.secType === 'CASH' ? 'MIDPOINT' : 'TRADES';
  return { barSeconds, fromMs, toMs, regularHours, what };
}

describe('hours', () => {
  it('let nothing trade at night, on holidays and after an early close', () => {
    const apple = named(market, 'AAPL');
    const of = (day: number, regular: boolean) =>
      market.bars(apple, query(apple, 60, day, day + dayMs, regular)).length;
    const thanksgiving = Date.UTC(2026, 10, 26, 5);
    expect(of(thanksgiving, false)).toBe(0);
    expect(of(thanksgiving + dayMs, true)).toBe(210);
    expect(of(thanksgiving + dayMs, false)).toBe(780);
    expect(market.ticks(apple, thanksgiving, thanksgiving + dayMs, 1)).toEqual([]);
    expect(market.isOpen(apple, thanksgiving + dayMs / 2)).toBe(false);
  });

  it('move with the clocks of the exchange', () => {
    const apple = named(market, 'AAPL');
    const first = (day: number) =>
      new Date(market.bars(apple, query(apple, 3600, day, day + dayMs))[0]?.t as number).toJSON();
    expect(first(Date.UTC(2026, 2, 6))).toBe('2026-03-06T14:30:00.000Z');
    expect(first(Date.UTC(2026, 2, 9))).toBe('2026-03-09T13:30:00.000Z');
  });

  it('never end where the market always trades', () => {
    const apple = named(roundTheClock, 'AAPL');
    const christmas = Date.UTC(2026, 11, 25);
    expect(roundTheClock.bars(apple, query(apple, 60, christmas, christmas + dayMs)).length).toBe(
      1440,
    );
    expect(roundTheClock.isOpen(apple, christmas)).toBe(true);
  });

  it('end for a future on its last day', () => {
    const december = market.instruments.find(
      (i) => i.secType === 'FUT' && i.localSymbol === 'ESZ6',
    ) as Instrument;
    expect(december.lastTradeDate).toBe('20261218');
    const after = Date.UTC(2026, 11, 19);
    expect(market.bars(december, query(december, 60, after, after + 20 * dayMs))).toEqual([]);
    expect(market.ticks(december, after, after + 3 * dayMs, 1)).toEqual([]);
    expect(market.quote(december, after + 20 * dayMs).t).toBeLessThan(after);
  });
});

describe('prices', () => {
  it('stay plausible over ten years', () => {
    for (const instrument of everyKind) {
      const days = market.bars(
        instrument,
        query(instrument, 86_400, Date.UTC(2016, 0, 1), Date.UTC(2026, 0, 1)),
      );
      expect(days.length).toBeGreaterThan(2400);
      const closes = days.map((d) => d.close);
      expect(Math.min(...closes)).toBeGreaterThan(0);
      expect(Math.max(...closes) / Math.min(...closes)).toBeLessThan(20);
      let gaps = 0;
      for (const [i, day] of days.entries()) {
        expect(day.low).toBeLessThanOrEqual(Math.min(day.open, day.close));
        expect(day.high).toBeGreaterThanOrEqual(Math.max(day.open, day.close));
        const before = days[i - 1]?.close ?? day.open;
        expect(Math.abs(Math.log(day.open / before))).toBeLessThan(0.35);
        if (day.open !== before) gaps++;
      }
      expect(gaps).toBeGreaterThan(days.length / 2);
    }
  });

  it('come with a volume that is high at the open and the close and low at noon', () => {
    const spy = named(market, 'SPY');
    const hours = new Map<number, number>();
    const range = query(spy, 1800, Date.UTC(2026, 0, 1), Date.UTC(2026, 2, 1));
    for (const bar of market.bars(spy, range)) {
      const slot = Math.round((bar.t % dayMs) / 1_800_000);
      hours.set(slot, (hours.get(slot) ?? 0) + bar.volume);
    }
    const at = (utc: number) => hours.get(utc * 2) as number;
    expect(at(14.5)).toBeGreaterThan(1.5 * at(17.5));
    expect(at(20.5)).toBeGreaterThan(1.5 * at(17.5));
  });
});

describe('contracts', () => {
  const blank: ContractQuery = {
    conId: 0,
    symbol: '',
    secType: '',
    lastTradeDate: '',
    exchange: '',
    primaryExchange: '',
    currency: '',
    localSymbol: '',
    tradingClass: '',
    multiplier: '',
    includeExpired: false,
  };
  const found = (query: Partial<ContractQuery>) =>
    market.resolve({ ...blank, ...query }).map((i) => i.localSymbol);

  it('are found the ways clients name them', () => {
    const stock = { secType: 'STK', exchange: 'SMART', currency: 'USD' };
    expect(found({ ...stock, symbol: 'AAPL' })).toEqual(['AAPL']);
    expect(found({ ...stock, symbol: 'aapl', primaryExchange: 'ISLAND' })).toEqual(['AAPL']);
    expect(found({ ...stock, symbol: 'BRK B' })).toEqual(['BRK B']);
    expect(found({ conId: 265598 })).toEqual(['AAPL']);
    expect(
      found({ symbol: 'EUR', secType: 'CASH', exchange: 'IDEALPRO', currency: 'USD' }),
    ).toEqual(['EUR.USD']);
    expect(found({ localSymbol: 'EUR.USD', secType: 'CASH' })).toEqual(['EUR.USD']);
    expect(found({ symbol: 'ES', secType: 'CONTFUT', exchange: 'CME' })).toEqual(['ESZ6']);
    const december = { symbol: 'ES', secType: 'FUT', lastTradeDate: '202612' };
    expect(found({ ...december, exchange: 'GLOBEX', multiplier: '50' })).toEqual(['ESZ6']);
    expect(found({ ...december, lastTradeDate: '20261218' })).toEqual(['ESZ6']);
  });

  it('are none when something in them is wrong or nothing is named', () => {
    expect(found({ symbol: 'NOPE', secType: 'STK' })).toEqual([]);
    expect(found({ symbol: 'AAPL', secType: 'CASH' })).toEqual([]);
    expect(found({ symbol: 'AAPL', secType: 'STK', exchange: 'NYSE' })).toEqual([]);
    expect(found({ symbol: 'AAPL', secType: 'STK', currency: 'GBP' })).toEqual([]);
    expect(found({ symbol: 'EUR', secType: 'CASH', exchange: 'SMART' })).toEqual([]);
    expect(found({ conId: 1 })).toEqual([]);
    expect(found({ secType: 'STK' })).toEqual([]);
    expect(market.byConId(1)).toBeUndefined();
  });

  it('are searched by the beginning of the symbol first, then by name', () => {
    expect(market.search('A', 50)[0]?.symbol).toBe('AAPL');
    expect(market.search('jpm', 5).map((i) => i.symbol)).toEqual(['JPM']);
    expect(market.search('berkshire', 5).map((i) => i.symbol)).toEqual(['BRK B']);
    expect(market.search('A', 1)).toHaveLength(1);
    expect(market.search('ES', 50).filter((i) => i.symbol === 'ES')).toHaveLength(1);
    expect(market.search('', 5)).toEqual([]);
  });

  it('hold the demo tickers, SPY, QQQ, a currency pair and a future', () => {
    const demo =
      'AAPL MSFT GOOGL AMZN TSLA BRK.B NVDA UNH JNJ V XOM WMT JPM META PG MA CVX HD KO PEP SPY QQQ';
    for (const symbol of demo.replace('.', ' ').split(/ (?!B )/)) {
      expect(found({ symbol, secType: 'STK' }), symbol).toEqual([symbol]);
    }
  });

  it('are invented by the thousand, each with a symbol and a number of its own', () => {
    const many = createMarket({ seed: 1, hours: 'real', generated: 5000 });
    const stocks = many.instruments.filter((i) => i.secType === 'STK');
    expect(stocks).toHaveLength(5022);
    expect(new Set(stocks.map((i) => i.symbol)).size).toBe(5022);
    expect(new Set(many.instruments.map((i) => i.conId)).size).toBe(many.instruments.length);
    expect(many.instruments.slice(0, 80)).toEqual(market.instruments.slice(0, 80));
  });

  it('can be chosen by name, and an unknown name is invented', () => {
    const own = createMarket({ seed: 1, hours: 'real', symbols: ['BRK.B', 'EUR.USD', 'QWXZ'] });
    expect(own.instruments.map((i) => i.localSymbol)).toEqual(['BRK B', 'EUR.USD', 'QWXZ']);
    const apple = named(market, 'AAPL');
    expect(() => own.isOpen(apple, 0)).toThrow('AAPL');
  });
});
