import {
  barSecondsOf,
  type Duration,
  durationOf,
  durationRefusal,
  stepRefusal,
} from '../bars/bar-sizes.ts';
import { datedRange, type Range, rangeOf } from '../bars/range.ts';
import type { Core } from '../core.ts';
import { errors } from '../errors.ts';
import type { UpdatingBars } from '../feed/live-bars.ts';
import { mostOpenHistory } from '../limits.ts';
import { farmMessage, historyFarm } from '../links.ts';
import type { Instrument, MarketBar, WhatToShow } from '../ports.ts';
import type { Request } from '../protocol/requests.ts';
import { dashedText, dateText, instantFrom, zonedText } from '../protocol/times.ts';
import { shownWap } from '../protocol/wap.ts';
import type { Session } from '../session.ts';
import { instrumentOf, whatOf } from './contracts.ts';

const dayMs = 86_400_000;
const daySeconds = 86_400;
const fineBar = 30;
const fineBarsReachMs = 182 * dayMs;
/** A longer answer would not fit what a client may leave unread. */
const mostBars = 100_000;

interface Asked {
  readonly request: Request<'historicalData'>;
  readonly instrument: Instrument;
  readonly what: WhatToShow | 'SCHEDULE';
  readonly barSeconds: number;
  readonly duration: Duration;
  readonly endMs: number;
}

export function historicalData(
  core: Core,
  session: Session,
  request: Request<'historicalData'>,
): void {
  const { reqId } = request;
  const { history, updatingBars } = session.subscriptions;
  if (history.has(reqId) || updatingBars.has(reqId)) {
    session.error(reqId, errors.failed('Duplicate ticker ID for API historical data query'));
    return;
  }
  const asked = validate(core, session, request);
  if (!asked) return;
  core.links.wake(historyFarm);
  if (core.limits.enforced && core.history.open + core.liveBars.updatingCount >= mostOpenHistory) {
    session.error(
      reqId,
      errors.failed(`Only ${mostOpenHistory} simultaneous API historical data requests allowed.`),
    );
    return;
  }
  const delayMs = pace(core, session, asked);
  if (delayMs === undefined) return;
  core.history.submit({ session, reqId, cancelled: false }, delayMs, () =>
    serve(core, session, asked),
  );
}

export function cancelHistoricalData(
  core: Core,
  session: Session,
  { reqId }: Request<'cancelHistoricalData'>,
): void {
  const { history, updatingBars } = session.subscriptions;
  const job = history.get(reqId);
  const updating = updatingBars.get(reqId);
  if (job) core.history.cancel(job);
  if (updating) {
    updatingBars.delete(reqId);
    core.liveBars.remove(updating);
  }
  session.error(
    reqId,
    job || updating
      ? errors.historical(`API historical data query cancelled: ${reqId}`)
      : errors.noHistoricalQuery(reqId),
  );
}

