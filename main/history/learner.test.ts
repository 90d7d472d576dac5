import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { rangeOf } from '../simulator/bars/range.ts';
import { createMarket } from '../simulator/market/market.ts';
import type { Instrument } from '../simulator/ports.ts';
import { HistoryBench } from './testing/history-bench.ts';
import { MarketSource } from './testing/market-source.ts';

/** Saturday noon in New York. */
const saturday = Date.UTC(2026, 10, 21, 17);
const market = createMarket({ seed: 7, symbols: ['AAPL', 'MSFT'], hours: 'real' });

let clock: FakeClock;
let source: MarketSource<Instrument>;
let bench: HistoryBench;

function setUp(options: ConstructorParameters<typeof HistoryBench>[2] = {}): void {
  clock = new FakeClock(saturday);
  source = new MarketSource<Instrument>(market, rangeOf as never, clock);
  bench = new HistoryBench(clock, source, options);
}

beforeEach(() => setUp({ watchlist: ['AAPL'] }));
afterEach(() => bench.remove());

const hoursNotice = () => bench.service.view().notices.find(({ kind }) => kind === 'hours');

describe('asking the broker for trading hours', () => {
  it('tells when the answer names another time zone than the exchange keeps', async () => {
    const answer = source.schedule.bind(source);
    source.schedule = async (symbol, useRth) => ({
      ...(await answer(symbol, useRth)),
      timeZone: 'Australia/Melbourne',
    });
    await bench.service.start();
    await bench.until(() => hoursNotice() !== undefined);
    expect(hoursNotice()?.message).toBe(
      'The trading hours the broker told for AAPL were not taken as they came: the answer names ' +
        'Australia/Melbourne, the exchange keeps America/New_York; the latter is taken',
    );
  });
});
