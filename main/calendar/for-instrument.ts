import { cmeEquityIndex } from './cme.ts';
import type { ExchangeCalendar } from './exchange-calendar.ts';
import { fx } from './fx.ts';
import { lse } from './lse.ts';
import { nyse } from './nyse.ts';

/** What is known of an instrument, in IBKR's own words. */
export interface InstrumentExchange {
  readonly secType: string;
  readonly exchange?: string;
  readonly primaryExchange?: string;
  readonly currency?: string;
  readonly symbol?: string;
}

const usStockExchanges = new Set([
  'AMEX',
  'ARCA',
  'BATS',
  'BEX',
  'BYX',
  'CBOE',
  'CHX',
  'DRCTEDGE',
  'EDGEA',
  'IEX',
  'ISLAND',
  'LTSE',
  'MEMX',
  'NASDAQ',
  'NYSE',
  'NYSENAT',
  'PEARL',
  'PSX',
]);
const londonExchanges = new Set(['LSE', 'LSEETF', 'LSEIOB1']);
const equityIndexFutures = new Set([
  'ES',
  'MES',
  'NQ',
  'MNQ',
  'RTY',
  'M2K',
  'YM',
  'MYM',
  'EMD',
  'SP',
]);
const cmeExchanges = new Set(['CME', 'GLOBEX', 'CBOT', 'ECBOT']);

/**
 * The rules an instrument trades by; undefined when none are known here, and then nobody may
 * conclude that a bar is missing.
 */
export function calendarForInstrument(
  instrument: InstrumentExchange,
): ExchangeCalendar | undefined {
  const exchange = (instrument.exchange ?? '').toUpperCase();
  const primary = (instrument.primaryExchange ?? '').toUpperCase();
  switch (instrument.secType.toUpperCase()) {
    case 'STK':
      return stockCalendar(exchange, primary, (instrument.currency ?? '').toUpperCase());
    case 'CASH':
      return exchange === '' || exchange === 'IDEALPRO' || exchange === 'SMART' ? fx : undefined;
    case 'FUT':
    case 'CONTFUT':
      return cmeExchanges.has(exchange) &&
        equityIndexFutures.has((instrument.symbol ?? '').toUpperCase())
        ? cmeEquityIndex
        : undefined;
    default:
      return undefined;
  }
}

function stockCalendar(
  exchange: string,
  primary: string,
  currency: string,
): ExchangeCalendar | undefined {
  for (const venue of [primary, exchange]) {
    // A routing suffix such as NASDAQ.NMS names a tier of the same exchange.
    const name = venue.split('.')[0] as string;
    if (usStockExchanges.has(name)) return nyse;
    if (londonExchanges.has(name)) return lse;
  }
  const unnamed = primary === '' && (exchange === '' || exchange === 'SMART');
  if (!unnamed) return undefined;
  if (currency === '' || currency === 'USD') return nyse;
  return currency === 'GBP' ? lse : undefined;
}
