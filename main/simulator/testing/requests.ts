import type { Request } from '../protocol/requests.ts';

export const aapl = {
  conId: 0,
  symbol: 'AAPL',
  secType: 'STK',
  lastTradeDate: '',
  strike: 0,
  right: '',
  multiplier: '',
  exchange: 'SMART',
  primaryExchange: '',
  currency: 'USD',
  localSymbol: '',
  tradingClass: '',
} as const;

export function marketDataRequest(
  reqId: number,
  changes: Partial<Request<'marketData'>> = {},
): Request<'marketData'> {
  return {
    version: 11,
    reqId,
    ...aapl,
    legs: [],
    deltaNeutral: false,
    deltaNeutralConId: 0,
    deltaNeutralDelta: 0,
    deltaNeutralPrice: 0,
    genericTicks: '',
    snapshot: false,
    regulatorySnapshot: false,
    options: '',
    ...changes,
  };
}

export function historyRequest(
  reqId: number,
  changes: Partial<Request<'historicalData'>> = {},
): Request<'historicalData'> {
  return {
    version: 6,
    reqId,
    ...aapl,
    includeExpired: false,
    endDateTime: '',
    barSize: '1 min',
    duration: '1800 S',
    useRegularHours: 0,
    whatToShow: 'TRADES',
    formatDate: 2,
    legs: [],
    keepUpToDate: false,
    options: '',
    ...changes,
  };
}
