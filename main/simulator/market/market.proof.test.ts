import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count } from '../../../testing/counts.ts';
import { dayMs, minuteMs } from '../../calendar/civil.ts';
import type { BarsQuery, Instrument, Market, MarketBar, MarketTick } from '../ports.ts';
import { createMarket } from './market.ts';

const market = createMarket({ seed: 42, hours: 'real', generated: 20 });
const roundTheClock = createMarket({ seed: 42, hours: 'always' });

function named(of: Market, localSymbol: string): Instrument {
  const found = of.instruments.find((i) => i.localSymbol === localSymbol);
  if (!found) throw new Error(`no ${localSymbol}`);
  return found;
}

const everyKind = [
  ...['AAPL', 'KO', 'BRK B', 'SPY', 'EUR.USD'].map((name) => named(market, name)),
  market.instruments.find((i) => i.secType === 'CONTFUT') as Instrument,
  market.instruments.at(-1) as Instrument,
];
const pairs: readonly { readonly of: Market; readonly instrument: Instrument }[] = [
  ...everyKind.map((instrument) => ({ of: market, instrument })),
  ...['AAPL', 'EUR.USD'].map((name) => ({
    of: roundTheClock,
    instrument: named(roundTheClock, name),
  })),
];
/** The place of a market and one of its instruments; by number, so that a failure reads well. */
const cases = fc.nat(pairs.length - 1);

function pairAt(k: number): { readonly of: Market; readonly instrument: Instrument } {
  return pairs[k] as { readonly of: Market; readonly instrument: Instrument };
}

/** Mostly while something trades: minutes of days, in seconds. */
const moments = fc
  .integer({ min: Date.UTC(2022, 0, 1) / 1000, max: Date.UTC(2026, 11, 1) / 1000 })
  .map((s) => s * 1000);

function shown(instrument: Instrument): 'TRADES' | 'MIDPOINT' {
  return instrument.secType === 'CASH' ? 'MIDPOINT' : 'TRADES';
}

function query(
  instrument: Instrument,
  barSeconds: number,
  fromMs: number,
  toMs: number,
  regularHours = true,
): BarsQuery {
  return { barSeconds, fromMs, toMs, regularHours, what: shown(instrument) };
}

type Plain = Pick<MarketBar, 't' | 'open' | 'high' | 'low' | 'close' | 'volume'>;

const plain = ({ t, open, high, low, close, volume }: MarketBar): Plain => ({
  t,
  open,
  high,
  low,
  close,
  volume,
});

/** Bars starting at `starts`, each made of the finer bars from its start to the next one's. */
function aggregate(finer: readonly Plain[], starts: readonly number[]): Plain[] {
  const made: Plain[] = [];
  let i = 0;
  for (const [k, t] of starts.entries()) {
    const end = starts[k + 1] ?? Number.POSITIVE_INFINITY;
    const mine: Plain[] = [];
    for (; i < finer.length && (finer[i] as Plain).t < end; i++) mine.push(finer[i] as Plain);
    made.push({
      t,
      open: mine[0]?.open as number,
      high: Math.max(...mine.map((b) => b.high)),
      low: Math.min(...mine.map((b) => b.low)),
      close: mine.at(-1)?.close as number,
      volume: mine.reduce((sum, b) => sum + b.volume, 0),
    });
  }
  return made;
}

const ofTicks = (ticks: readonly MarketTick[]): Plain[] =>
  ticks.map(({ t, price, size }) => ({
    t,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: size,
  }));

