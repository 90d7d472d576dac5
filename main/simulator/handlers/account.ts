import type { AccountValue, Holding } from '../accounts/accounts.ts';
import type { Core } from '../core.ts';
import { errors } from '../errors.ts';
import { mostSummaries } from '../limits.ts';
import type { Request } from '../protocol/requests.ts';
import { zonedText } from '../protocol/times.ts';
import type { Session } from '../session.ts';

/** How often the account's numbers are told again to those who asked for them. */
export const accountUpdateMs = 180_000;

export function positions(core: Core, session: Session): void {
  session.subscriptions.positions = true;
  for (const holding of core.accounts.holdings()) {
    session.send('position', {
      account: holding.account,
      ...held(holding),
      position: holding.position,
      averageCost: holding.averageCost,
    });
  }
  session.send('positionsEnd', {});
}

export function cancelPositions(_: Core, session: Session): void {
  session.subscriptions.positions = false;
}

export function positionsMulti(
  core: Core,
  session: Session,
  { reqId, account, modelCode }: Request<'positionsMulti'>,
): void {
  if (!knows(core, session, reqId, account)) return;
  session.subscriptions.multiPositions.add(reqId);
  for (const holding of core.accounts.holdings(account)) {
    session.send('positionMulti', {
      reqId,
      account: holding.account,
      ...held(holding),
      position: holding.position,
      averageCost: holding.averageCost,
      modelCode,
    });
  }
  session.send('positionsMultiEnd', { reqId });
}

export function cancelPositionsMulti(
  _: Core,
  session: Session,
  { reqId }: Request<'cancelPositionsMulti'>,
): void {
  session.subscriptions.multiPositions.delete(reqId);
}

export function accountUpdates(
  core: Core,
  session: Session,
  { subscribe, account }: Request<'accountUpdates'>,
): void {
  if (!subscribe) {
    session.subscriptions.accountUpdates = null;
    return;
  }
  const name = account === '' ? core.accounts.names[0] : account;
  if (name === undefined || !knows(core, session, -1, name)) return;
  session.subscriptions.accountUpdates = name;
  sendAccount(core, session, name);
  session.send('accountDownloadEnd', { account: name });
}

export function accountUpdatesMulti(
  core: Core,
  session: Session,
  { reqId, account, modelCode }: Request<'accountUpdatesMulti'>,
): void {
  if (!knows(core, session, reqId, account)) return;
  session.subscriptions.multiUpdates.set(reqId, { account, model: modelCode });
  sendMulti(core, session, reqId, account, modelCode);
  session.send('accountUpdatesMultiEnd', { reqId });
}

export function cancelAccountUpdatesMulti(
  _: Core,
  session: Session,
  { reqId }: Request<'cancelAccountUpdatesMulti'>,
): void {
  session.subscriptions.multiUpdates.delete(reqId);
}

export function accountSummary(
  core: Core,
  session: Session,
  { reqId, tags }: Request<'accountSummary'>,
): void {
  const { summaries } = session.subscriptions;
  if (core.limits.enforced && !summaries.has(reqId) && summaries.size >= mostSummaries) {
    session.error(reqId, errors.failed('Maximum number of account summary requests exceeded'));
    return;
  }
  const wanted = tags.split(',').map((tag) => tag.trim());
  summaries.set(reqId, wanted);
  sendSummary(core, session, reqId, wanted);
  session.send('accountSummaryEnd', { reqId });
}

export function cancelAccountSummary(
  _: Core,
  session: Session,
  { reqId }: Request<'cancelAccountSummary'>,
): void {
  session.subscriptions.summaries.delete(reqId);
}

export function pnl(core: Core, session: Session, { reqId, account }: Request<'pnl'>): void {
  if (!knows(core, session, reqId, account)) return;
  session.subscriptions.pnl.set(reqId, { account, conId: null });
  sendPnl(core, session, reqId);
}

export function pnlSingle(
  core: Core,
  session: Session,
  { reqId, account, conId }: Request<'pnlSingle'>,
): void {
  if (!knows(core, session, reqId, account)) return;
  session.subscriptions.pnl.set(reqId, { account, conId });
  sendPnl(core, session, reqId);
}

export function cancelPnl(
  _: Core,
  session: Session,
  { reqId }: Request<'cancelPnl'> | Request<'cancelPnlSingle'>,
): void {
  session.subscriptions.pnl.delete(reqId);
}

export function executions(core: Core, session: Session, request: Request<'executions'>): void {
  const { reqId } = request;
  const now = core.clock.now();
  const symbol = request.symbol.toUpperCase();
  for (const one of core.accounts.executions(request.account, now)) {
    const { instrument } = one.holding;
    if (symbol !== '' && instrument.symbol !== symbol) continue;
    if (request.side !== '' && !request.side.toUpperCase().startsWith('B')) continue;
    if (request.clientId !== 0 && request.clientId !== session.clientId) continue;
    session.send('execution', {
      reqId,
      orderId: one.orderId,
      ...held(one.holding),
      execId: one.execId,
      time: zonedText(one.timeMs, instrument.timeZone, session.version),
      account: one.holding.account,
      executionExchange: instrument.primaryExchange || instrument.exchange,
      side: 'BOT',
      shares: one.shares,
      price: one.price,
      permId: one.permId,
      clientId: 0,
      liquidation: 0,
      cumulativeQuantity: one.shares,
      averagePrice: one.price,
      orderRef: '',
      evRule: '',
      evMultiplier: '',
      modelCode: '',
      lastLiquidity: 2,
      pendingPriceRevision: 0,
    });
    session.send('commissionReport', {
      execId: one.execId,
      commission: 1,
      currency: instrument.currency,
      realizedPnl: 0,
      yield: 0,
      yieldRedemptionDate: 0,
    });
  }
  session.send('executionsEnd', { reqId });
}

