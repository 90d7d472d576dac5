import type { Core } from '../core.ts';
import { errors } from '../errors.ts';
import { Line } from '../feed/line.ts';
import { delayMs } from '../feed/tick-feed.ts';
import { marketDataLines } from '../limits.ts';
import { farmOf } from '../links.ts';
import type { Instrument } from '../ports.ts';
import type { Request } from '../protocol/requests.ts';
import type { Session } from '../session.ts';
import { instrumentOf, whatOf } from './contracts.ts';

export function marketDataType(
  _: Core,
  session: Session,
  { type }: Request<'marketDataType'>,
): void {
  if (type < 1 || type > 4) {
    session.error(-1, errors.invalid(`Invalid market data type ${type}`));
    return;
  }
  session.marketDataType = type;
}

export function marketData(core: Core, session: Session, request: Request<'marketData'>): void {
  const { reqId } = request;
  const { lines, liveBars } = session.subscriptions;
  if (lines.has(reqId) || liveBars.has(reqId)) {
    session.error(reqId, errors.duplicateTicker());
    return;
  }
  const instrument = instrumentOf(core, session, reqId, request);
  if (!instrument) return;
  core.links.wake(farmOf(instrument));
  const admitted = admission(core, session, reqId, instrument);
  if (admitted === 'refused') return;
  if (!request.snapshot && linesFull(core)) {
    session.error(reqId, errors.tooManyTickers());
    return;
  }
  const line = new Line(session, reqId, instrument, {
    delayed: admitted === 'delayed',
    rtVolume: /(^|,)\s*(233|375)\b/.test(request.genericTicks),
  });
  session.send('marketDataType', { reqId, type: shownType(session, admitted) });
  session.send('tickRequestParameters', {
    reqId,
    minTick: instrument.minTick,
    bboExchange: instrument.secType === 'STK' ? '9c0001' : '',
    snapshotPermissions: 3,
  });
  if (core.mayFlow(line)) {
    line.quote(core.market.quote(instrument, core.clock.now() - (line.delayed ? delayMs : 0)));
  }
  if (request.snapshot) {
    session.send('tickSnapshotEnd', { reqId });
    return;
  }
  lines.set(reqId, line);
  core.ticks.add(line);
}

export function cancelMarketData(
  core: Core,
  session: Session,
  { reqId }: Request<'cancelMarketData'>,
): void {
  cancel(session, reqId, session.subscriptions.lines, (line) => core.ticks.remove(line));
}

export function realTimeBars(core: Core, session: Session, request: Request<'realTimeBars'>): void {
  const { reqId } = request;
  const { lines, liveBars } = session.subscriptions;
  if (lines.has(reqId) || liveBars.has(reqId)) {
    session.error(reqId, errors.duplicateTicker());
    return;
  }
  const instrument = instrumentOf(core, session, reqId, request);
  if (!instrument) return;
  const what = whatOf(request.whatToShow);
  if (!what || what === 'BID_ASK' || what === 'ADJUSTED_LAST' || request.barSize !== 5) {
    session.error(
      reqId,
      errors.invalidRealTimeQuery('only 5 second bars of TRADES, MIDPOINT, BID, ASK'),
    );
    return;
  }
  core.links.wake(farmOf(instrument));
  if (admission(core, session, reqId, instrument) !== 'live') {
    if (core.faults.active('delayed-only', session.clientId ?? -1, instrument.symbol)) {
      session.error(reqId, errors.invalidRealTimeQuery('No market data permissions'));
    }
    return;
  }
  if (linesFull(core)) {
    session.error(reqId, errors.tooManyTickers());
    return;
  }
  const bars = {
    session,
    reqId,
    instrument,
    what,
    regularHours: request.useRegularHours,
    dead: false,
  };
  liveBars.set(reqId, bars);
  core.liveBars.addLive(bars);
}

export function cancelRealTimeBars(
  core: Core,
  session: Session,
  { reqId }: Request<'cancelRealTimeBars'>,
): void {
  cancel(session, reqId, session.subscriptions.liveBars, (bars) => core.liveBars.remove(bars));
}

function cancel<Subscription>(
  session: Session,
  reqId: number,
  open: Map<number, Subscription>,
  end: (subscription: Subscription) => void,
): void {
  const subscription = open.get(reqId);
  if (!subscription) {
    session.error(reqId, errors.noSuchTicker(reqId));
    return;
  }
  open.delete(reqId);
  end(subscription);
}

function linesFull(core: Core): boolean {
  return core.limits.enforced && core.ticks.count + core.liveBars.count >= marketDataLines;
}

/** Whether the account may see it, and how fresh; a refusal has been sent when it may not. */
function admission(
  core: Core,
  session: Session,
  reqId: number,
  instrument: Instrument,
): 'live' | 'delayed' | 'refused' {
  const client = session.clientId ?? -1;
  const wantsDelayed = session.marketDataType >= 3;
  if (core.faults.active('competing-session', client)) {
    session.error(reqId, errors.competingSession());
    return 'refused';
  }
  const subject = `${instrument.localSymbol} ${instrument.primaryExchange || instrument.exchange}/TOP/ALL`;
  if (core.faults.active('not-subscribed', client, instrument.symbol)) {
    session.error(reqId, wantsDelayed ? errors.delayedNotEnabled() : errors.notSubscribed(subject));
    return 'refused';
  }
  if (core.faults.active('delayed-only', client, instrument.symbol)) {
    if (!wantsDelayed) {
      session.error(reqId, errors.notSubscribed(subject));
      return 'refused';
    }
    session.error(reqId, errors.delayedShown());
    return 'delayed';
  }
  return 'live';
}

/** What message 58 tells: live data even to those who asked for delayed, because it is there. */
function shownType(session: Session, admitted: 'live' | 'delayed'): number {
  if (admitted === 'delayed') return session.marketDataType;
  return session.marketDataType === 2 ? 2 : 1;
}