describe('bars', () => {
  it('of any size are made of the bars of a finer size', () => {
    const sizes = [
      [5, 1],
      [30, 5],
      [60, 1],
      [60, 5],
      [300, 60],
      [900, 300],
      [1800, 60],
      [3600, 900],
      [14_400, 3600],
      [28_800, 1800],
    ] as const;
    fc.assert(
      fc.property(
        cases,
        moments,
        fc.constantFrom(...sizes),
        fc.boolean(),
        (k, from, [coarse, fine], regular) => {
          const { of, instrument } = pairAt(k);
          const to = from + Math.min(3 * dayMs, coarse * 1000 * 60);
          const bars = of.bars(instrument, query(instrument, coarse, from, to, regular));
          const starts = bars.map((b) => b.t);
          const finer = of
            .bars(instrument, query(instrument, fine, starts[0] ?? to, to, regular))
            .map(plain);
          expect(bars.map(plain)).toEqual(aggregate(finer, starts));
        },
      ),
      { numRuns: count(150, 3000) },
    );
  });

  it('of a day are made of its regular minutes, of a week and a month of its days', () => {
    fc.assert(
      fc.property(cases, moments, (k, moment) => {
        const { of, instrument } = pairAt(k);
        const from = Math.floor(moment / dayMs) * dayMs;
        // A Saturday noon, when no session of any kind is cut.
        const to = (Math.floor((from / dayMs + 45 - 2) / 7) * 7 + 9.5) * dayMs;
        const days = of.bars(instrument, query(instrument, 86_400, from, to)).map(plain);
        const sessions = of
          .sessions(instrument, from - dayMs, to + dayMs)
          .filter((s) => s.regularStartMs < s.regularEndMs);
        for (const day of days.slice(0, 4)) {
          const date = new Date(day.t).toISOString().slice(0, 10).replaceAll('-', '');
          const session = sessions.find((s) => s.date === date);
          const minutes = of.bars(
            instrument,
            query(
              instrument,
              60,
              session?.regularStartMs as number,
              session?.regularEndMs as number,
            ),
          );
          expect(aggregate(minutes.map(plain), [day.t])).toEqual([day]);
        }
        for (const size of [604_800, 2_592_000]) {
          const long = of.bars(instrument, query(instrument, size, from, to)).map(plain);
          const starts = long.map((b) => b.t);
          const inside = days.filter((d) => d.t >= (starts[0] ?? to));
          expect(long).toEqual(aggregate(inside, starts));
        }
      }),
      { numRuns: count(20, 200) },
    );
  });

  it('are the same in every range that holds them, in whatever order they are asked for', () => {
    fc.assert(
      fc.property(
        cases,
        moments,
        fc.constantFrom(5, 60, 900, 3600, 86_400),
        fc.nat(20),
        fc.nat(20),
        fc.nat(20),
        (k, from, size, a, b, c) => {
          const { of, instrument } = pairAt(k);
          const step = size * 5000;
          const ends = [from + a * step, from + (a + b + 1) * step, from + (a + b + c + 2) * step];
          const whole = of.bars(instrument, query(instrument, size, from, ends[2] as number));
          const part = of.bars(
            instrument,
            query(instrument, size, ends[0] as number, ends[1] as number),
          );
          // The last of a range may be cut where the range ends.
          const uncut = part.slice(0, -1);
          const first = uncut[0]?.t ?? 0;
          const at = whole.findIndex((bar) => bar.t === first);
          if (uncut.length > 0) expect(whole.slice(at, at + uncut.length)).toEqual(uncut);
        },
      ),
      { numRuns: count(100, 2000) },
    );
  });

  it('follow from the seed alone', () => {
    const from = Date.UTC(2026, 5, 1);
    const of = (seed: number) => {
      const other = createMarket({ seed, hours: 'real' });
      return other.bars(named(other, 'AAPL'), {
        barSeconds: 300,
        fromMs: from,
        toMs: from + 3 * dayMs,
        regularHours: false,
        what: 'TRADES',
      });
    };
    expect(of(42)).toEqual(of(42));
    expect(of(42)).toEqual(
      market.bars(named(market, 'AAPL'), {
        barSeconds: 300,
        fromMs: from,
        toMs: from + 3 * dayMs,
        regularHours: false,
        what: 'TRADES',
      }),
    );
    expect(of(43)).not.toEqual(of(42));
    expect(of(42 + 2 ** 32)).not.toEqual(of(42));
  });

  it('still being made hold only what traded before the cut', () => {
    fc.assert(
      fc.property(cases, moments, fc.nat(59_999), (k, moment, ms) => {
        const { of, instrument } = pairAt(k);
        const start = openMinute(of, instrument, moment);
        const cut = start + ms + 1;
        const [bar] = of.bars(instrument, query(instrument, 60, start, cut, false));
        const ticks = of.ticks(instrument, start, cut, 4);
        expect(bar === undefined ? [] : [plain(bar)]).toEqual(
          ticks.length === 0 ? [] : aggregate(ofTicks(ticks), [start]),
        );
      }),
      { numRuns: count(150, 3000) },
    );
  });

  it('of quotes stand beside the trades and have no volume', () => {
    const apple = named(market, 'AAPL');
    const range = { barSeconds: 300, fromMs: Date.UTC(2026, 5, 1), toMs: Date.UTC(2026, 5, 3) };
    const bars = (what: BarsQuery['what']) =>
      market.bars(apple, { ...range, regularHours: true, what });
    const trades = bars('TRADES');
    const bids = bars('BID');
    const asks = bars('ASK');
    const both = bars('BID_ASK');
    expect(trades.length).toBe(156);
    for (const [i, trade] of trades.entries()) {
      expect(bids[i]?.high).toBeLessThan(trade.high);
      expect(asks[i]?.low).toBeGreaterThan(trade.low);
      expect(both[i]?.high).toBe(asks[i]?.high);
      expect(both[i]?.low).toBe(bids[i]?.low);
      expect(both[i]?.open).toBeLessThan(both[i]?.close as number);
      expect(bids[i]?.volume).toBe(0);
      expect(trade.wap).toBeGreaterThanOrEqual(trade.low);
      expect(trade.wap).toBeLessThanOrEqual(trade.high);
    }
    expect(bars('ADJUSTED_LAST')).toEqual(trades);
  });

  it('of trades do not exist for a currency pair', () => {
    const pair = named(market, 'EUR.USD');
    const range = { barSeconds: 60, fromMs: Date.UTC(2026, 5, 1), toMs: Date.UTC(2026, 5, 2) };
    expect(market.bars(pair, { ...range, regularHours: true, what: 'TRADES' })).toEqual([]);
    expect(market.bars(pair, { ...range, regularHours: true, what: 'MIDPOINT' }).length).toBe(1425);
  });
});

