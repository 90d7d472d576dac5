import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lse } from '../../calendar/lse.ts';
import { nyse } from '../../calendar/nyse.ts';
import { firstAtOrAfter } from '../../kit/bar-columns.ts';
import { ExpectedBook } from '../scan/expected-book.ts';
import { findHoles, type Hole } from '../scan/holes.ts';
import { gapSample, requestsToFill } from '../testing/gap-sample.ts';
import { Caps, defaultCaps, halvingRestMs } from './caps.ts';
import { durationText, seconds, sessions } from './duration.ts';
import { inFairOrder, type PlannedRequest, planRequests } from './planner.ts';
import { dayOf, tradeDays } from './trade-days.ts';

const from = Date.UTC(2026, 9, 20);
const until = Date.UTC(2026, 10, 20);
const now = Date.UTC(2026, 10, 21);
const days = tradeDays(nyse.sessions(from, until, 'regular'));
const book = new ExpectedBook();

function plan(holes: readonly Hole[], cap: number, timeframe: '1m' | '5m' | '1d' = '1m') {
  return planRequests({
    series: { symbol: 'AAPL', timeframe },
    hours: 'regular',
    holes,
    days,
    cap,
    now,
  });
}

/** What a request brings: all bars of its last so many sessions, or of its seconds. */
function brings(request: PlannedRequest, t: number): boolean {
  if (t >= request.end) return false;
  if (request.duration.unit === 'S') return t >= request.end - request.duration.count * 1000;
  const newest = dayOf(days, request.end - 1, false);
  const count = request.duration.count * (request.duration.unit === 'Y' ? 240 : 1);
  return t >= (days.open[Math.max(0, newest - count + 1)] as number);
}