/** Tells again what the client subscribed to. */
export function sendAccountNews(core: Core, session: Session): void {
  const { accountUpdates: account, summaries, multiUpdates, pnl: profits } = session.subscriptions;
  if (account !== null) sendAccount(core, session, account);
  for (const [reqId, tags] of summaries) sendSummary(core, session, reqId, tags);
  for (const [reqId, multi] of multiUpdates) {
    sendMulti(core, session, reqId, multi.account, multi.model);
  }
  for (const reqId of profits.keys()) sendPnl(core, session, reqId);
}

function sendAccount(core: Core, session: Session, account: string): void {
  const now = core.clock.now();
  for (const one of core.accounts.values(account, now)) {
    session.send('accountValue', { ...one, account });
  }
  for (const holding of core.accounts.holdings(account)) {
    const { price, value, unrealized } = core.accounts.valueOf(holding, now);
    const { instrument } = holding;
    session.send('portfolioValue', {
      ...held(holding),
      primaryExchange: instrument.primaryExchange,
      position: holding.position,
      marketPrice: price,
      marketValue: value,
      averageCost: holding.averageCost,
      unrealizedPnl: unrealized,
      realizedPnl: 0,
      account,
    });
  }
  const at = new Date(now);
  const minute = `${String(at.getUTCHours()).padStart(2, '0')}:${String(at.getUTCMinutes()).padStart(2, '0')}`;
  session.send('accountUpdateTime', { time: minute });
}

function sendMulti(
  core: Core,
  session: Session,
  reqId: number,
  account: string,
  modelCode: string,
): void {
  for (const name of namesOf(core, account)) {
    for (const one of core.accounts.values(name, core.clock.now())) {
      session.send('accountUpdateMulti', { reqId, account: name, modelCode, ...one });
    }
  }
}

function sendSummary(core: Core, session: Session, reqId: number, tags: readonly string[]): void {
  const ledger = tags.some((tag) => tag.toUpperCase().startsWith('$LEDGER'));
  for (const account of core.accounts.names) {
    for (const one of core.accounts.values(account, core.clock.now())) {
      const asked = tags.includes(one.key) || tags.includes('All') || (ledger && inLedger(one));
      if (!asked) continue;
      session.send('accountSummary', {
        reqId,
        account,
        tag: one.key,
        value: one.value,
        currency: one.currency,
      });
    }
  }
}

function sendPnl(core: Core, session: Session, reqId: number): void {
  const asked = session.subscriptions.pnl.get(reqId);
  if (!asked) return;
  const now = core.clock.now();
  const holdings = core.accounts
    .holdings(asked.account)
    .filter((one) => asked.conId === null || one.instrument.conId === asked.conId);
  const profits = holdings.map((holding) => core.accounts.profit(holding, now));
  const sum = (pick: (one: (typeof profits)[number]) => number): number =>
    Math.round(profits.reduce((total, one) => total + pick(one), 0) * 100) / 100;
  const daily = sum((one) => one.daily);
  const unrealized = sum((one) => one.unrealized);
  if (asked.conId === null) {
    session.send('pnl', { reqId, daily, unrealized, realized: 0 });
    return;
  }
  session.send('pnlSingle', {
    reqId,
    position: holdings.reduce((total, one) => total + one.position, 0),
    daily,
    unrealized,
    realized: 0,
    value: sum((one) => one.value),
  });
}

const ledgerKeys = new Set([
  'CashBalance',
  'TotalCashBalance',
  'StockMarketValue',
  'UnrealizedPnL',
  'RealizedPnL',
  'ExchangeRate',
  'Currency',
]);

function inLedger(value: AccountValue): boolean {
  return ledgerKeys.has(value.key);
}

function namesOf(core: Core, account: string): readonly string[] {
  return account === '' || account === 'All' ? core.accounts.names : [account];
}

function knows(core: Core, session: Session, reqId: number, account: string): boolean {
  if (account === '' || account === 'All' || core.accounts.names.includes(account)) return true;
  session.error(reqId, errors.invalid('Invalid account code'));
  return false;
}

function held({ instrument }: Holding) {
  return {
    conId: instrument.conId,
    symbol: instrument.symbol,
    secType: instrument.secType,
    lastTradeDate: instrument.lastTradeDate,
    strike: 0,
    right: '',
    multiplier: instrument.multiplier,
    exchange: instrument.primaryExchange || instrument.exchange,
    currency: instrument.currency,
    localSymbol: instrument.localSymbol,
    tradingClass: instrument.tradingClass,
  };
}
