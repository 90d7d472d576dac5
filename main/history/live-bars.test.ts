import { describe, expect, it } from 'vitest';
import type { ExchangeCalendar, Hours } from '../calendar/exchange-calendar.ts';
import { nyse } from '../calendar/nyse.ts';
import { LiveBars, type TradedDay } from './live-bars.ts';
import { SessionBook } from './session-book.ts';

const open = Date.UTC(2026, 10, 20, 14, 30);

function barsOf(
  calendarOf: (symbol: string) => ExchangeCalendar | undefined,
  hours: { readonly minute: Hours; readonly day: Hours } = { minute: 'all', day: 'regular' },
): LiveBars {
  const book = new SessionBook(
    { calendarOf, revision: 0 },
    (timeframe) => (timeframe === '1d' ? hours.day : hours.minute),
    () => 'STK',
  );
  const tradedDay: TradedDay = (symbol, timeframe, at) => {
    const day = book.at(symbol, timeframe, at);
    return day.kind === 'open' ? day : undefined;
  };
  return new LiveBars(tradedDay);
}

describe('live bars', () => {
  it('make the minutes and the day of ticks', () => {
    const live = barsOf(() => nyse);
    live.tick('AAPL', 100, 1000, open);
    live.tick('AAPL', 102, 1050, open + 20_000);
    live.tick('AAPL', 99, 1075, open + 40_000);
    live.tick('AAPL', 101, 1100, open + 60_000);
    expect(live.bars('AAPL', '1m', 0)).toEqual([
      { t: open, open: 100, high: 102, low: 99, close: 99, volume: 75 },
      { t: open + 60_000, open: 101, high: 101, low: 101, close: 101, volume: 25 },
    ]);
    expect(live.bars('AAPL', '1d', 0)).toEqual([
      { t: Date.UTC(2026, 10, 20), open: 100, high: 102, low: 99, close: 101, volume: 1100 },
    ]);
    expect(live.takeChanges().map(({ timeframe, bar }) => [timeframe, bar.close])).toEqual([
      ['1m', 99],
      ['1d', 101],
      ['1m', 101],
    ]);
    expect(live.takeChanges()).toEqual([]);
  });

  it('begin a new day with the session and drop what the broker has told', () => {
    const live = barsOf(() => nyse);
    live.tick('AAPL', 100, 5000, open);
    live.settle('AAPL', '1m', open);
    expect(live.bars('AAPL', '1m', 0)).toEqual([]);
    const monday = open + 3 * 86_400_000;
    live.tick('AAPL', 110, 10, monday);
    expect(live.bars('AAPL', '1d', 0)).toEqual([
      { t: Date.UTC(2026, 10, 23), open: 110, high: 110, low: 110, close: 110, volume: 10 },
    ]);
  });

  it('take nothing while the exchange is shut, nor without a calendar, nor a price that is none', () => {
    const live = barsOf((symbol) => (symbol === 'AAPL' ? nyse : undefined));
    live.tick('AAPL', 100, 1, open + 86_400_000);
    live.tick('XXXX', 100, 1, open);
    live.tick('AAPL', Number.NaN, 1, open);
    live.tick('AAPL', -1, 1, open);
    expect(live.takeChanges()).toEqual([]);
  });

  it('begin the day with the regular open, and have the minutes of all hours', () => {
    const live = barsOf(() => nyse);
    live.tick('AAPL', 150, 100, open - 5 * 3_600_000);
    expect(live.bars('AAPL', '1d', 0)).toEqual([]);
    expect(live.bars('AAPL', '1m', 0)).toHaveLength(1);
    live.tick('AAPL', 200, 1000, open);
    expect(live.bars('AAPL', '1d', 0)).toMatchObject([{ open: 200, low: 200 }]);
  });

  it('have no minute outside regular hours where the files have none', () => {
    const live = barsOf(() => nyse, { minute: 'regular', day: 'regular' });
    live.tick('AAPL', 150, 100, open - 60_000);
    live.tick('AAPL', 200, 1000, open);
    live.tick('AAPL', 150, 1100, open + 6.5 * 3_600_000);
    expect(live.bars('AAPL', '1m', 0).map(({ t }) => t)).toEqual([open]);
    expect(live.bars('AAPL', '1d', 0)).toMatchObject([{ close: 200, volume: 1000 }]);
  });

  it('have the broker’s figures of a day that was first seen in the middle of it', () => {
    const live = barsOf(() => nyse);
    const noon = open + 3 * 3_600_000;
    const figures = { open: 95, openAt: noon, high: 120, highAt: noon, low: 90, lowAt: noon };
    live.tick('AAPL', 100, 5000, noon, figures);
    expect(live.bars('AAPL', '1d', 0)).toEqual([
      { t: Date.UTC(2026, 10, 20), open: 95, high: 120, low: 90, close: 100, volume: 5000 },
    ]);
    live.tick('AAPL', 89, 5100, noon + 60_000, { ...figures, openAt: open - 1, high: null });
    expect(live.bars('AAPL', '1d', 0)).toMatchObject([{ open: 100, high: 100, low: 89 }]);
    expect(live.bars('AAPL', '1m', 0)).toMatchObject([{ high: 100 }, { low: 89 }]);
  });
});
