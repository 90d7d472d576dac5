import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { smallSet } from '../lightweight/tickers.ts';
import { type Simulator, startSimulator } from '../simulator/index.ts';

/** What the demo watches when nobody says otherwise: stocks, funds, a currency pair and a future. */
export const demoWatchlist: readonly string[] = [...smallSet, 'SPY', 'QQQ', 'EUR.USD', 'ES'];

/**
 * The simulated gateway inside the program. Its exchanges never close, so that there is something to
 * see on a Sunday; everything else is a real connection over a real socket.
 */
export function startDemo(clock: Clock, log: Log): Promise<Simulator> {
  return startSimulator({ port: 0, controlPort: 0, marketHours: 'always', clock, log });
}
