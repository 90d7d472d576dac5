import {
  double,
  flag,
  from,
  int,
  list,
  message,
  text,
  upTo,
  type ValuesOf,
  when,
} from './schema.ts';
import { since } from './versions.ts';

/** How almost every request names a contract. */
const contract = [
  int('conId'),
  text('symbol'),
  text('secType'),
  text('lastTradeDate'),
  double('strike'),
  text('right'),
  text('multiplier'),
  text('exchange'),
  text('primaryExchange'),
  text('currency'),
  text('localSymbol'),
  text('tradingClass'),
] as const;

const isCombination = (request: Readonly<Record<string, unknown>>): boolean =>
  request['secType'] === 'BAG';

const legs = when(
  isCombination,
  list('legs', int('conId'), int('ratio'), text('action'), text('exchange')),
);

const isDeltaNeutral = (request: Readonly<Record<string, unknown>>): boolean =>
  request['deltaNeutral'] === true;

/** Every request the simulated gateway understands: what follows the message number, in order. */
export const requests = {
  marketData: message(
    1,
    int('version'),
    int('reqId'),
    ...contract,
    legs,
    flag('deltaNeutral'),
    when(isDeltaNeutral, int('deltaNeutralConId')),
    when(isDeltaNeutral, double('deltaNeutralDelta')),
    when(isDeltaNeutral, double('deltaNeutralPrice')),
    text('genericTicks'),
    flag('snapshot'),
    from(since.smartComponents, flag('regulatorySnapshot')),
    text('options'),
  ),
  cancelMarketData: message(2, int('version'), int('reqId')),
  openOrders: message(5, int('version')),
  accountUpdates: message(6, int('version'), flag('subscribe'), text('account')),
  executions: message(
    7,
    int('version'),
    int('reqId'),
    int('clientId'),
    text('account'),
    text('time'),
    text('symbol'),
    text('secType'),
    text('exchange'),
    text('side'),
  ),
  ids: message(8, int('version'), int('count')),
  contractDetails: message(
    9,
    int('version'),
    int('reqId'),
    ...contract,
    flag('includeExpired'),
    text('secIdType'),
    text('secId'),
    from(since.bondIssuerId, text('issuerId')),
  ),
  serverLogLevel: message(14, int('version'), int('level')),
  autoOpenOrders: message(15, int('version'), flag('bind')),
  allOpenOrders: message(16, int('version')),
  managedAccounts: message(17, int('version')),
  historicalData: message(
    20,
    upTo(since.syntheticRealtimeBars, int('version')),
    int('reqId'),
    ...contract,
    flag('includeExpired'),
    text('endDateTime'),
    text('barSize'),
    text('duration'),
    int('useRegularHours'),
    text('whatToShow'),
    int('formatDate'),
    legs,
    from(since.syntheticRealtimeBars, flag('keepUpToDate')),
    text('options'),
  ),
  cancelHistoricalData: message(25, int('version'), int('reqId')),
  currentTime: message(49, int('version')),
  realTimeBars: message(
    50,
    int('version'),
    int('reqId'),
    ...contract,
    int('barSize'),
    text('whatToShow'),
    flag('useRegularHours'),
    text('options'),
  ),
  cancelRealTimeBars: message(51, int('version'), int('reqId')),
  globalCancel: message(58, int('version')),
  marketDataType: message(59, int('version'), int('type')),
  positions: message(61, int('version')),
  accountSummary: message(62, int('version'), int('reqId'), text('group'), text('tags')),
  cancelAccountSummary: message(63, int('version'), int('reqId')),
  cancelPositions: message(64, int('version')),
  startApi: message(71, int('version'), int('clientId'), text('optionalCapabilities')),
  positionsMulti: message(74, int('version'), int('reqId'), text('account'), text('modelCode')),
  cancelPositionsMulti: message(75, int('version'), int('reqId')),
  accountUpdatesMulti: message(
    76,
    int('version'),
    int('reqId'),
    text('account'),
    text('modelCode'),
    flag('ledgerAndNetLiquidation'),
  ),
  cancelAccountUpdatesMulti: message(77, int('version'), int('reqId')),
  familyCodes: message(80),
  matchingSymbols: message(81, int('reqId'), text('pattern')),
  headTimestamp: message(
    87,
    int('reqId'),
    ...contract,
    flag('includeExpired'),
    flag('useRegularHours'),
    text('whatToShow'),
    int('formatDate'),
  ),
  cancelHeadTimestamp: message(90, int('reqId')),
  marketRule: message(91, int('ruleId')),
  pnl: message(92, int('reqId'), text('account'), text('modelCode')),
  cancelPnl: message(93, int('reqId')),
  pnlSingle: message(94, int('reqId'), text('account'), text('modelCode'), int('conId')),
  cancelPnlSingle: message(95, int('reqId')),
  completedOrders: message(99, flag('apiOnly')),
  userInfo: message(104, int('reqId')),
} as const;

