import type { Core } from '../core.ts';
import { errors } from '../errors.ts';
import type { Request, RequestName } from '../protocol/requests.ts';
import type { Session } from '../session.ts';
import * as account from './account.ts';
import * as contracts from './contracts.ts';
import * as historical from './historical.ts';
import * as marketData from './market-data.ts';

export type Handlers = {
  readonly [N in RequestName]: (core: Core, session: Session, request: Request<N>) => void;
};

const firstOrderId = 1;
const nothing = (): void => {};

/** What is done about every request. */
export const handlers: Handlers = {
  marketData: marketData.marketData,
  cancelMarketData: marketData.cancelMarketData,
  marketDataType: marketData.marketDataType,
  realTimeBars: marketData.realTimeBars,
  cancelRealTimeBars: marketData.cancelRealTimeBars,
  historicalData: historical.historicalData,
  cancelHistoricalData: historical.cancelHistoricalData,
  headTimestamp: contracts.headTimestamp,
  // The answer is made at once, so there is never one left to cancel.
  cancelHeadTimestamp: nothing,
  contractDetails: contracts.contractDetails,
  matchingSymbols: contracts.matchingSymbols,
  marketRule: contracts.marketRule,
  positions: account.positions,
  cancelPositions: account.cancelPositions,
  positionsMulti: account.positionsMulti,
  cancelPositionsMulti: account.cancelPositionsMulti,
  accountUpdates: account.accountUpdates,
  accountUpdatesMulti: account.accountUpdatesMulti,
  cancelAccountUpdatesMulti: account.cancelAccountUpdatesMulti,
  accountSummary: account.accountSummary,
  cancelAccountSummary: account.cancelAccountSummary,
  pnl: account.pnl,
  cancelPnl: account.cancelPnl,
  pnlSingle: account.pnlSingle,
  cancelPnlSingle: account.cancelPnl,
  executions: account.executions,
  openOrders: (_, session) => session.send('openOrdersEnd', {}),
  allOpenOrders: (_, session) => session.send('openOrdersEnd', {}),
  completedOrders: (_, session) => session.send('completedOrdersEnd', {}),
  autoOpenOrders: nothing,
  globalCancel: nothing,
  serverLogLevel: nothing,
  ids: (_, session) => session.send('nextValidId', { orderId: firstOrderId }),
  managedAccounts: (core, session) =>
    session.send('managedAccounts', { accounts: core.accounts.names.join(',') }),
  familyCodes: (core, session) =>
    session.send('familyCodes', {
      codes: core.accounts.names.map((name) => ({ account: name, code: '' })),
    }),
  currentTime: (core, session) =>
    session.send('currentTime', { time: Math.floor(core.toldTime() / 1000) }),
  userInfo: (_, session, { reqId }) => session.send('userInfo', { reqId, whiteBrandingId: '' }),
  startApi: (_, session) => session.error(-1, errors.invalid('The API has been started already')),
};

/** Requests that the servers behind the gateway answer: they wait while the link to those is lost. */
export const needsServers: ReadonlySet<RequestName> = new Set<RequestName>([
  'marketData',
  'realTimeBars',
  'historicalData',
  'headTimestamp',
  'contractDetails',
  'matchingSymbols',
]);
