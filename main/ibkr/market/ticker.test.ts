import { describe, expect, it } from 'vitest';
import { instrumentOf } from '../../../shared/instrument.ts';
import type { DayFigures } from '../../kit/day-figures.ts';
import { leastDelayMs, stampPatienceMs, Ticker } from './ticker.ts';

const now = 1_767_625_200_000;
const traded = now - 17 * 60_000;
const stamp = String(traded / 1000);

interface Shown {
  readonly price: number;
  readonly at: number;
  readonly delayed: boolean;
}

function followed(symbol = 'AAPL'): { ticker: Ticker; shown: Shown[] } {
  const shown: Shown[] = [];
  const ticker = new Ticker(symbol, instrumentOf(symbol), {
    tick: (_symbol, price, _volume, at, _currency, delayed) => shown.push({ price, at, delayed }),
  });
  ticker.requested(1, false);
  return { ticker, shown };
}

describe('a delayed price', () => {
  it('is dated by its trade and marked, whether its time comes before it or after', () => {
    const before = followed();
    before.ticker.text(88, stamp, now);
    before.ticker.price(68, 100, now);
    before.ticker.price(68, 101, now + 10);
    const after = followed();
    after.ticker.price(68, 100, now);
    after.ticker.text(88, stamp, now);
    after.ticker.price(68, 101, now + 10);
    for (const { shown } of [before, after]) {
      expect(shown.at(-1)).toEqual({ price: 101, at: traded, delayed: true });
      expect(shown.every(({ at, delayed }) => at === traded && delayed)).toBe(true);
    }
  });

  it('moves on with the times that are told, and not with their arrival', () => {
    const { ticker, shown } = followed();
    ticker.text(88, stamp, now);
    ticker.price(68, 100, now);
    ticker.price(68, 101, now + 5_000);
    ticker.text(88, String(traded / 1000 + 3), now + 5_000);
    ticker.size(74, 900, now + 6_000);
    expect(shown.at(-1)).toEqual({ price: 101, at: traded + 3_000, delayed: true });
  });

  it('counts as 15 minutes old where its time is not told', () => {
    const { ticker, shown } = followed();
    ticker.price(68, 100, now);
    expect(shown).toEqual([]);
    ticker.release(now + stampPatienceMs);
    ticker.price(68, 101, now + 1_000);
    expect(shown.at(-1)).toEqual({ price: 101, at: now + 1_000 - leastDelayMs, delayed: true });
  });

  it('made of bid and ask is no newer', () => {
    const { ticker, shown } = followed('EUR.USD');
    ticker.price(66, 1.1, now);
    ticker.price(67, 1.2, now);
    expect(shown).toEqual([{ price: 1.15, at: now - leastDelayMs, delayed: true }]);
  });
});

describe('a live price', () => {
  it('that is repeated after a request keeps the time that was told before it', () => {
    const { ticker, shown } = followed();
    ticker.text(45, stamp, now);
    ticker.price(4, 100, now);
    ticker.release(now + stampPatienceMs);
    expect(shown).toEqual([{ price: 100, at: traded, delayed: false }]);
  });

  it('that follows another is of now', () => {
    const { ticker, shown } = followed();
    ticker.price(4, 100, now);
    ticker.text(45, stamp, now);
    ticker.price(4, 101, now + 10);
    expect(shown).toEqual([
      { price: 100, at: traded, delayed: false },
      { price: 101, at: now + 10, delayed: false },
    ]);
  });
});

it('a ticker that is asked for again shows its trouble until it speaks', () => {
  const { ticker } = followed();
  ticker.fail('silent', 'IBKR sends no data for it.');
  ticker.feed = 'waiting';
  expect(ticker.shown).toBe('silent');
  ticker.problem = null;
  expect(ticker.shown).toBe('waiting');
});

describe('a ticker', () => {
  it('tells with each trade what the day was so far, and since when that is known', () => {
    const told: DayFigures[] = [];
    const ticker = new Ticker('AAPL', instrumentOf('AAPL'), {
      tick: (_symbol, _price, _volume, _at, _currency, _delayed, figures) => {
        const { open, openAt, high, highAt, low, lowAt } = figures;
        told.push({ open, openAt, high, highAt, low, lowAt });
      },
    });
    ticker.requested(1, false);
    ticker.price(4, 100, 10);
    ticker.release(10);
    ticker.price(14, 98, 20);
    ticker.price(6, 103, 20);
    ticker.price(7, 97, 20);
    ticker.price(6, 104, 30);
    ticker.price(4, 104, 30);
    expect(told).toEqual([
      { open: null, openAt: 0, high: null, highAt: 0, low: null, lowAt: 0 },
      { open: 98, openAt: 20, high: 104, highAt: 30, low: 97, lowAt: 20 },
    ]);
  });
});
