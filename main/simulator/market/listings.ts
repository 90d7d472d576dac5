import { always } from '../../calendar/always.ts';
import { dateText, dayNumber, nthWeekday } from '../../calendar/civil.ts';
import { cmeEquityIndex } from '../../calendar/cme.ts';
import type { ExchangeCalendar } from '../../calendar/exchange-calendar.ts';
import { nyse } from '../../calendar/nyse.ts';
import type { Instrument } from '../ports.ts';
import { type CatalogueStock, catalogueStocks, es, eurUsd } from './catalogue.ts';
import { currencyHours } from './currency-hours.ts';
import { hashText, mix, unit } from './hash.ts';
import type { Listing } from './listing.ts';

export interface ListingsOptions {
  /** Symbols as people write them (`BRK.B`, `EUR.USD`); unknown ones become invented stocks. Absent: the catalogue. */
  readonly symbols?: readonly string[];
  /** How many invented stocks besides. */
  readonly generated?: number;
  readonly hours: 'real' | 'always';
  /** The instant whose front month the continuous future names. */
  readonly atMs: number;
}

const never = dayNumber(9999, 12, 31);
const firstGeneratedConId = 700_000_001;
/** Quarters of the futures that are listed. */
const futureYears = { first: 2021, last: 2030 } as const;

export function makeListings(options: ListingsOptions): readonly Listing[] {
  const calendarOf = (own: ExchangeCalendar): ExchangeCalendar =>
    options.hours === 'always' ? always : own;
  const listings: Listing[] = [];
  const taken = new Set<string>();
  const add = (made: readonly Listing[]): void => {
    for (const listing of made) {
      taken.add(listing.instrument.symbol);
      listings.push(listing);
    }
  };
  const byName = new Map(catalogueStocks.map((stock) => [stock.symbol, stock]));
  const wanted = options.symbols ?? [...byName.keys(), 'EUR.USD', 'ES'];
  let nextConId = firstGeneratedConId;
  for (const written of new Set(wanted.map(ibkrSymbol))) {
    const stock = byName.get(written);
    if (written === 'EUR.USD') add([eurUsdListing(calendarOf(currencyHours))]);
    else if (written === 'ES') add(esListings(calendarOf(cmeEquityIndex), options.atMs));
    else if (stock) add([stockListing(stock, calendarOf(nyse))]);
    else add([inventedStock(written, nextConId++, calendarOf(nyse))]);
  }
  const reserved = new Set([...taken, ...byName.keys(), 'EUR', 'ES']);
  for (let made = 0, i = 0; made < (options.generated ?? 0); i++) {
    const symbol = generatedSymbol(i);
    if (reserved.has(symbol)) continue;
    add([inventedStock(symbol, nextConId++, calendarOf(nyse))]);
    made++;
  }
  return listings;
}

/** `BRK.B` is `BRK B` to IBKR; a pair keeps its dot here. */
function ibkrSymbol(written: string): string {
  const symbol = written.trim().toUpperCase();
  return /^[A-Z]+\.[A-Z]$/.test(symbol) ? symbol.replace('.', ' ') : symbol;
}

function stockListing(stock: CatalogueStock, calendar: ExchangeCalendar): Listing {
  const instrument: Instrument = {
    ...blank,
    conId: stock.conId,
    symbol: stock.symbol,
    localSymbol: stock.symbol,
    secType: 'STK',
    exchange: 'SMART',
    primaryExchange: stock.primary,
    currency: 'USD',
    tradingClass: stock.primary === 'NASDAQ' ? 'NMS' : stock.symbol,
    marketName: stock.primary === 'NASDAQ' ? 'NMS' : stock.symbol,
    longName: stock.name,
    stockType: stock.type,
    industry: stock.industry,
    category: stock.category,
    minTick: 0.01,
    timeZone: 'US/Eastern',
  };
  return {
    instrument,
    character: {
      price: stock.price,
      volatility: stock.volatility,
      minuteVolume: stock.minuteVolume,
      tradeSize: 100,
      halfSpread: stock.price > 300 ? 2 : 1,
      ticksPerUnit: 100,
      quoteSize: 100,
    },
    calendar,
    priceName: stock.symbol,
    firstDay: dayNumber(2004, 1, 2),
    lastDay: never,
  };
}

const names = ['Atlas', 'Beacon', 'Cedar', 'Delta', 'Ember', 'Falcon', 'Granite', 'Harbor'];
const trades = [
  'Energy',
  'Foods',
  'Health',
  'Logistics',
  'Materials',
  'Networks',
  'Power',
  'Tools',
];
const sectors = ['Energy', 'Technology', 'Financial', 'Industrial', 'Utilities', 'Basic Materials'];

