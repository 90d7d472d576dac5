import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { createMarket } from './market/market.ts';
import type { Request } from './protocol/requests.ts';
import { type Probe, until } from './testing/probe.ts';
import { historyRequest } from './testing/requests.ts';
import { Stage } from './testing/stage.ts';

/** The Friday after Thanksgiving 2025, a short day, at two in the afternoon in New York: an hour after the close. */
const shortFriday = Date.UTC(2025, 10, 28, 19);
const es = { symbol: 'ES', secType: 'CONTFUT', exchange: 'CME' };
const eurusd = { symbol: 'EUR', secType: 'CASH', exchange: 'IDEALPRO', whatToShow: 'MIDPOINT' };

describe('historical requests', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());

  async function asked(...requests: readonly Partial<Request<'historicalData'>>[]): Promise<Probe> {
    const clock = new FakeClock(shortFriday);
    const market = createMarket({ seed: 1, hours: 'real', frontMonthAtMs: shortFriday });
    const { simulator } = await stage.running({ clock, market });
    const probe = await stage.greeted(simulator);
    requests.forEach((request, i) => {
      probe.request('historicalData', historyRequest(i, { useRegularHours: 1, ...request }));
    });
    const answered = (): number =>
      probe.all('historicalData').length +
      probe.all('historicalSchedule').length +
      probe.codes().filter((code) => code < 2000 || code > 9999).length;
    await until(() => answered() >= requests.length, 'every answer');
    return probe;
  }

  function barsOf(probe: Probe, reqId: number) {
    return probe.all('historicalData').find((answer) => answer.reqId === reqId)?.bars ?? [];
  }

  it('count days as sessions: a short day, a holiday and a weekend among them', async () => {
    const probe = await asked(
      { duration: '1 D', barSize: '5 mins' },
      { duration: '2 D', barSize: '5 mins' },
      { duration: '3 D', barSize: '1 day', formatDate: 1 },
    );
    expect(barsOf(probe, 0)).toHaveLength(42);
    expect(barsOf(probe, 1)).toHaveLength(42 + 78);
    expect(barsOf(probe, 2).map((bar) => bar.date)).toEqual(['20251125', '20251126', '20251128']);
  });

  it('make every bar of its finer bars', async () => {
    const probe = await asked(
      { duration: '1 D', barSize: '1 min' },
      { duration: '1 D', barSize: '5 mins' },
      { duration: '1 D', barSize: '1 day' },
    );
    const minutes = barsOf(probe, 0);
    const fives = barsOf(probe, 1);
    fives.forEach((five, i) => {
      const made = minutes.slice(i * 5, i * 5 + 5);
      expect(five.open).toBe(made[0]?.open);
      expect(five.close).toBe(made.at(-1)?.close);
      expect(five.high).toBe(Math.max(...made.map((bar) => bar.high)));
      expect(five.low).toBe(Math.min(...made.map((bar) => bar.low)));
      expect(five.volume).toBe(made.reduce((sum, bar) => sum + bar.volume, 0));
    });
    expect(barsOf(probe, 2)[0]?.volume).toBe(fives.reduce((sum, bar) => sum + bar.volume, 0));
  });

  it('date bars as they are asked to: seconds, the exchange’s time, or the day', async () => {
    const probe = await asked(
      { duration: '1 D', barSize: '1 hour', formatDate: 2 },
      { duration: '1 D', barSize: '1 hour', formatDate: 1 },
      { duration: '1 D', barSize: '1 day', formatDate: 2 },
      { ...es, duration: '1 D', barSize: '1 hour', formatDate: 1, useRegularHours: 0 },
    );
    expect(barsOf(probe, 0)[0]?.date).toBe(String(Date.UTC(2025, 10, 28, 14, 30) / 1000));
    expect(barsOf(probe, 1)[0]?.date).toBe('20251128 09:30:00 US/Eastern');
    expect(barsOf(probe, 2)[0]?.date).toBe('20251128');
    expect(barsOf(probe, 3)[0]?.date).toMatch(/US\/Central$/);
  });

  it('end where they are told to, in any of the ways to say it', async () => {
    const probe = await asked(
      { endDateTime: '20251126-15:30:00', duration: '1800 S' },
      { endDateTime: '20251126 10:30:00 US/Eastern', duration: '1800 S' },
      { endDateTime: '20251126 10:30:00', duration: '1800 S' },
      { endDateTime: 'tomorrow' },
      { endDateTime: '20251326-15:30:00' },
      { ...es, endDateTime: '20251126-15:30:00' },
    );
    const [first] = barsOf(probe, 0);
    expect(first?.date).toBe(String(Date.UTC(2025, 10, 26, 15) / 1000));
    expect(barsOf(probe, 0)).toHaveLength(30);
    expect(barsOf(probe, 1)).toEqual(barsOf(probe, 0));
    expect(barsOf(probe, 2)).toEqual(barsOf(probe, 0));
    expect(probe.codes(3)).toEqual([10314]);
    expect(probe.codes(4)).toEqual([10314]);
    expect(probe.codes(5)).toEqual([10339]);
  });

  it('reach back from the last close when the market is shut', async () => {
    const probe = await asked({ duration: '1800 S', barSize: '5 mins' });
    const bars = barsOf(probe, 0);
    expect(bars).toHaveLength(6);
    expect(Number(bars.at(-1)?.date) * 1000).toBe(Date.UTC(2025, 10, 28, 17, 55));
  });

  it('refuse what IBKR refuses, in its words', async () => {
    const probe = await asked(
      { barSize: '7 mins' },
      { duration: 'a week' },
      { whatToShow: 'RUMOURS' },
      { duration: '3 D', barSize: '1 secs' },
      { duration: '2400 S', barSize: '1 secs' },
      { duration: '400 D', barSize: '1 day' },
      { keepUpToDate: true, endDateTime: '20251126-15:30:00' },
      { whatToShow: 'ADJUSTED_LAST', endDateTime: '20251126-15:30:00' },
      { ...eurusd, whatToShow: 'TRADES' },
      { symbol: 'NOSUCH' },
      { endDateTime: '20250101-15:30:00', barSize: '30 secs' },
      { endDateTime: '19990101-15:30:00', barSize: '1 day', duration: '1 Y' },
    );
    const said = probe.all('error').map(({ reqId, code, text }) => [reqId, code, text]);
    const wanted: readonly (readonly [number, number, RegExp])[] = [
      [0, 321, /bar size setting is invalid/],
      [1, 321, /duration/],
      [2, 321, /what to show/],
      [3, 162, /invalid step/],
      [4, 162, /invalid step/],
      [5, 321, /must be made in years/],
      [6, 321, /keep up to date/],
      [7, 321, /adjusted last/],
      [8, 162, /HMDS query returned no data: EUR.USD@IDEALPRO Trades/],
      [9, 200, /No security definition/],
      [10, 162, /returned no data/],
      [11, 162, /returned no data/],
    ];
    for (const [reqId, code, text] of wanted) {
      const found = said.find(([id]) => id === reqId);
      expect(found).toEqual([reqId, code, expect.stringMatching(text)]);
    }
  });

  it('tell the sessions when asked for a schedule', async () => {
    const probe = await asked({ whatToShow: 'SCHEDULE', duration: '3 D', barSize: '1 day' });
    expect(probe.all('historicalSchedule')).toEqual([
      {
        reqId: 0,
        start: expect.stringMatching(/^20251125-/),
        end: expect.stringMatching(/^20251128-/),
        timeZone: 'US/Eastern',
        sessions: [
          { start: '20251125-09:30:00', end: '20251125-16:00:00', date: '20251125' },
          { start: '20251126-09:30:00', end: '20251126-16:00:00', date: '20251126' },
          { start: '20251128-09:30:00', end: '20251128-13:00:00', date: '20251128' },
        ],
      },
    ]);
  });

  it('serve pairs and futures by their own hours', async () => {
    const probe = await asked(
      { ...eurusd, duration: '1 D', barSize: '1 hour', useRegularHours: 0 },
      { ...es, duration: '2 D', barSize: '1 day', useRegularHours: 0 },
    );
    expect(barsOf(probe, 0).length).toBeGreaterThan(15);
    expect(
      barsOf(probe, 1)
        .map((bar) => bar.date)
        .at(-1),
    ).toBe('20251128');
  });

  it('can be cancelled while they wait, and while they are kept up to date', async () => {
    const { simulator } = await stage.running();
    const probe = await stage.greeted(simulator);
    simulator.fault('link-lost', { for: 1 });
    probe.request('historicalData', historyRequest(1, { keepUpToDate: true }));
    simulator.reset();
    await until(() => probe.has('historicalData'));
    probe.request('cancelHistoricalData', { version: 1, reqId: 1 });
    await until(() => probe.codes(1).length > 0);
    expect(probe.all('error').find((error) => error.reqId === 1)?.text).toBe(
      'Historical Market Data Service error message:API historical data query cancelled: 1',
    );
  });
});
