import type { Core } from '../core.ts';
import { errors } from '../errors.ts';
import { contractFarm } from '../links.ts';
import type { ContractQuery, Instrument, WhatToShow } from '../ports.ts';
import type { Request, RequestContract } from '../protocol/requests.ts';
import { dashedText } from '../protocol/times.ts';
import type { Session } from '../session.ts';
import { hoursText } from './hours.ts';

const dayMs = 86_400_000;
const mostSamples = 16;

export function queryOf(contract: RequestContract, includeExpired = false): ContractQuery {
  return {
    conId: contract.conId,
    symbol: contract.symbol,
    secType: contract.secType,
    lastTradeDate: contract.lastTradeDate,
    exchange: contract.exchange,
    primaryExchange: contract.primaryExchange,
    currency: contract.currency,
    localSymbol: contract.localSymbol,
    tradingClass: contract.tradingClass,
    multiplier: contract.multiplier,
    includeExpired,
  };
}

/** The one instrument a request means; otherwise the client is told why not. */
export function instrumentOf(
  core: Core,
  session: Session,
  reqId: number,
  contract: RequestContract,
): Instrument | undefined {
  const found = core.market.resolve(queryOf(contract));
  if (found.length === 1) return found[0];
  session.error(
    reqId,
    found.length === 0 ? errors.unknownContract() : errors.ambiguousContract(contract.symbol),
  );
  return undefined;
}

export function contractDetails(
  core: Core,
  session: Session,
  request: Request<'contractDetails'>,
): void {
  const { reqId } = request;
  core.links.wake(contractFarm);
  const broken = core.faults.active('farm-broken', session.clientId ?? -1);
  // While that farm is away IBKR says of contracts it knows well that there are none.
  const found =
    broken?.farm === contractFarm
      ? []
      : core.market.resolve(queryOf(request, request.includeExpired));
  if (found.length === 0) {
    session.error(reqId, errors.unknownContract());
    return;
  }
  for (const instrument of found) {
    const day = Math.floor(core.clock.now() / dayMs) * dayMs;
    const sessions = core.market.sessions(instrument, day - dayMs, day + 7 * dayMs);
    const stock = instrument.secType === 'STK';
    session.send('contractDetails', {
      reqId,
      symbol: instrument.symbol,
      secType: instrument.secType,
      lastTradeDateOrMonth: instrument.lastTradeDate,
      lastTradeDate: instrument.lastTradeDate,
      strike: 0,
      right: '',
      exchange: instrument.exchange,
      currency: instrument.currency,
      localSymbol: instrument.localSymbol,
      marketName: instrument.marketName,
      tradingClass: instrument.tradingClass,
      conId: instrument.conId,
      minTick: instrument.minTick,
      multiplier: instrument.multiplier,
      orderTypes: 'ACTIVETIM,ADJUST,ALERT,DAY,GTC,GTD,IOC,LMT,MKT,STP,STPLMT,TRAIL',
      validExchanges: validExchanges(instrument),
      priceMagnifier: 1,
      underConId: 0,
      longName: instrument.longName,
      primaryExchange: instrument.primaryExchange,
      contractMonth: instrument.contractMonth,
      industry: instrument.industry,
      category: instrument.category,
      subcategory: instrument.category,
      timeZone: instrument.timeZone,
      tradingHours: hoursText(instrument, sessions, day, 'all'),
      liquidHours: hoursText(instrument, sessions, day, 'regular'),
      evRule: '',
      evMultiplier: '',
      secIds: [],
      aggGroup: stock ? 1 : instrument.secType === 'CASH' ? 4 : 2147483647,
      underSymbol: stock || instrument.secType === 'CASH' ? '' : instrument.symbol,
      underSecType: stock || instrument.secType === 'CASH' ? '' : 'IND',
      marketRuleIds: validExchanges(instrument)
        .split(',')
        .map(() => String(ruleOf(instrument)))
        .join(','),
      realExpirationDate: instrument.lastTradeDate,
      stockType: instrument.stockType,
      minSize: stock ? 0.0001 : 1,
      sizeIncrement: stock ? 0.0001 : 1,
      suggestedSizeIncrement: stock ? 100 : 1,
      ineligibilityReasons: [],
    });
  }
  session.send('contractDetailsEnd', { reqId });
}

export function matchingSymbols(
  core: Core,
  session: Session,
  { reqId, pattern }: Request<'matchingSymbols'>,
): void {
  core.links.wake(contractFarm);
  session.send('matchingSymbols', {
    reqId,
    contracts: core.market.search(pattern, mostSamples).map((instrument) => ({
      conId: instrument.conId,
      symbol: instrument.symbol,
      secType: instrument.secType,
      primaryExchange: instrument.primaryExchange || instrument.exchange,
      currency: instrument.currency,
      derivatives: [],
      description: instrument.longName,
      issuerId: '',
    })),
  });
}

export function headTimestamp(
  core: Core,
  session: Session,
  request: Request<'headTimestamp'>,
): void {
  const { reqId } = request;
  const instrument = instrumentOf(core, session, reqId, request);
  if (!instrument) return;
  const what = whatOf(request.whatToShow);
  if (!what) {
    session.error(reqId, errors.invalid(`Invalid what to show: ${request.whatToShow}`));
    return;
  }
  const at = core.market.headTimestamp(instrument, request.useRegularHours, what);
  session.send('headTimestamp', {
    reqId,
    time: request.formatDate === 2 ? String(Math.floor(at / 1000)) : dashedText(at, 'UTC'),
  });
}

const shown: readonly string[] = ['TRADES', 'MIDPOINT', 'BID', 'ASK', 'BID_ASK', 'ADJUSTED_LAST'];

export function whatOf(text: string): WhatToShow | undefined {
  const wanted = text.trim().toUpperCase();
  return shown.includes(wanted) ? (wanted as WhatToShow) : undefined;
}

const rules: Readonly<Record<number, number>> = { 26: 0.01, 239: 0.00005, 67: 0.25 };

function ruleOf(instrument: Instrument): number {
  return instrument.secType === 'STK' ? 26 : instrument.secType === 'CASH' ? 239 : 67;
}

export function marketRule(_: Core, session: Session, { ruleId }: Request<'marketRule'>): void {
  const increment = rules[ruleId];
  if (increment === undefined) {
    session.error(-1, errors.invalid(`Unknown market rule ${ruleId}`));
    return;
  }
  session.send('marketRule', { ruleId, increments: [{ lowEdge: 0, increment }] });
}

function validExchanges(instrument: Instrument): string {
  if (instrument.secType !== 'STK') return instrument.exchange;
  const named = ['SMART', instrument.primaryExchange, 'ARCA', 'BATS', 'IEX', 'DRCTEDGE'];
  return [...new Set(named.filter((name) => name !== ''))].join(',');
}