describe('planning requests', () => {
  const expected = book.within(nyse, '1m', 'regular', from, until);

  it('covers every missing bar, within the cap, with as few requests as can be', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(expected.length - 1), fc.integer({ min: 1, max: 900 })), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.integer({ min: 1, max: 8 }),
        (gone, cap) => {
          const missing = new Set(
            gone.flatMap(([at, length]) => Array.from(expected.subarray(at, at + length))),
          );
          const present = expected.filter((t) => !missing.has(t));
          const { holes } = findHoles(present, present.length, expected, 60_000);
          const requests = plan(holes, cap);
          for (const t of missing) expect(requests.some((each) => brings(each, t))).toBe(true);
          for (const request of requests) expect(request.days).toBeLessThanOrEqual(cap);
          const needed = [...new Set([...missing].map((t) => dayOf(days, t, false)))].sort(
            (a, b) => b - a,
          );
          expect(requests.length).toBe(fewest(needed, cap));
          expect(requests.map(({ to }) => to)).toEqual(
            requests.map(({ to }) => to).sort((a, b) => b - a),
          );
        },
      ),
    );
  });

  /** By trying for each needed session, newest first, every window that covers it. */
  function fewest(needed: readonly number[], cap: number): number {
    const best = new Array<number>(needed.length + 1).fill(Number.POSITIVE_INFINITY);
    best[needed.length] = 0;
    for (let nth = needed.length - 1; nth >= 0; nth--) {
      for (let end = nth + 1; end <= needed.length; end++) {
        if ((needed[nth] as number) - (needed[end - 1] as number) >= cap) break;
        best[nth] = Math.min(best[nth] as number, 1 + (best[end] as number));
      }
    }
    return best[0] as number;
  }

  it('leaves no hole of a gap of thirteen days', () => {
    const lastBar = Date.UTC(2026, 10, 6, 20, 59);
    const missing = book.within(nyse, '1m', 'regular', lastBar + 1, until);
    const { holes } = findHoles(Float64Array.of(lastBar), 1, missing, 60_000);
    expect(holes).toHaveLength(1);
    const requests = plan(holes, 5);
    expect(requests.map(({ duration }) => durationText(duration))).toEqual(['5 D', '5 D']);
    for (const t of missing) expect(requests.some((each) => brings(each, t))).toBe(true);
  });

  it('asks for a few minutes in seconds and never asks beyond the present', () => {
    const t = Date.UTC(2026, 10, 19, 15);
    const [small] = plan([{ from: t, to: t + 120_000, count: 3 }], 5);
    expect(small).toMatchObject({ end: t + 180_000, duration: { count: 480, unit: 'S' } });
    const [current] = planRequests({
      series: { symbol: 'AAPL', timeframe: '5m' },
      hours: 'regular',
      holes: [{ from: t, to: t, count: 1 }],
      days,
      cap: 5,
      now: t + 400_000,
    });
    expect(current).toMatchObject({ end: t + 420_000, duration: { count: 2, unit: 'D' } });
  });

  it('reaches into the session before where a hole begins with its session', () => {
    const open = Date.UTC(2026, 10, 19, 14, 30);
    const to = open + 9 * 60_000;
    const wanted = { from: open + 120_000, to, count: 8 };
    // As bars of the evening before are hours away, only a session more brings them.
    expect(plan([wanted], 5)).toMatchObject([
      { end: to + 60_000, days: 2, duration: { count: 2, unit: 'D' } },
    ]);
    expect(plan([wanted], 1)).toMatchObject([{ days: 1, duration: { count: 780, unit: 'S' } }]);
    const [brief] = planRequests({
      series: { symbol: 'ES', timeframe: '1m' },
      hours: 'all',
      holes: [wanted],
      days: tradeDays([
        { date: '2026-11-18', open: open - 80_000_000, close: open - 3_600_000, kind: 'full' },
        { date: '2026-11-19', open, close: open + 80_000_000, kind: 'full' },
      ]),
      cap: 1,
      now,
    });
    expect(brief).toMatchObject({ days: 1, duration: { count: 5400, unit: 'S' } });
  });

  it('counts daily bars by their dates', () => {
    const [request, ...more] = plan(
      [{ from: Date.UTC(2026, 9, 22), to: Date.UTC(2026, 10, 18), count: 20 }],
      365,
      '1d',
    );
    expect(more).toEqual([]);
    expect(request).toMatchObject({ duration: { count: 24, unit: 'D' } });
    expect(request?.end).toBe(Date.UTC(2026, 10, 18, 21));
  });

  it('asks for one session more where they run round the clock', () => {
    const midnight = Date.UTC(2026, 10, 18);
    const clock = tradeDays([
      {
        date: '2026-11-18',
        open: midnight - 7_200_000,
        close: midnight + 75_600_000,
        kind: 'full',
      },
    ]);
    const [request] = planRequests({
      series: { symbol: 'ES', timeframe: '5m' },
      hours: 'all',
      holes: [{ from: midnight, to: midnight, count: 1 }],
      days: clock,
      cap: 20,
      now,
    });
    expect(request?.duration).toEqual({ count: 3, unit: 'D' });
  });

  it('plans the holes of five hundred symbols in few requests', () => {
    const sample = gapSample();
    expect(sample.holes).toBe(1546);
    expect(requestsToFill(sample, 20)).toBeLessThanOrEqual(504);
    expect(requestsToFill(sample, 5)).toBeLessThanOrEqual(1034);
    expect(requestsToFill(sample, 1)).toBeLessThanOrEqual(1478);
  });
});

describe('the order of requests', () => {
  it('is newest first and takes turns between symbols', () => {
    const order = inFairOrder([
      { symbol: 'A', to: 1 },
      { symbol: 'A', to: 9 },
      { symbol: 'A', to: 8 },
      { symbol: 'B', to: 5 },
      { symbol: 'C', to: 7 },
      { symbol: 'C', to: 2 },
    ]).map(({ symbol, to }) => `${symbol}${to}`);
    expect(order).toEqual(['A9', 'C7', 'B5', 'A8', 'C2', 'A1']);
  });
});

