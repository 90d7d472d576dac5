import { describe, expect, it } from 'vitest';
import { randomBars, randomHistory } from './random-history.ts';

const now = new Date(2026, 2, 5, 12, 0, 0);

describe('lightweight history', () => {
  it('holds twenty tickers with one flat bar of today each', () => {
    const histories = randomHistory(now);
    expect(histories).toHaveLength(20);
    for (const { bars, startDate, curDate, endDate } of histories) {
      expect([startDate, curDate, endDate]).toEqual(['2026-03-05', '2026-03-05', '2026-03-05']);
      expect(bars).toHaveLength(1);
      const [bar] = bars;
      expect(bar?.t).toBe(Date.UTC(2026, 2, 5));
      expect(new Set([bar?.open, bar?.high, bar?.low, bar?.close]).size).toBe(1);
    }
  });

  it('is read as daily bars, within the range that is asked for', () => {
    const history = randomHistory(now);
    const day = Date.UTC(2026, 2, 5);
    const asked = { ticker: 'AAPL', timeframe: '1d', from: null, to: null };
    const mine = history.find(({ ticker }) => ticker === 'AAPL')?.bars;
    expect(randomBars(history, asked)?.bars).toEqual(mine);
    expect(randomBars(history, { ...asked, from: day, to: day })?.bars).toEqual(mine);
    expect(randomBars(history, { ...asked, from: day + 1 })?.bars).toEqual([]);
    expect(randomBars(history, { ...asked, timeframe: '1m' })).toBeUndefined();
    expect(randomBars(history, { ...asked, ticker: 'NOPE' })).toBeUndefined();
  });

  it('keeps prices between 10 and 500 in whole cents and volumes between 1 000 and 100 000', () => {
    for (let round = 0; round < 50; round++) {
      for (const { bars } of randomHistory(now)) {
        const { close, volume } = bars[0] as { close: number; volume: number };
        expect(close).toBeGreaterThanOrEqual(10);
        expect(close).toBeLessThanOrEqual(500);
        expect(Math.round(close * 100) / 100).toBe(close);
        expect(Number.isInteger(volume) && volume >= 1_000 && volume <= 100_000).toBe(true);
      }
    }
  });

  it('reaches both ends of its ranges', () => {
    const lowest = randomHistory(now, (min) => min)[0]?.bars[0];
    const highest = randomHistory(now, (_, max) => max)[0]?.bars[0];
    expect([lowest?.close, lowest?.volume]).toEqual([10, 1_000]);
    expect([highest?.close, highest?.volume]).toEqual([500, 100_000]);
  });

  it('differs from one start to the next', () => {
    const prices = () => randomHistory(now).map(({ bars }) => bars[0]?.close);
    expect(prices()).not.toEqual(prices());
  });
});
