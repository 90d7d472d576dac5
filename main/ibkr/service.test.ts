import { afterEach, describe, expect, it } from 'vitest';
import { type Rig, startRig } from './testing/rig.ts';

const symbols = ['AAPL', 'MSFT', 'BRK.B', 'EUR.USD', 'ES'];
let rig: Rig | undefined;
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

describe('the session', () => {
  it('connects, reads the accounts and streams every kind of ticker into the quotes', async () => {
    rig = await startRig();
    rig.service.watch(symbols);
    await rig.service.start();
    await rig.connected();
    await rig.flowing(symbols);
    const view = rig.view();
    expect(view.accounts).toEqual(['DU1234567']);
    expect(view.marketData.tickers.map((ticker) => [ticker.symbol, ticker.feed])).toEqual(
      symbols.map((symbol) => [symbol, 'streaming']),
    );
    expect(rig.quotes.get('EUR.USD')?.price).toBeLessThan(3);
    expect(JSON.parse(JSON.stringify(view))).toEqual(view);
  });

  it('answers historical requests, contract details, schedule, head timestamp and account', async () => {
    rig = await startRig();
    await rig.service.start();
    await rig.connected();
    for (const symbol of symbols) {
      const answer = await rig.service.historical({
        symbol,
        timeframe: '1h',
        end: Date.now() - 86_400_000,
        duration: '5 D',
        useRth: false,
        priority: 'person',
      });
      if (!answer.ok) throw new Error(answer.message);
      expect(answer.bars.length, symbol).toBeGreaterThan(10);
    }
    const details = await rig.service.contractDetails('AAPL');
    expect(details).toMatchObject({
      ok: true,
      value: { symbol: 'AAPL', timeZoneId: 'US/Eastern' },
    });
    const schedule = await rig.service.schedule('AAPL');
    if (!schedule.ok) throw new Error(schedule.message);
    expect(schedule.value.sessions.length).toBeGreaterThan(5);
    const head = await rig.service.headTimestamp('AAPL');
    if (!head.ok) throw new Error(head.message);
    expect(head.value).toBeLessThan(Date.now());
    const summary = await rig.service.summary();
    if (!summary.ok) throw new Error(summary.message);
    expect(summary.value.map((one) => one.tag)).toContain('NetLiquidation');
  });

  it('keeps no fact of a connection that is over', async (context) => {
    const rig = await startRig();
    context.onTestFinished(() => rig.close());
    await rig.service.start();
    await rig.connected();
    await rig.until('the farms have reported', () => rig.view().farms.length > 0);
    await rig.until('its clock is known', () => rig.view().clockSkewMs !== null);
    expect(rig.view().serverVersion).not.toBeNull();
    rig.service.disconnect();
    expect(rig.view()).toMatchObject({ farms: [], serverVersion: null, clockSkewMs: null });
  });
});