describe('durations', () => {
  it('are never shorter than what is asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40_000 }),
        fc.integer({ min: 1, max: 4000 }),
        (s, n) => {
          const inSeconds = seconds(s);
          if (inSeconds) {
            expect(inSeconds.count).toBeGreaterThanOrEqual(s);
            expect(inSeconds.count % 60).toBe(0);
            expect(inSeconds.count).toBeLessThanOrEqual(28_800);
          } else expect(s).toBeGreaterThan(27_000);
          const { count, unit } = sessions(n);
          if (unit === 'D') {
            expect(count).toBe(n);
            expect(count).toBeLessThanOrEqual(365);
          }
        },
      ),
    );
  });

  it.each([nyse, lse])(
    'in years hold as many sessions as are asked for, on any day',
    (calendar) => {
      const all = tradeDays(calendar.sessions(Date.UTC(2004, 0), Date.UTC(2026, 11), 'regular'));
      const row = (t: number) => firstAtOrAfter(all.open, all.length, t);
      for (let years = 2; years <= 11; years++) {
        let most = 366;
        while (sessions(most + 1).count <= years) most++;
        for (let end = Date.UTC(2017, 0); end < Date.UTC(2026, 10); end += 86_400_000) {
          const back = new Date(end);
          back.setUTCFullYear(back.getUTCFullYear() - years);
          expect(row(end) - row(back.getTime())).toBeGreaterThanOrEqual(most);
        }
      }
    },
  );
});

describe('the caps', () => {
  it('are those of the settings, for whatever hours, and else the usual ones', () => {
    const caps = new Caps({ '1m': 4, '1h': 100 }, undefined);
    expect([caps.cap('1m', 'regular', 0), caps.cap('1m', 'all', 0)]).toEqual([4, 4]);
    expect([caps.cap('1h', 'all', 0), caps.cap('4h', 'all', 0)]).toEqual([100, 365]);
  });

  it('are halved after a failure and remembered for a week', () => {
    const caps = new Caps({}, undefined);
    expect(caps.cap('1m', 'regular', 0)).toBe(defaultCaps['1m']);
    expect(caps.cap('1m', 'all', 0)).toBe(3);
    expect(caps.halve('5m', 'all', 20, 0)).toBe(true);
    expect(caps.cap('5m', 'all', 0)).toBe(10);
    const later = new Caps({}, JSON.parse(JSON.stringify(caps.takeChanges())));
    expect(later.halve('5m', 'all', 10, halvingRestMs)).toBe(true);
    expect(later.cap('5m', 'all', halvingRestMs)).toBe(5);
    expect(later.cap('5m', 'regular', halvingRestMs)).toBe(20);
    expect(later.cap('5m', 'all', 8 * 86_400_000)).toBe(20);
  });

  it('are not halved again before a smaller request had time to be answered', () => {
    const caps = new Caps({}, undefined);
    expect(caps.halve('1d', 'regular', 2520, 0)).toBe(true);
    // Sent at the same time, and so no smaller.
    expect(caps.halve('1d', 'regular', 2520, 1000)).toBe(true);
    expect(caps.halve('1d', 'regular', 1260, 1000)).toBe(false);
    expect(caps.cap('1d', 'regular', 1000)).toBe(1260);
  });

  it.each([
    ['1m', 1],
    ['5m', 5],
    ['15m', 5],
    ['30m', 21],
    ['1h', 21],
    ['4h', 21],
    ['1d', 252],
  ] as const)(
    'never fall below what the broker always allowed: %s %i sessions',
    (timeframe, least) => {
      const caps = new Caps({}, [[`${timeframe} all`, { cap: 1, until: 1_000_000_000 }]]);
      expect(caps.cap(timeframe, 'all', 0)).toBe(least);
      for (let times = 1; times <= 20; times++) {
        const now = 1_000_000_000 + times * halvingRestMs;
        caps.halve(timeframe, 'all', caps.cap(timeframe, 'all', now), now);
      }
      const end = 1_000_000_000 + 21 * halvingRestMs;
      expect(caps.cap(timeframe, 'all', end)).toBe(least);
      expect(caps.halve(timeframe, 'all', least, end)).toBe(false);
    },
  );
});