function validate(
  core: Core,
  session: Session,
  request: Request<'historicalData'>,
): Asked | undefined {
  const { reqId } = request;
  const instrument = instrumentOf(core, session, reqId, request);
  if (!instrument) return undefined;
  const refuse = (cause: string): undefined => void session.error(reqId, errors.invalid(cause));
  const barSeconds = barSecondsOf(request.barSize);
  if (barSeconds === undefined) {
    return refuse(
      `Historical data bar size setting is invalid. Legal ones are: 1 secs, 5 secs, 10 secs, 15 secs, 30 secs, 1 min, 2 mins, 3 mins, 5 mins, 10 mins, 15 mins, 20 mins, 30 mins, 1 hour, 2 hours, 3 hours, 4 hours, 8 hours, 1 day, 1W, 1M`,
    );
  }
  const duration = durationOf(request.duration);
  if (!duration) {
    return refuse(
      'Historical data query duration is invalid. Format is integer{SPACE}unit (S|D|W|M|Y).',
    );
  }
  const schedule = request.whatToShow.trim().toUpperCase() === 'SCHEDULE';
  const what = schedule ? 'SCHEDULE' : whatOf(request.whatToShow);
  if (!what) return refuse(`Invalid what to show: ${request.whatToShow}`);
  if (what === 'SCHEDULE' && barSeconds !== daySeconds) {
    return refuse('Historical schedule requests need a bar size of 1 day');
  }
  const tooLong = durationRefusal(duration);
  if (tooLong !== undefined) return refuse(tooLong);
  const step = schedule || !core.limits.enforced ? undefined : stepRefusal(duration, barSeconds);
  if (step !== undefined) {
    session.error(reqId, errors.historical(step));
    return undefined;
  }
  const endText = request.endDateTime.trim();
  if (request.keepUpToDate) {
    if (endText !== '') return refuse('End date not supported with keep up to date');
    if (barSeconds < 5) return refuse('Bars kept up to date are of 5 seconds and more');
    if (schedule || what === 'ADJUSTED_LAST') return refuse(`${what} is not kept up to date`);
  }
  if (endText !== '') {
    if (what === 'ADJUSTED_LAST') return refuse('End Date not supported with adjusted last');
    if (instrument.secType === 'CONTFUT') {
      session.error(reqId, errors.endDateOfContinuous());
      return undefined;
    }
  }
  const endMs = endText === '' ? core.clock.now() : instantFrom(endText, instrument.timeZone);
  if (endMs === undefined) {
    session.error(reqId, errors.badEndDate());
    return undefined;
  }
  return {
    request,
    instrument,
    what,
    barSeconds,
    duration,
    endMs: Math.min(endMs, core.clock.now()),
  };
}

/** How long the answer takes; undefined when there will be none, and the client knows why. */
function pace(core: Core, session: Session, asked: Asked): number | undefined {
  const { request, instrument, what, barSeconds } = asked;
  const client = session.clientId ?? -1;
  const refuse = (text: string): undefined =>
    void session.error(request.reqId, errors.historical(text));
  if (core.faults.active('pacing-violation', client, instrument.symbol)) {
    return refuse('Historical data request pacing violation');
  }
  if (core.faults.active('competing-session', client)) {
    return refuse('Trading TWS session is connected from a different IP address');
  }
  if (core.faults.active('not-subscribed', client, instrument.symbol)) {
    return refuse(
      `No market data permissions for ${instrument.primaryExchange || instrument.exchange} ${instrument.secType}`,
    );
  }
  const broken = core.faults.active('farm-broken', client);
  if (broken && (broken.farm ?? 'usfarm') === historyFarm) {
    return refuse(`HMDS connection attempt failed. ${farmMessage(historyFarm, 'broken')[1]}`);
  }
  if (core.faults.active('no-data', client, instrument.symbol)) return refuse(noData(asked));
  if (!core.limits.enforced) return 0;
  const verdict = core.pacing.ask(
    {
      identity: JSON.stringify([
        instrument.conId,
        request.exchange,
        request.endDateTime,
        request.barSize,
        request.duration,
        request.useRegularHours,
        what,
        request.keepUpToDate,
      ]),
      subject: `${instrument.conId} ${request.exchange} ${what}`,
      barSeconds,
      bidAsk: what === 'BID_ASK',
    },
    core.clock.now(),
  );
  switch (verdict.kind) {
    case 'serve':
      return verdict.delayMs;
    case 'violation':
      return refuse('Historical data request pacing violation');
    case 'disconnect':
      core.close(session, 'far too many historical requests in ten minutes');
      return undefined;
  }
}

