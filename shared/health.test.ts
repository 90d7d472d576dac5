import { describe, expect, it } from 'vitest';
import { sampleState } from '../testing/sample-state.ts';
import type { ConnectionView, TickerFeedView } from './connection.ts';
import { health } from './health.ts';
import type { ReservationView } from './reservation.ts';
import type { Phase, ServiceName, ServiceView } from './services.ts';
import type { State } from './state.ts';

const now = 1_000_000;
const base = sampleState();

function service(
  phase: Phase,
  reason: string | null = null,
  name: ServiceName = 'ndjson',
): State['services'] {
  const view: ServiceView = {
    name,
    phase,
    since: 0,
    reason,
    attempt: 0,
    nextAttemptAt: null,
  };
  return { [name]: view };
}

function connection(changes: Partial<ConnectionView>): ConnectionView {
  return { ...base.connection, sentence: 'Connected to TWS.', reason: 'ok', ...changes };
}

function lent(changes: Partial<ReservationView> = {}): ReservationView {
  return { ...base.reservation, state: 'reserved', holder: 'algo', since: now - 5_000, ...changes };
}

const feed = (symbol: string, changes: Partial<TickerFeedView> = {}): TickerFeedView => ({
  ...{ symbol, feed: 'streaming', kind: 'live', lastTickAt: now, problem: null },
  ...changes,
});

function feeding(...feeds: readonly TickerFeedView[]): ConnectionView {
  const view = connection({ phase: 'connected' });
  return { ...view, marketData: { ...view.marketData, tickers: feeds } };
}

const connected = feeding(feed('AAPL'), feed('MSFT'));
const tickers: State['tickers'] = {
  AAPL: { last: 1, volume: 1, at: now - 800, source: 'tick', rate: 2 },
  MSFT: { last: 1, volume: 1, at: now - 100, source: 'tick', rate: 2 },
};

