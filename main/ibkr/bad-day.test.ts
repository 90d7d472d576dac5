import { afterEach, describe, expect, it } from 'vitest';
import { type Rig, startRig } from './testing/rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const symbols = ['AAPL', 'MSFT', 'GOOGL', 'EUR.USD', 'ES'];

describe('a bad day', () => {
  it('ends with live data on every ticker and a story that can be read', async () => {
    // Patient enough that a busy machine does not make a bad day worse.
    rig = await startRig({ timeouts: { idleMs: 500, probeMs: 500 } });
    const { simulator, service } = rig;
    service.watch(symbols);
    await service.start();
    await rig.flowing(symbols);

    // The night: the link is lost three times, the data survives.
    for (let night = 0; night < 3; night++) {
      simulator.fault('link-lost', { restore: 'data-kept' });
      await rig.until('the link is lost', () => rig.view().reason === 'link-lost');
      simulator.reset();
      await rig.until('the link is back', () => service.isOpen());
    }

    simulator.fault('restart', { down: 2 });
    await rig.until('an attempt failed', () => rig.view().failedAttempts > 0);
    await rig.flowing(symbols);

    // The connection drops, and TWS believes for a while that two old ids are still there.
    const { clientId } = rig.view();
    simulator.fault('client-id-in-use', { ids: [clientId + 1, clientId + 2] });
    simulator.fault('kill-socket');
    await rig.until('the loss is seen', () => !service.isOpen());
    await rig.flowing(symbols);
    expect(rig.view().clientId).toBeGreaterThanOrEqual(clientId + 3);

    simulator.fault('half-open');
    const seen = rig.phases.length;
    await rig.until('it is named', () => rig.phases.slice(seen).includes('reconnecting half-open'));
    simulator.reset();
    await rig.flowing(symbols);

    simulator.fault('farm-broken', { farm: 'usfarm' });
    await rig.until('the farm is down', () => rig.view().farms.some((f) => f.state === 'broken'));
    simulator.reset();
    await rig.flowing(symbols);

    simulator.fault('link-lost', { restore: 'data-kept-but-dead' });
    await rig.until('the link is lost', () => rig.view().reason === 'link-lost');
    simulator.reset();
    await rig.flowing(symbols);

    // Somebody logs in on the phone, and TWS drops the feeds with a new session.
    simulator.fault('competing-session');
    simulator.fault('kill-socket');
    await rig.until('the other session is seen', () => rig.view().marketData.competing);
    simulator.reset();

    await rig.flowing(symbols);
    await rig.until('the flow is proven', () => rig.view().marketData.proof === 'proven');
    const view = rig.view();
    expect(view).toMatchObject({ phase: 'connected', reason: 'ok', needsAttention: false });
    expect(view.marketData.tickers.map(({ feed, kind }) => ({ feed, kind }))).toEqual(
      symbols.map(() => ({ feed: 'streaming', kind: 'live' })),
    );
    expect(simulator.sessions()).toHaveLength(1);

    const story = view.timeline.map((entry) => entry.text);
    inOrder(story, [
      /^Connected with client id 1/,
      /TWS lost its connection to IBKR/,
      /IBKR is back and says that market data was kept/,
      /closed from the other side/,
      /Nothing listens/,
      /^Connected again/,
      /closed from the other side/,
      /Client id \d+ is in use/,
      /Client id \d+ is in use/,
      /^Connected again/,
      /half-open/,
      /^Connected again/,
      /data farm .* is disconnected/,
      /The farm usfarm is connected again/,
      /TWS lost its connection to IBKR/,
      /No data came for .*requesting/,
      /closed from the other side/,
      /^Connected again/,
      /another session of this login/,
      /The other session has gone/,
      /Market data flows on all 5 tickers/,
    ]);
    expect(view.timeline.every((entry, i, all) => entry.at >= (all[i - 1]?.at ?? 0))).toBe(true);
  }, 60_000);
});

function inOrder(lines: readonly string[], wanted: readonly RegExp[]): void {
  let at = 0;
  for (const pattern of wanted) {
    const found = lines.findIndex((line, index) => index >= at && pattern.test(line));
    if (found < 0) throw new Error(`No line ${pattern} from line ${at} on:\n${lines.join('\n')}`);
    at = found + 1;
  }
}
