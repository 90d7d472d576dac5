import { isTimeframe } from '../../../shared/bar.ts';
import { momentOf } from '../../kit/moment.ts';
import type { HistoryPort, HistoryQuery } from '../ports.ts';
import { type Handler, optionalInteger, type Request, reply } from '../request.ts';
import { asciiJson, Refusal } from '../wire.ts';
import { wantedTicker } from './core.ts';

const defaultBars = 500;
const maxBars = 5000;
const maxTickers = 1000;

export function historyHandler(history: HistoryPort): Handler {
  return (request) => {
    const query = historyQuery(request);
    const data = history.bars(query).then((page) => {
      if (page === undefined) {
        throw new Refusal('NOT_FOUND', `No ${query.timeframe} bars of ${query.ticker}`);
      }
      const { ticker, timeframe } = query;
      const { bars, next, provisionalFrom } = page;
      return asciiJson({ ticker, timeframe, bars, next, provisional_from: provisionalFrom });
    });
    return { when: 'in-order', data };
  };
}

/** Many quotes at once: those that are known, and the names of those that are not. */
export function quotesHandler(quoteData: (ticker: string) => string | undefined): Handler {
  return (request) => {
    const quotes: string[] = [];
    const unknown: string[] = [];
    for (const ticker of wantedTickers(request)) {
      const data = quoteData(ticker);
      if (data === undefined) unknown.push(ticker);
      else quotes.push(data);
    }
    return reply(`{"quotes":[${quotes.join(',')}],"unknown":${asciiJson(unknown)}}`);
  };
}

export function wantedTickers(request: Request): readonly string[] {
  const tickers = request.fields['tickers'];
  if (!Array.isArray(tickers) || tickers.length === 0) {
    throw new Refusal('BAD_REQUEST', 'Missing tickers');
  }
  if (tickers.length > maxTickers || tickers.some((ticker) => typeof ticker !== 'string')) {
    throw new Refusal('BAD_REQUEST', `tickers must be a list of at most ${maxTickers} texts`);
  }
  return tickers as readonly string[];
}

function historyQuery(request: Request): HistoryQuery {
  const ticker = wantedTicker(request);
  const timeframe = request.fields['timeframe'] ?? '1d';
  if (typeof timeframe !== 'string' || !isTimeframe(timeframe)) {
    throw new Refusal('BAD_REQUEST', 'timeframe must be one of 1m, 5m, 15m, 30m, 1h, 4h, 1d');
  }
  return {
    ticker,
    timeframe,
    from: moment(request, 'from'),
    to: moment(request, 'to'),
    limit: optionalInteger(request, 'limit', 1, maxBars) ?? defaultBars,
  };
}

/** Epoch milliseconds, or a date and time in ISO 8601. */
function moment(request: Request, name: string): number | null {
  const value = request.fields[name] ?? null;
  if (value === null) return null;
  const ms = momentOf(value);
  if (ms !== undefined) return ms;
  throw new Refusal('BAD_REQUEST', `${name} must be epoch milliseconds or an ISO 8601 time`);
}