/** The start of a whole minute in which an instrument trades, near a moment. */
function openMinute(of: Market, instrument: Instrument, moment: number): number {
  const session = of
    .sessions(instrument, moment, moment + 10 * dayMs)
    .find((s) => s.endMs > moment + minuteMs);
  const at = Math.max(moment, session?.startMs as number);
  return Math.floor(at / minuteMs) * minuteMs;
}

describe('ticks', () => {
  it('from four a second on make exactly the bars they become', () => {
    fc.assert(
      fc.property(cases, moments, fc.constantFrom(4, 5, 7.5, 10, 50), (k, moment, perSecond) => {
        const { of, instrument } = pairAt(k);
        const from = openMinute(of, instrument, moment);
        const to = from + 2 * minuteMs;
        const ticks = ofTicks(of.ticks(instrument, from, to, perSecond));
        for (const size of [1, 5, 60]) {
          const bars = of.bars(instrument, query(instrument, size, from, to, false)).map(plain);
          expect(
            aggregate(
              ticks,
              bars.map((b) => b.t),
            ),
          ).toEqual(bars);
        }
      }),
      { numRuns: count(100, 2000) },
    );
  });

  it('come in slices that join without loss or repetition', () => {
    fc.assert(
      fc.property(
        cases,
        moments,
        fc.constantFrom(0.2, 1, 2.5, 4, 10),
        fc.array(fc.nat(4000), { maxLength: 12 }),
        (k, moment, perSecond, lengths) => {
          const { of, instrument } = pairAt(k);
          const from = openMinute(of, instrument, moment) + 777;
          let at = from;
          const parts: MarketTick[] = [];
          for (const length of lengths) {
            parts.push(...of.ticks(instrument, at, at + length, perSecond));
            at += length;
          }
          expect(parts).toEqual(of.ticks(instrument, from, at, perSecond));
        },
      ),
      { numRuns: count(100, 2000) },
    );
  });

  it('join over nights and weekends too', () => {
    const spy = named(market, 'SPY');
    const friday = Date.UTC(2026, 10, 20, 20, 59, 50) + 4 * 3_600_000;
    const monday = Date.UTC(2026, 10, 23, 9, 0, 10);
    const whole = market.ticks(spy, friday, monday, 1);
    expect(whole.length).toBe(20);
    expect(whole[9]?.t).toBeLessThan(Date.UTC(2026, 10, 21, 1));
    expect(whole[10]?.t).toBeGreaterThanOrEqual(Date.UTC(2026, 10, 23, 9));
    expect(whole[10]?.volume).toBeLessThan(whole[9]?.volume as number);
  });

  it('below four a second are a sample inside the bars whose volume agrees', () => {
    fc.assert(
      fc.property(cases, moments, fc.constantFrom(0.1, 0.5, 1, 2, 3), (k, moment, perSecond) => {
        const { of, instrument } = pairAt(k);
        const from = openMinute(of, instrument, moment);
        const to = from + minuteMs;
        const ticks = of.ticks(instrument, from, to, perSecond);
        expect(Math.abs(ticks.length - 60 * perSecond)).toBeLessThanOrEqual(1);
        const [bar] = of.bars(instrument, query(instrument, 60, from, to, false));
        for (const tick of ticks) {
          expect(tick.price).toBeGreaterThanOrEqual(bar?.low as number);
          expect(tick.price).toBeLessThanOrEqual(bar?.high as number);
        }
        if (perSecond >= 1) {
          expect(ticks.at(-1)?.price).toBe(bar?.close);
          expect(ticks.at(-1)?.volume).toBe(
            of.ticks(instrument, from, to, 10).at(-1)?.volume as number,
          );
        }
      }),
      { numRuns: count(60, 1000) },
    );
  });

  it('ascend in time and volume, with a quote around the price on the tick grid', () => {
    fc.assert(
      fc.property(cases, moments, (k, moment) => {
        const { of, instrument } = pairAt(k);
        const from = openMinute(of, instrument, moment);
        const grid = Math.round(1 / instrument.minTick);
        let last: MarketTick | undefined;
        for (const tick of of.ticks(instrument, from, from + 20_000, 10)) {
          expect(tick.bid).toBeGreaterThan(0);
          expect(tick.bid).toBeLessThan(tick.price);
          expect(tick.ask).toBeGreaterThan(tick.price);
          for (const price of [tick.price, tick.bid, tick.ask]) {
            expect(Math.round(price * grid) / grid).toBe(price);
          }
          if (last) {
            expect(tick.t).toBeGreaterThanOrEqual(last.t);
            expect(tick.volume - last.volume).toBe(tick.size);
          }
          if (instrument.secType !== 'CASH') expect(tick.size).toBeGreaterThan(0);
          last = tick;
        }
      }),
      { numRuns: count(60, 1000) },
    );
  });
});

