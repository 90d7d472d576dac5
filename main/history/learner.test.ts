import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { rangeOf } from '../simulator/bars/range.ts';
import { createMarket } from '../simulator/market/market.ts';
import type { Instrument } from '../simulator/ports.ts';
import type { Failed, HoursAnswer, ScheduleAnswer } from './ports.ts';
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

  const refused: Failed = { ok: false, reason: 'unknown-symbol', message: 'no such contract' };
  const hours: HoursAnswer = {
    ok: true,
    timeZoneId: 'Japan',
    tradingHours: '20261124:0900-20261124:1530',
    liquidHours: '20261124:0900-20261124:1530',
  };
  const nobody: HoursAnswer = { ok: true, timeZoneId: 'Japan', tradingHours: '', liquidHours: '' };
  const schedule = (...dates: readonly string[]): ScheduleAnswer => ({
    ok: true,
    timeZone: 'Japan',
    sessions: dates.map((date) => ({ date, start: `${date}-09:00:00`, end: `${date}-15:30:00` })),
  });
  const tokyo = () => ({ secType: 'STK', exchange: 'TSEJ', currency: 'JPY' });
  const stateOf = (symbol: string) =>
    bench.service.view().coverage.find((one) => one.symbol === symbol)?.state;
  const oneBar = { t: Date.UTC(2026, 10, 18), open: 1, high: 1, low: 1, close: 1, volume: 1 };

  /** Which symbols the broker was asked about within so many minutes. */
  async function askedWithin(
    minutes: number,
    answer: (symbol: string) => readonly [HoursAnswer, ScheduleAnswer],
  ): Promise<string[]> {
    const asked: string[] = [];
    source.contractHours = async (symbol) => {
      asked.push(symbol);
      return answer(symbol)[0];
    };
    source.schedule = async (symbol) => answer(symbol)[1];
    await bench.service.start();
    await bench.until(() => clock.now() >= saturday + minutes * 60_000, 10_000);
    return asked;
  }

  it('learns of the next symbol of a kind when the broker does not know the first', async () => {
    setUp({ watchlist: ['GONE', 'LOST', '7203'], instrument: tokyo });
    bench.put('GONE', '1d', [oneBar]);
    const asked = await askedWithin(30, (symbol) =>
      symbol === '7203' ? [hours, schedule('20261119', '20261120')] : [refused, refused],
    );
    expect(asked).toEqual(['GONE', 'LOST', '7203']);
    await bench.until(() => stateOf('GONE') !== undefined && stateOf('GONE') !== 'no-calendar');
  });

  it('does not take an answer without sessions for one, and asks another symbol', async () => {
    setUp({ watchlist: ['EMPTY', '7203'], instrument: tokyo });
    const asked = await askedWithin(30, (symbol) =>
      symbol === '7203' ? [hours, schedule('20261119', '20261120')] : [nobody, schedule()],
    );
    expect(asked).toEqual(['EMPTY', '7203']);
  });

  it('goes on asking now and then, everybody in turn, while nobody is told', async () => {
    setUp({ watchlist: ['GONE', 'LOST'], instrument: tokyo });
    const asked = await askedWithin(45, () => [refused, refused]);
    expect(asked.slice(0, 5)).toEqual(['GONE', 'LOST', 'GONE', 'LOST', 'GONE']);
    expect(asked.length).toBeLessThan(8);
  });
});