describe('health', () => {
  const cases: readonly [string, Partial<State>, string, RegExp][] = [
    ['is well while ticks come', { connection: connected, tickers }, 'ok', /2 feeds.*0\.8 s ago/],
    [
      'is well before the first tick',
      { connection: feeding(feed('AAPL', { feed: 'waiting', kind: null, lastTickAt: null })) },
      'ok',
      /no tick has come yet/,
    ],
    [
      'is an error when a service failed',
      { services: service('failed', 'no memory') },
      'error',
      /NDJSON server failed: no memory/,
    ],
    [
      'is an error when a service does not start',
      { services: service('backing-off', 'taken') },
      'error',
      /does not start: taken/,
    ],
    [
      'is a warning when a service is not well',
      { services: service('degraded', 'full') },
      'warning',
      /is not well: full/,
    ],
    [
      'is working while a service starts',
      { connection: connected, services: service('starting') },
      'working',
      /is starting/,
    ],
    [
      'is paused when a service was stopped by hand, and says which and how the rest is',
      { connection: connected, services: service('stopped'), tickers },
      'paused',
      /^Stopped by hand: NDJSON server\. Live: 2 feeds/,
    ],
    [
      'is paused when the service of the session was stopped by hand',
      {
        connection: connection({
          phase: 'disconnected',
          reason: 'stopped-by-operator',
          sentence: 'Disconnected by you.',
        }),
        services: service('stopped', null, 'ibkr'),
      },
      'paused',
      /^Stopped by hand: IBKR session$/,
    ],
    [
      'says of a stopped service and of a lent session',
      {
        connection: connection({ phase: 'disconnected', reason: 'reserved' }),
        services: service('stopped', null, 'ibkr'),
        reservation: lent(),
      },
      'paused',
      /^Stopped by hand: IBKR session\. The session is lent to algo/,
    ],
    [
      'shows trouble with the data before what was stopped by hand',
      {
        connection: feeding(feed('AAPL', { feed: 'silent' })),
        services: service('stopped'),
      },
      'warning',
      /^Connected, but no data comes/,
    ],
    [
      'is an error when a person must act',
      {
        connection: connection({
          phase: 'disconnected',
          needsAttention: true,
          sentence: 'Log in to TWS.',
        }),
      },
      'error',
      /Log in to TWS/,
    ],
    [
      'is working during the first attempt',
      { connection: connection({ phase: 'connecting', sentence: 'Connecting.' }) },
      'working',
      /^Connecting$/,
    ],
    [
      'is a warning between failed attempts, and counts down',
      {
        connection: connection({
          phase: 'reconnecting',
          failedAttempts: 2,
          nextRetryAt: now + 12_000,
          sentence: 'TWS is away.',
        }),
      },
      'warning',
      /Not live: TWS is away, next try in 12 s/,
    ],
    [
      'is paused when the operator disconnected',
      {
        connection: connection({
          phase: 'disconnected',
          reason: 'stopped-by-operator',
          sentence: 'Disconnected by you.',
        }),
      },
      'paused',
      /Disconnected by you/,
    ],
    [
      'is a warning when the link is lost',
      {
        connection: connection({
          phase: 'disconnected',
          reason: 'link-lost',
          sentence: 'IBKR is away.',
        }),
      },
      'warning',
      /IBKR is away/,
    ],
    [
      'is paused during a scheduled restart',
      {
        connection: connection({
          phase: 'reconnecting',
          failedAttempts: 3,
          scheduled: { kind: 'daily', until: now },
          sentence: 'TWS restarts as every night.',
        }),
      },
      'paused',
      /as every night/,
    ],
    [
      'is paused while the session is lent',
      {
        connection: connection({ phase: 'disconnected', reason: 'reserved' }),
        reservation: lent(),
      },
      'paused',
      /lent to algo for 5\.0 s/,
    ],
    [
      'says that it was asked back',
      {
        connection: connection({ phase: 'disconnected', reason: 'reserved' }),
        reservation: lent({ recalled: true }),
      },
      'paused',
      /asked back/,
    ],
    [
      'is a warning when the holder has gone',
      {
        connection: connection({ phase: 'disconnected', reason: 'reserved' }),
        reservation: lent({ orphaned: true }),
      },
      'warning',
      /whose connection has gone/,
    ],
    [
      'is a warning when no data comes, and does not say that all is well',
      {
        connection: {
          ...feeding(feed('AAPL', { feed: 'silent' }), feed('MSFT', { feed: 'silent' })),
          sentence: 'Connected to 127.0.0.1.',
        },
        tickers,
      },
      'warning',
      /^Connected, but no data comes, though IBKR took the requests$/,
    ],
    [
      'is a warning while the flow is not proven for a ticker',
      {
        connection: {
          ...connected,
          marketData: {
            ...connected.marketData,
            proof: 'missing',
            tickers: [feed('AAPL'), feed('MSFT', { feed: 'waiting', lastTickAt: null })],
          },
        },
        tickers,
      },
      'warning',
      /^Connected, but no data comes for MSFT, though IBKR took the request$/,
    ],
    [
      'is well again once every ticker speaks, though the proof had failed before',
      {
        connection: { ...connected, marketData: { ...connected.marketData, proof: 'missing' } },
        tickers,
      },
      'ok',
      /^Live: 2 feeds/,
    ],
    [
      'says who has the data, and what to do, when another session takes it',
      {
        connection: { ...connected, marketData: { ...connected.marketData, competing: true } },
        tickers,
      },
      'warning',
      /^Another session of this login takes the data; log out there/,
    ],
    [
      'says that the data is delayed',
      {
        connection: feeding(feed('AAPL', { kind: 'delayed' }), feed('MSFT', { kind: 'delayed' })),
        tickers: {
          ...tickers,
          AAPL: { last: 1, volume: 1, at: now - 960_000, source: 'tick', rate: 1 },
        },
      },
      'warning',
      /^Delayed: 2 feeds, the oldest tick 16 min ago$/,
    ],
    [
      'says how much of the data is delayed',
      { connection: feeding(feed('AAPL'), feed('MSFT', { kind: 'delayed' })), tickers },
      'warning',
      /^Delayed: 1 of 2 feeds/,
    ],
    [
      'does not count a refused ticker as a feed',
      {
        connection: feeding(feed('AAPL'), feed('MSFT', { feed: 'refused', kind: null })),
        tickers,
      },
      'warning',
      /^1 of 2 feeds live; MSFT is refused$/,
    ],
    [
      'does not call feeds live that are asked for again',
      {
        connection: feeding(feed('AAPL', { feed: 'waiting' }), feed('MSFT', { feed: 'waiting' })),
        tickers,
      },
      'working',
      /^Every ticker was asked for again; waiting for ticks$/,
    ],
    [
      'names a ticker that fell silent',
      { connection: feeding(feed('AAPL'), feed('MSFT', { feed: 'silent' })), tickers },
      'warning',
      /^1 of 2 feeds live; MSFT is silent$/,
    ],
    [
      'counts those in trouble where they are many',
      {
        connection: feeding(
          feed('AAPL'),
          ...['A', 'B', 'C'].map((symbol) => feed(symbol, { feed: 'refused' })),
        ),
        tickers,
      },
      'warning',
      /^1 of 4 feeds live; 3 tickers are refused$/,
    ],
    [
      'is a warning while a data farm is broken',
      {
        connection: {
          ...connected,
          farms: [{ name: 'usfarm', kind: 'market', state: 'broken', since: 0 }],
        },
        tickers,
      },
      'warning',
      /^Live: 2 feeds; the market data farm usfarm is broken$/,
    ],
    [
      'is well at night, when the feeds stand and the quotes are old',
      {
        connection: {
          ...connected,
          farms: [{ name: 'usfarm', kind: 'market', state: 'inactive', since: 0 }],
        },
        tickers: { AAPL: { last: 1, volume: 1, at: now - 900_000, source: 'tick', rate: 0 } },
      },
      'ok',
      /^Live: 2 feeds, the oldest tick 15 min ago$/,
    ],
    [
      'is well in lightweight mode',
      { app: { ...base.app, source: 'lightweight' }, tickers },
      'ok',
      /2 tickers with random quotes/,
    ],
  ];

  it.each(cases)('%s', (_, changes, level, headline) => {
    const found = health({ ...base, ...changes }, now);
    expect(found.level).toBe(level);
    expect(found.headline).toMatch(headline);
  });

  it('takes the worst first', () => {
    const all = {
      ...base,
      connection: connected,
      reservation: lent(),
      services: service('failed'),
    };
    expect(health(all, now).level).toBe('error');
  });
});