describe('a quote', () => {
  it('is the newest tick with the day so far', () => {
    fc.assert(
      fc.property(cases, moments, fc.nat(minuteMs), (k, moment, ms) => {
        const { of, instrument } = pairAt(k);
        const at = openMinute(of, instrument, moment) + 2000 + ms;
        const quote = of.quote(instrument, at);
        const [session] = of.sessions(instrument, quote.t, quote.t + 1);
        const start = session?.startMs as number;
        expect(quote.t).toBeLessThanOrEqual(at);
        const newest = of.ticks(instrument, quote.t, Math.min(at + 1, session?.endMs as number), 4);
        expect(newest.length).toBe(1);
        expect(quote).toMatchObject(newest[0] as MarketTick);
        const bars = of.bars(instrument, query(instrument, 60, start, quote.t + 1, false));
        // A stock's figures are those of regular hours; until these begin, those of the day before.
        const stock = instrument.secType === 'STK';
        const early = stock && quote.t < (session?.regularStartMs as number);
        const before = early ? of.sessions(instrument, start - 10 * dayMs, start).at(-1) : session;
        const from = before?.startMs as number;
        const day = of.bars(
          instrument,
          query(instrument, 60, from, early ? start : quote.t + 1, stock),
        );
        expect(quote.open).toBe(day[0]?.open);
        expect(quote.high).toBe(Math.max(...day.map((b) => b.high)));
        expect(quote.low).toBe(Math.min(...day.map((b) => b.low)));
        expect(quote.volume).toBe(bars.reduce((sum, b) => sum + b.volume, 0));
      }),
      { numRuns: count(60, 1000) },
    );
  });

  it('is the same whether time goes forward or back', () => {
    const apple = named(market, 'AAPL');
    const start = Date.UTC(2026, 10, 18, 15);
    fc.assert(
      fc.property(fc.array(fc.nat(2 * dayMs), { minLength: 2, maxLength: 6 }), (moments) => {
        const fresh = createMarket({ seed: 42, hours: 'real', symbols: ['AAPL'] });
        for (const ms of moments) market.quote(apple, start + ms);
        const last = start + (moments[0] as number);
        expect(market.quote(apple, last)).toEqual(fresh.quote(apple, last));
      }),
      { numRuns: count(40, 400) },
    );
  });

  it('stays as the market left it while it is shut', () => {
    const apple = named(market, 'AAPL');
    const saturday = Date.UTC(2026, 10, 21, 15);
    const quote = market.quote(apple, saturday);
    expect(market.isOpen(apple, saturday)).toBe(false);
    expect(market.quote(apple, saturday + dayMs)).toEqual(quote);
    expect(quote.t).toBeGreaterThan(Date.UTC(2026, 10, 21, 0, 59, 58));
    const thursday = market.bars(
      apple,
      query(apple, 86_400, Date.UTC(2026, 10, 19), Date.UTC(2026, 10, 20)),
    );
    expect(quote.previousClose).toBe(thursday[0]?.close);
  });

  it('before the first trade of all is the price alone', () => {
    const apple = named(market, 'AAPL');
    const head = market.headTimestamp(apple, false, 'TRADES');
    const quote = market.quote(apple, head - dayMs);
    expect(quote.volume).toBe(0);
    expect(quote.bid).toBeGreaterThan(0);
    const [first] = market.bars(apple, query(apple, 60, head - 30 * dayMs, head + dayMs, false));
    expect(first?.t).toBe(head);
  });
});