function serve(core: Core, session: Session, asked: Asked): void {
  const { request, instrument, what, barSeconds, duration, endMs } = asked;
  const { reqId } = request;
  const regularHours = request.useRegularHours !== 0;
  if (what === 'SCHEDULE') {
    sendSchedule(core, session, asked);
    return;
  }
  if (instrument.secType === 'CASH' && (what === 'TRADES' || what === 'ADJUSTED_LAST')) {
    session.error(reqId, errors.historical(noData(asked)));
    return;
  }
  const range = rangeOf(core.market, instrument, duration, endMs, regularHours);
  const head = core.market.headTimestamp(instrument, regularHours, what);
  const tooOld =
    core.limits.enforced &&
    barSeconds <= fineBar &&
    range.toMs < core.clock.now() - fineBarsReachMs;
  if (tooOld || range.toMs <= head) {
    session.error(reqId, errors.historical(noData(asked)));
    return;
  }
  const within: Range = { fromMs: Math.max(head, range.fromMs), toMs: range.toMs };
  if ((within.toMs - within.fromMs) / (barSeconds * 1000) > mostBars * 5) {
    session.error(reqId, errors.historical('Historical data query is too large'));
    return;
  }
  const { fromMs, toMs } =
    barSeconds >= daySeconds ? datedRange(core.market, instrument, within) : within;
  const bars = core.market.bars(instrument, { barSeconds, fromMs, toMs, regularHours, what });
  const shown = withoutHoles(core, session, instrument, bars);
  if (shown.length > mostBars) {
    session.error(reqId, errors.historical('Historical data query is too large'));
    return;
  }
  if (shown.length === 0 && !request.keepUpToDate) {
    session.error(reqId, errors.historical(noData(asked)));
    return;
  }
  const dateOf = dates(asked, session.version);
  session.send('historicalData', {
    reqId,
    start: zonedText(range.fromMs, instrument.timeZone, session.version),
    end: zonedText(range.toMs, instrument.timeZone, session.version),
    bars: shown.map((bar) => ({
      date: dateOf(bar.t),
      open: bar.open,
      high: bar.high,
      low: bar.low,
      close: bar.close,
      volume: bar.volume,
      wap: shownWap(bar.wap),
      count: bar.count,
    })),
  });
  if (!request.keepUpToDate) return;
  const updating: UpdatingBars = {
    session,
    reqId,
    instrument,
    what,
    regularHours,
    barSeconds,
    dateOf,
    dead: false,
  };
  session.subscriptions.updatingBars.set(reqId, updating);
  core.liveBars.addUpdating(updating);
}

/** Daily and longer bars are dates; finer ones are moments, as text or as seconds since 1970. */
function dates(asked: Asked, version: number): (t: number) => string {
  if (asked.barSeconds >= daySeconds) return dateText;
  if (asked.request.formatDate === 2) return (t) => String(Math.floor(t / 1000));
  const { timeZone } = asked.instrument;
  return (t) => zonedText(t, timeZone, version);
}

function sendSchedule(core: Core, session: Session, asked: Asked): void {
  const { request, instrument, duration, endMs } = asked;
  const regular = request.useRegularHours !== 0;
  const { fromMs, toMs } = rangeOf(core.market, instrument, duration, endMs, regular);
  const sessions = core.market.sessions(instrument, fromMs, toMs);
  const zone = instrument.timeZone;
  session.send('historicalSchedule', {
    reqId: request.reqId,
    start: dashedText(sessions[0]?.startMs ?? fromMs, zone),
    end: dashedText(sessions.at(-1)?.endMs ?? toMs, zone),
    timeZone: zone,
    sessions: sessions.map((one) => ({
      start: dashedText(regular ? one.regularStartMs : one.startMs, zone),
      end: dashedText(regular ? one.regularEndMs : one.endMs, zone),
      date: one.date,
    })),
  });
}

function withoutHoles(
  core: Core,
  session: Session,
  instrument: Instrument,
  bars: readonly MarketBar[],
): readonly MarketBar[] {
  const hole = core.faults.active('bar-holes', session.clientId ?? -1, instrument.symbol);
  if (!hole) return bars;
  const from = hole.from ?? Number.NEGATIVE_INFINITY;
  const to = hole.to ?? Number.POSITIVE_INFINITY;
  return bars.filter((bar) => bar.t < from || bar.t >= to);
}

function noData({ instrument, what }: Asked): string {
  const words: Readonly<Record<string, string>> = {
    TRADES: 'Trades',
    MIDPOINT: 'Midpoint',
    BID: 'Bid',
    ASK: 'Ask',
    BID_ASK: 'BidAsk',
    ADJUSTED_LAST: 'AdjustedLast',
    SCHEDULE: 'Schedule',
  };
  return `HMDS query returned no data: ${instrument.localSymbol}@${instrument.exchange} ${words[what]}`;
}