export type RequestName = keyof typeof requests;
export type Request<N extends RequestName = RequestName> = ValuesOf<(typeof requests)[N]>;
/** The contract as a request names it. */
export type RequestContract = Pick<
  Request<'headTimestamp'>,
  | 'conId'
  | 'symbol'
  | 'secType'
  | 'lastTradeDate'
  | 'multiplier'
  | 'exchange'
  | 'primaryExchange'
  | 'currency'
  | 'localSymbol'
  | 'tradingClass'
>;

/**
 * Requests of the protocol this gateway does not serve, so that the refusal can name the request and carry its id.
 * `version: true` when a version number stands before the id; `id: false` when there is no id.
 */
export const unserved: Readonly<
  Record<number, { readonly name: string; readonly version: boolean; readonly id: boolean }>
> = {
  3: { name: 'placeOrder', version: false, id: true },
  4: { name: 'cancelOrder', version: true, id: true },
  10: { name: 'marketDepth', version: true, id: true },
  11: { name: 'cancelMarketDepth', version: true, id: true },
  12: { name: 'newsBulletins', version: true, id: false },
  13: { name: 'cancelNewsBulletins', version: true, id: false },
  18: { name: 'financialAdvisor', version: true, id: false },
  19: { name: 'replaceFinancialAdvisor', version: true, id: false },
  21: { name: 'exerciseOptions', version: true, id: true },
  22: { name: 'scannerSubscription', version: false, id: true },
  23: { name: 'cancelScannerSubscription', version: true, id: true },
  24: { name: 'scannerParameters', version: true, id: false },
  52: { name: 'fundamentalData', version: true, id: true },
  53: { name: 'cancelFundamentalData', version: true, id: true },
  54: { name: 'calculateImpliedVolatility', version: true, id: true },
  55: { name: 'calculateOptionPrice', version: true, id: true },
  56: { name: 'cancelCalculateImpliedVolatility', version: true, id: true },
  57: { name: 'cancelCalculateOptionPrice', version: true, id: true },
  65: { name: 'verify', version: true, id: false },
  66: { name: 'verifyMessage', version: true, id: false },
  67: { name: 'queryDisplayGroups', version: true, id: true },
  68: { name: 'subscribeToGroupEvents', version: true, id: true },
  69: { name: 'updateDisplayGroup', version: true, id: true },
  70: { name: 'unsubscribeFromGroupEvents', version: true, id: true },
  72: { name: 'verifyAndAuthenticate', version: true, id: false },
  73: { name: 'verifyAndAuthenticateMessage', version: true, id: false },
  78: { name: 'securityDefinitionOptionParameters', version: false, id: true },
  79: { name: 'softDollarTiers', version: false, id: true },
  82: { name: 'marketDepthExchanges', version: false, id: false },
  83: { name: 'smartComponents', version: false, id: true },
  84: { name: 'newsArticle', version: false, id: true },
  85: { name: 'newsProviders', version: false, id: false },
  86: { name: 'historicalNews', version: false, id: true },
  88: { name: 'histogramData', version: false, id: true },
  89: { name: 'cancelHistogramData', version: false, id: true },
  96: { name: 'historicalTicks', version: false, id: true },
  97: { name: 'tickByTickData', version: false, id: true },
  98: { name: 'cancelTickByTickData', version: false, id: true },
  100: { name: 'calendarMetaData', version: false, id: true },
  101: { name: 'cancelCalendarMetaData', version: false, id: true },
  102: { name: 'calendarEventData', version: false, id: true },
  103: { name: 'cancelCalendarEventData', version: false, id: true },
};
