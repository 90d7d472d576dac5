import type { Advice } from './advice.ts';

/** The things code 162 says, and the rest. */
export type HistoricalError =
  | 'pacing'
  | 'no-data'
  | 'cancelled'
  | 'no-permission'
  /** No request would be answered now, whatever it asks for. */
  | 'unreachable'
  | 'other';

const elsewhere = /different IP address|competing (live )?session/i;
const broken =
  /\b(farm|connection|hmds(?! query))\b[^:]*\b(disconnect(ed)?|broken|inactive|lost|failed|unavailable|not (available|connected))\b/i;

/** Code 162 tells only by its text which of its meanings is meant. */
export function historicalErrorOf(message: string): HistoricalError {
  if (/pacing violation/i.test(message)) return 'pacing';
  if (/returned no data|no data of type/i.test(message)) return 'no-data';
  if (/cancell?ed/i.test(message)) return 'cancelled';
  if (/permission|not subscribed|subscription/i.test(message)) return 'no-permission';
  if (elsewhere.test(message) || broken.test(message)) return 'unreachable';
  return 'other';
}

export const historicalAdvice: Readonly<Record<HistoricalError, Omit<Advice, 'code'>>> = {
  pacing: {
    severity: 'warning',
    meaning: 'Too many historical requests were sent in too short a time.',
    effect:
      'IBKR refused this request; asking on would prolong the pause, so historical requests wait a while.',
    todo: [
      'Nothing: the queue goes on by itself.',
      'Stop other programs that load history through the same login.',
      'Load fewer tickers or timeframes at a time.',
    ],
    endsRequest: true,
  },
  'no-data': {
    severity: 'info',
    meaning: 'IBKR has no bars for the time that was asked.',
    effect: 'This stretch of history stays empty; it is not an outage.',
    todo: [
      'Check that the market was open then and that the symbol was already listed.',
      'For a currency pair ask for MIDPOINT instead of TRADES.',
    ],
    endsRequest: true,
  },
  cancelled: {
    severity: 'info',
    meaning: 'The historical request was cancelled.',
    effect: 'No bars come for it; either it was withdrawn here or IBKR gave up on it.',
    todo: ['Ask again for a shorter stretch if it was not withdrawn on purpose.'],
    endsRequest: true,
  },
  'no-permission': {
    severity: 'warning',
    meaning: 'The account may not read this history.',
    effect:
      'No bars come for this symbol, even delayed: history needs the market-data subscription.',
    todo: [
      'Subscribe to the exchange in Client Portal, Settings, Market Data Subscriptions.',
      'Restart TWS after subscribing.',
    ],
    endsRequest: true,
  },
  unreachable: {
    severity: 'warning',
    meaning: "IBKR's historical data service cannot be reached through this session now.",
    effect: 'No bars come until it can; what was asked for is asked again by itself.',
    todo: [
      'Wait: TWS connects to its data farms again by itself.',
      'If the text names another address: log out of TWS, Client Portal or the phone app elsewhere.',
    ],
    endsRequest: true,
  },
  other: {
    severity: 'warning',
    meaning: 'The historical data service refused the request.',
    effect: 'No bars come for it.',
    todo: [
      'Read the text beside the code: it names what IBKR did not like.',
      'Try a shorter stretch or larger bars.',
    ],
    endsRequest: true,
  },
};
