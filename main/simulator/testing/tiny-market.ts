import type {
  BarsQuery,
  ContractQuery,
  Instrument,
  Market,
  MarketBar,
  MarketQuote,
  MarketSession,
  MarketTick,
} from '../ports.ts';

const dayMs = 86_400_000;

function stock(symbol: string, conId: number): Instrument {
  return {
    conId,
    symbol,
    localSymbol: symbol,
    secType: 'STK',
    exchange: 'SMART',
    primaryExchange: 'NASDAQ',
    currency: 'USD',
    tradingClass: 'NMS',
    marketName: 'NMS',
    longName: `${symbol} INC`,
    stockType: 'COMMON',
    industry: 'Technology',
    category: 'Computers',
    minTick: 0.01,
    multiplier: '',
    lastTradeDate: '',
    contractMonth: '',
    timeZone: 'US/Eastern',
  };
}

/** A market of two stocks and one pair that never closes and whose price is a function of the second. */
export function tinyMarket(seed = 1): Market {
  const instruments: readonly Instrument[] = [
    stock('AAPL', 265598),
    stock('MSFT', 272093),
    {
      ...stock('EUR', 12087792),
      localSymbol: 'EUR.USD',
      secType: 'CASH',
      exchange: 'IDEALPRO',
      primaryExchange: '',
      tradingClass: 'EUR.USD',
      longName: 'European Monetary Union Euro',
      minTick: 0.00005,
      stockType: '',
    },
  ];
  const price = (one: Instrument, t: number): number =>
    Math.round((100 + (one.conId % 50) + 5 * Math.sin(t / 700_000 + seed)) * 100) / 100;
  const tick = (one: Instrument, t: number): MarketTick => ({
    t,
    price: price(one, t),
    size: 100,
    bid: price(one, t) - 0.01,
    ask: price(one, t) + 0.01,
    bidSize: 200,
    askSize: 300,
    volume: Math.floor((t % dayMs) / 1000) * 100,
  });
  const matches = (one: Instrument, query: ContractQuery): boolean =>
    (query.conId === 0 || query.conId === one.conId) &&
    (query.symbol === '' || query.symbol === one.symbol) &&
    (query.localSymbol === '' || query.localSymbol === one.localSymbol) &&
    (query.secType === '' || query.secType === one.secType) &&
    (query.currency === '' || query.currency === one.currency) &&
    (query.conId !== 0 || query.symbol !== '' || query.localSymbol !== '');
  return {
    seed,
    instruments,
    resolve: (query) => instruments.filter((one) => matches(one, query)),
    byConId: (conId) => instruments.find((one) => one.conId === conId),
    search: (pattern, limit) =>
      instruments.filter((one) => one.symbol.startsWith(pattern)).slice(0, limit),
    bars: (one, query) => barsOf(query, (t) => price(one, t)),
    ticks(one, fromMs, toMs, perSecond) {
      const step = 1000 / perSecond;
      const ticks: MarketTick[] = [];
      for (let t = Math.ceil(fromMs / step) * step; t < toMs; t += step) ticks.push(tick(one, t));
      return ticks;
    },
    quote: (one, atMs): MarketQuote => ({
      ...tick(one, atMs),
      open: 100,
      high: 160,
      low: 90,
      previousClose: 101,
      figuresFrom: Number.NEGATIVE_INFINITY,
      figuresTo: Number.POSITIVE_INFINITY,
    }),
    isOpen: () => true,
    sessions(_, fromMs, toMs) {
      const sessions: MarketSession[] = [];
      for (let t = Math.floor(fromMs / dayMs) * dayMs; t < toMs; t += dayMs) {
        sessions.push({
          date: new Date(t).toISOString().slice(0, 10).replaceAll('-', ''),
          startMs: t,
          endMs: t + dayMs,
          regularStartMs: t,
          regularEndMs: t + dayMs,
        });
      }
      return sessions;
    },
    headTimestamp: () => Date.UTC(2004, 0, 23, 14, 30),
  };
}

function barsOf(query: BarsQuery, price: (t: number) => number): readonly MarketBar[] {
  const step = query.barSeconds * 1000;
  const bars: MarketBar[] = [];
  for (let t = Math.ceil(query.fromMs / step) * step; t < query.toMs; t += step) {
    const open = price(t);
    const close = price(t + step - 1);
    bars.push({
      t,
      open,
      close,
      high: Math.max(open, close),
      low: Math.min(open, close),
      volume: query.barSeconds * 100,
      wap: (open + close) / 2,
      count: query.barSeconds,
    });
  }
  return bars;
}
