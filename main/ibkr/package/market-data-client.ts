import { adviceFor, explain } from '../../../shared/advice/index.ts';
import { type Clock, systemClock } from '../../kit/clock.ts';
import { type Log, silentLog } from '../../kit/log.ts';
import { type MarketSeries, Series } from '../market/series.ts';
import { ConnectionManager, type ConnectionManagerOptions } from './connection-manager.ts';

/** The configuration as its YAML file spells it. */
export interface MarketDataConfig {
  readonly api?: { readonly tws_endpoint?: string; readonly port?: number };
  readonly market_data?: {
    /** Seconds to wait for the first price. */
    readonly timeout?: number;
    /** So many times a symbol is asked for before it is given up. */
    readonly retry_attempts?: number;
    readonly data_type?: 'delayed' | 'realtime';
  };
}

interface Followed {
  readonly series: Series;
  readonly stop: () => void;
  /** Why the request ended, until data comes after all. */
  problem: string | null;
  readonly waiting: Set<() => void>;
}

const usualTimeoutSeconds = 15;
const usualAttempts = 3;

/** Prices of single symbols as series in step, asked for when they are first wanted. */
export class MarketDataClient {
  readonly manager: ConnectionManager;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #timeoutMs: number;
  readonly #attempts: number;
  readonly #followed = new Map<string, Followed>();

  constructor(
    config: MarketDataConfig = {},
    options: Omit<ConnectionManagerOptions, 'host' | 'port' | 'marketDataType'> = {},
  ) {
    const { api, market_data: data } = config;
    this.manager = new ConnectionManager({
      ...options,
      ...(api?.tws_endpoint === undefined ? {} : { host: api.tws_endpoint }),
      ...(api?.port === undefined ? {} : { port: api.port }),
      marketDataType: data?.data_type === 'realtime' ? 'live' : 'delayed',
      // Who asks for real-time data wants to be told when there is none.
      delayedFallback: false,
    });
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? silentLog;
    this.#timeoutMs = (data?.timeout ?? usualTimeoutSeconds) * 1000;
    this.#attempts = Math.max(1, data?.retry_attempts ?? usualAttempts);
  }

  /** True once the session is open, false on any failure; messages are read in the background. */
  async connectAndRun(): Promise<boolean> {
    try {
      return await this.manager.connect(this.#timeoutMs / 1000, this.#attempts);
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'No connection for market data.');
      return false;
    }
  }

  isConnected(): boolean {
    return this.manager.isConnected();
  }

  /** The series of a symbol once it has a price; null on an error or when none comes in time. */
  async getMarketData(symbol: string): Promise<MarketSeries | null> {
    for (let attempt = 1; attempt <= this.#attempts; attempt++) {
      const followed = this.#follow(symbol);
      if (followed.series.length > 0) return followed.series.copy();
      if (!this.isConnected()) return null;
      const outcome = await this.#firstPrice(followed);
      if (outcome === 'data') return followed.series.copy();
      const { problem } = followed;
      this.#forget(symbol);
      if (outcome === 'refused') {
        this.#log.warn({ symbol }, problem ?? 'The request was refused.');
        return null;
      }
      this.#log.warn({ symbol, attempt }, 'No price came in time.');
    }
    return null;
  }

  async disconnect(): Promise<void> {
    for (const symbol of [...this.#followed.keys()]) this.#forget(symbol);
    await this.manager.disconnect();
  }

  #follow(symbol: string): Followed {
    const before = this.#followed.get(symbol);
    if (before) return before;
    const series = new Series();
    const waiting = new Set<() => void>();
    const wake = (): void => {
      for (const call of [...waiting]) call();
    };
    const followed: Followed = {
      series,
      waiting,
      problem: null,
      stop: this.manager.session.subscribe(symbol, {
        price: (field, price, at) => {
          if (series.price(field, price, at)) wake();
        },
        size: (field, size) => void series.size(field, size),
        problem: (code, text) => {
          const hint = adviceFor(code, text).todo[0] ?? '';
          followed.problem = `${explain(code, text, { symbol, request: 'market data' })} ${hint}`;
          wake();
        },
      }),
    };
    this.#followed.set(symbol, followed);
    return followed;
  }

  #forget(symbol: string): void {
    const followed = this.#followed.get(symbol);
    if (!followed) return;
    this.#followed.delete(symbol);
    followed.stop();
    for (const call of [...followed.waiting]) call();
  }

  #firstPrice(followed: Followed): Promise<'data' | 'refused' | 'late'> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (followed.series.length > 0) finish('data');
        else if (followed.problem !== null) finish('refused');
      };
      const cancel = this.#clock.after(this.#timeoutMs, () => finish('late'));
      function finish(outcome: 'data' | 'refused' | 'late'): void {
        cancel();
        followed.waiting.delete(look);
        resolve(outcome);
      }
      followed.waiting.add(look);
      look();
    });
  }
}
