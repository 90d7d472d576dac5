import type { Config } from '../config/load.ts';
import type { HistoryService } from '../history/service.ts';
import type { IbkrService } from '../ibkr/ports.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { smallSet } from '../lightweight/tickers.ts';
import { type Simulator, startSimulator } from '../simulator/index.ts';

/** What the demo watches when nobody says otherwise: stocks, funds, a currency pair and a future. */
export const demoWatchlist: readonly string[] = [...smallSet, 'SPY', 'QQQ', 'EUR.USD', 'ES'];

/**
 * The simulated gateway inside the program. Its exchanges never close, so that there is something to
 * see on a Sunday, and it takes messages as fast as they come, so that nobody waits for the start;
 * everything else is a real connection over a real socket.
 */
export function startDemo(clock: Clock, log: Log): Promise<Simulator> {
  return startSimulator({
    port: 0,
    ticksPerSecond: 2,
    feedEveryMs: 500,
    controlPort: 0,
    marketHours: 'always',
    limits: false,
    clock,
    log,
  });
}

/** Nobody waits for the session of a demo, so its download need not make room for others. */
export const demoTempo = { restMs: 50 } as const;

/**
 * How far back the demo downloads when nobody says otherwise. Its exchanges never close, so a year of
 * days would be made of half a million minutes a ticker, and whoever tries it would wait for them.
 */
export function demoDays({ values, origins }: Config): number {
  return origins['history.download_days'].kind === 'default' ? 90 : values['history.download_days'];
}

/** What the demo's gateway takes; a real one takes fifty. */
export const demoMessagesPerSecond = 10_000;

const readyWithinMs = 20_000;

/** Resolves when the session stands and the history is here, so that whoever comes sees both. */
export async function demoIsReady(
  ibkr: IbkrService,
  history: HistoryService,
  clock: Clock,
): Promise<void> {
  const late = new Promise<void>((done) => void clock.after(readyWithinMs, done));
  await Promise.race([sessionStands(ibkr).then(() => history.startDownload()), late]);
}

function sessionStands(ibkr: IbkrService): Promise<void> {
  return new Promise((done) => {
    if (ibkr.isOpen()) return done();
    const stop = ibkr.onChange(() => {
      if (!ibkr.isOpen()) return;
      stop();
      done();
    });
  });
}