function inventedStock(symbol: string, conId: number, calendar: ExchangeCalendar): Listing {
  const key = hashText(symbol);
  const pick = (list: readonly string[], salt: number): string =>
    list[(mix(key, salt) >>> 0) % list.length] as string;
  const sector = pick(sectors, 3);
  return stockListing(
    {
      symbol,
      conId,
      name: `${pick(names, 1)} ${pick(trades, 2)} ${symbol} Inc`.toUpperCase(),
      primary: (mix(key, 4) & 1) === 0 ? 'NASDAQ' : 'NYSE',
      type: 'COMMON',
      industry: sector,
      category: sector,
      price: Math.round(8 * 40 ** unit(mix(key, 5)) * 100) / 100,
      volatility: 0.18 + 0.4 * unit(mix(key, 6)),
      minuteVolume: Math.round(2000 * 30 ** unit(mix(key, 7))),
    },
    calendar,
  );
}

/** Four letters, each number another four: 77 699 has no factor in common with 26⁴. */
function generatedSymbol(index: number): string {
  let n = (index * 77_699 + 123_457) % 456_976;
  let symbol = '';
  for (let i = 0; i < 4; i++) {
    symbol += String.fromCharCode(65 + (n % 26));
    n = Math.floor(n / 26);
  }
  return symbol;
}

function eurUsdListing(calendar: ExchangeCalendar): Listing {
  return {
    instrument: {
      ...blank,
      conId: eurUsd.conId,
      symbol: 'EUR',
      localSymbol: 'EUR.USD',
      secType: 'CASH',
      exchange: 'IDEALPRO',
      currency: 'USD',
      tradingClass: 'EUR.USD',
      marketName: 'EUR.USD',
      longName: eurUsd.name,
      minTick: 0.00005,
      timeZone: 'US/Eastern',
    },
    character: {
      price: eurUsd.price,
      volatility: eurUsd.volatility,
      minuteVolume: 0,
      tradeSize: 1,
      halfSpread: 1,
      ticksPerUnit: 20_000,
      quoteSize: 500_000,
    },
    calendar,
    priceName: 'EUR.USD',
    firstDay: dayNumber(2005, 3, 9),
    lastDay: never,
  };
}

const quarters: readonly (readonly [month: number, code: string])[] = [
  [3, 'H'],
  [6, 'M'],
  [9, 'U'],
  [12, 'Z'],
];

/** The continuous future and the quarters it is made of; all of them share one price. */
function esListings(calendar: ExchangeCalendar, atMs: number): readonly Listing[] {
  const futures: Listing[] = [];
  for (let year = futureYears.first; year <= futureYears.last; year++) {
    for (const [month, code] of quarters) {
      const lastDay = nthWeekday(year, month, 5, 3);
      futures.push(
        esListing(calendar, {
          conId: 495_512_550 + (year - futureYears.first) * 4 + month / 3,
          secType: 'FUT',
          localSymbol: `ES${code}${year % 10}`,
          lastDay,
          firstDay: lastDay - 5 * 91,
        }),
      );
    }
  }
  const today = Math.floor(atMs / 86_400_000);
  const front = futures.find((f) => f.lastDay >= today) ?? (futures.at(-1) as Listing);
  const continuous = esListing(calendar, {
    conId: es.conId,
    secType: 'CONTFUT',
    localSymbol: front.instrument.localSymbol,
    lastDay: front.lastDay,
    firstDay: dayNumber(2005, 1, 3),
  });
  return [{ ...continuous, lastDay: never }, ...futures];
}

function esListing(
  calendar: ExchangeCalendar,
  own: {
    readonly conId: number;
    readonly secType: 'FUT' | 'CONTFUT';
    readonly localSymbol: string;
    readonly firstDay: number;
    readonly lastDay: number;
  },
): Listing {
  const lastTradeDate = dateText(own.lastDay).replaceAll('-', '');
  return {
    instrument: {
      ...blank,
      conId: own.conId,
      symbol: 'ES',
      localSymbol: own.localSymbol,
      secType: own.secType,
      exchange: 'CME',
      currency: 'USD',
      tradingClass: 'ES',
      marketName: 'ES',
      longName: es.name,
      industry: 'Indices',
      category: 'Broad Range Equity Index',
      minTick: 0.25,
      multiplier: '50',
      lastTradeDate,
      contractMonth: lastTradeDate.slice(0, 6),
      timeZone: 'US/Central',
    },
    character: {
      price: es.price,
      volatility: es.volatility,
      minuteVolume: es.minuteVolume,
      tradeSize: 3,
      halfSpread: 1,
      ticksPerUnit: 4,
      quoteSize: 4,
    },
    calendar,
    priceName: 'ES',
    firstDay: own.firstDay,
    lastDay: own.lastDay,
  };
}

const blank = {
  primaryExchange: '',
  stockType: '',
  industry: '',
  category: '',
  multiplier: '',
  lastTradeDate: '',
  contractMonth: '',
} as const;
