import type { ConnectionView } from '../../../shared/connection.ts';
import { type Clock, systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/index.ts';
import { scaledClock } from '../../simulator/scaled-clock.ts';
import type { IbkrOptions, IbkrService } from '../ports.ts';
import { createIbkrService } from '../service.ts';

/** A clock that runs `rate` times as fast as the machine's. */
export function fastClock(rate: number): Clock {
  return scaledClock(systemClock, rate, 0);
}

export interface Quote {
  readonly price: number;
  readonly volume: number | undefined;
  readonly at: number;
  readonly count: number;
  readonly delayed: boolean;
}

/** A service beside a simulated gateway, and what it says. */
export interface Rig {
  readonly simulator: Simulator;
  readonly service: IbkrService;
  readonly quotes: ReadonlyMap<string, Quote>;
  /** Every phase and reason that was published, each once in a row. */
  readonly phases: readonly string[];
  view(): ConnectionView;
  until(what: string, condition: () => boolean, withinMs?: number): Promise<void>;
  connected(): Promise<void>;
  /** Every one of these tickers had a tick after this call. */
  flowing(symbols: readonly string[], withinMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** Patience short enough for tests, in the same proportions as the real ones. */
export const quick: Partial<IbkrOptions> = {
  timeouts: { tcpMs: 500, helloMs: 500, readyMs: 1000, idleMs: 400, probeMs: 400, probes: 2 },
  delaysMs: [100, 200, 300, 600],
  cyclePauseMs: 500,
  flow: { lookMs: 50, proofMs: 800, silentMs: 1000, retryMs: [300, 600], reopenMs: 5000 },
};

/** Polls until the condition holds; the deadline is only for the case that it never does. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 15_000,
  explain = () => '',
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}. ${explain()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export async function startRig(
  options: Partial<IbkrOptions> = {},
  simulated: SimulatorOptions = {},
): Promise<Rig> {
  const simulator = await startSimulator({
    marketHours: 'always',
    ticksPerSecond: 40,
    ...simulated,
  });
  const quotes = new Map<string, Quote>();
  const phases: string[] = [];
  const service = createIbkrService(
    {
      host: simulator.host,
      port: simulator.port,
      clientId: 1,
      clientIdPolicy: 'cycle',
      autoReconnect: true,
      live: false,
      gateway: false,
      marketDataType: 'live',
      clock: systemClock,
      log: silentLog,
      ...quick,
      ...options,
    },
    {
      quotes: {
        tick(symbol, price, volume, at, _currency, delayed) {
          const count = (quotes.get(symbol)?.count ?? 0) + 1;
          quotes.set(symbol, { price, volume, at, count, delayed });
        },
      },
      publish(view) {
        const shown = `${view.phase} ${view.reason}`;
        if (phases.at(-1) !== shown) phases.push(shown);
      },
    },
  );
  const story = (): string => {
    const { phase, reason, timeline } = service.view();
    return [`It is ${phase} (${reason}).`, ...timeline.map((entry) => entry.text)].join('\n');
  };
  const wait: Rig['until'] = (what, condition, withinMs) => until(what, condition, withinMs, story);
  return {
    simulator,
    service,
    quotes,
    phases,
    until: wait,
    view: () => service.view(),
    connected: () => wait('it is connected', () => service.isOpen()),
    flowing(symbols, withinMs) {
      const before = new Map([...quotes].map(([symbol, quote]) => [symbol, quote.count]));
      return wait(
        `${symbols.join(', ')} flow`,
        () =>
          symbols.every(
            (symbol) => (quotes.get(symbol)?.count ?? 0) > (before.get(symbol) ?? 0) + 2,
          ),
        withinMs,
      );
    },
    async close() {
      await service.stop();
      await simulator.close();
    },
  };
}
