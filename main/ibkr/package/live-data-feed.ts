import type { Bar, Timeframe } from '../../../shared/bar.ts';
import { ConnectionManager, type ConnectionManagerOptions } from './connection-manager.ts';

export interface LatestData {
  readonly symbol: string;
  readonly time: string | null;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly last: number | null;
  readonly close: number | null;
  readonly volume: number | null;
  readonly bid_size: number | null;
  readonly ask_size: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly open: number | null;
}

export type DataCallback = (symbol: string, data: LatestData) => void;

const barSizes: Readonly<Record<string, Timeframe>> = {
  '1 min': '1m',
  '5 mins': '5m',
  '15 mins': '15m',
  '30 mins': '30m',
  '1 hour': '1h',
  '4 hours': '4h',
  '1 day': '1d',
};

/** Streaming prices of chosen symbols, kept alive through reconnects. */
export class LiveDataFeed {
  readonly manager: ConnectionManager;
  readonly #subscriptions = new Map<string, () => void>();

  /** Takes a manager of the caller's, or the options for one of its own. */
  constructor(connection: ConnectionManager | ConnectionManagerOptions = {}) {
    this.manager =
      connection instanceof ConnectionManager ? connection : new ConnectionManager(connection);
  }

  /** False instead of an error when no session can be opened. */
  async connect(timeoutSeconds = 30, retryCount = 3): Promise<boolean> {
    try {
      return await this.manager.connect(timeoutSeconds, retryCount);
    } catch {
      return false;
    }
  }

  isConnected(): boolean {
    return this.manager.isConnected();
  }

  /** Says for each symbol whether it is followed now; false without a session or for an unknown one. */
  async subscribe(
    symbols: readonly string[],
    callback?: DataCallback,
  ): Promise<Record<string, boolean>> {
    const { session } = this.manager;
    const followed = await Promise.all(
      symbols.map(async (symbol) => {
        if (!session.isOpen()) return [symbol, false] as const;
        if (this.#subscriptions.has(symbol) && !callback) return [symbol, true] as const;
        const known = await session.contractDetails(symbol);
        if (!known.ok) return [symbol, false] as const;
        this.#follow(symbol, callback);
        return [symbol, true] as const;
      }),
    );
    return Object.fromEntries(followed);
  }

  unsubscribe(symbols: readonly string[]): void {
    for (const symbol of symbols) {
      this.#subscriptions.get(symbol)?.();
      this.#subscriptions.delete(symbol);
    }
  }

  getSubscribedSymbols(): readonly string[] {
    return [...this.#subscriptions.keys()];
  }

  /** The last trade, else the previous close, else the bid; null where nothing is known. */
  getLatestPrice(symbol: string): number | null {
    const data = this.manager.session.tickerData(symbol);
    return data?.last ?? data?.close ?? data?.bid ?? null;
  }

  getLatestData(symbol: string): LatestData | null {
    const data = this.manager.session.tickerData(symbol);
    if (!data || !this.#subscriptions.has(symbol)) return null;
    return {
      symbol,
      time: data.time === null ? null : new Date(data.time).toISOString(),
      bid: data.bid,
      ask: data.ask,
      last: data.last,
      close: data.close,
      volume: data.volume,
      bid_size: data.bidSize,
      ask_size: data.askSize,
      high: data.high,
      low: data.low,
      open: data.open,
    };
  }

  /** Oldest first; empty when IBKR has none or refuses. Bar sizes in IBKR's words, from 1 min to 1 day. */
  async getHistoricalBars(
    symbol: string,
    duration = '1 M',
    barSize = '1 day',
    whatToShow?: string,
    useRth = true,
  ): Promise<readonly Bar[]> {
    const timeframe = Object.hasOwn(barSizes, barSize) ? barSizes[barSize] : undefined;
    if (!timeframe) {
      throw new RangeError(
        `"${barSize}" is no bar size; choose one of ${Object.keys(barSizes).join(', ')}.`,
      );
    }
    const answer = await this.manager.session.historical({
      symbol,
      timeframe,
      end: null,
      duration,
      useRth,
      whatToShow,
      priority: 'person',
    });
    return answer.ok ? answer.bars : [];
  }

  /** Closes the session; the symbols are followed again after the next connect. */
  disconnect(): Promise<void> {
    return this.manager.disconnect();
  }

  reconnect(timeoutSeconds = 30): Promise<boolean> {
    return this.manager.reconnect(timeoutSeconds);
  }

  #follow(symbol: string, callback: DataCallback | undefined): void {
    this.#subscriptions.get(symbol)?.();
    const tell = (): void => {
      const data = this.getLatestData(symbol);
      if (data) callback?.(symbol, data);
    };
    const listener = callback ? { price: tell, size: tell } : {};
    this.#subscriptions.set(symbol, this.manager.session.subscribe(symbol, listener));
  }
}
