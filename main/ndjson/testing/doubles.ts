import type { Quote } from '../../../shared/quote.ts';
import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import type { LeaseDesk, NdjsonPorts } from '../ports.ts';
import type { NdjsonOptions } from '../server.ts';

export function testOptions(options: Partial<NdjsonOptions> = {}): NdjsonOptions {
  return {
    host: '127.0.0.1',
    port: 0,
    maxLineBytes: 65_536,
    idleTimeoutMs: 60_000,
    freshnessMs: 90_000,
    clock: systemClock,
    log: silentLog,
    version: '1.2.3',
    ...options,
  };
}

/** Quotes a test sets by hand. */
export class QuoteBoard {
  readonly #quotes = new Map<string, Quote>();
  readonly #listeners = new Set<(quote: Quote) => void>();

  list(): readonly string[] {
    return [...this.#quotes.keys()];
  }

  get(ticker: string): Quote | undefined {
    return this.#quotes.get(ticker);
  }

  onChange(listener: (quote: Quote) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  set(ticker: string, quote: Partial<Quote> = {}): void {
    const whole: Quote = {
      ticker,
      price: 187.25,
      volume: 1000,
      currency: 'USD',
      tsEpochMs: Date.now(),
      source: 'ibkr_tick',
      ...quote,
    };
    this.#quotes.set(ticker, whole);
    for (const listener of this.#listeners) listener(whole);
  }

  remove(ticker: string): void {
    this.#quotes.delete(ticker);
  }
}

/** A desk where the reservation is always free and never asked for. */
export const idleDesk: LeaseDesk = {
  acquire: () => Promise.resolve({ kind: 'conflict' }),
  release: () => ({ kind: 'not-reserved' }),
  renew: () => ({ kind: 'not-reserved' }),
  connectionClosed() {},
  concerns: () => false,
  part: () => null,
  view: () => ({
    state: 'free',
    holder: null,
    client: null,
    peer: null,
    since: null,
    expiresAt: null,
    orphaned: false,
    recalled: false,
    queueLength: 0,
  }),
  onChange: () => () => {},
  onAskBack: () => () => {},
};

export function testPorts(ports: Partial<NdjsonPorts> = {}): NdjsonPorts {
  return {
    quotes: new QuoteBoard(),
    snapshot: { epoch: 4, lastUpdateMs: 1_760_000_000_000, onBatch: () => () => {} },
    memory: {
      names: () => ({ dictionary: 'seg', columnar: 'seg-bars', generation: 2, layout: 'GHBARS01' }),
    },
    lease: idleDesk,
    connection: { current: () => ({ state: 'connected' }), onChange: () => () => {} },
    history: { bars: () => Promise.resolve(undefined) },
    status: () => ({ connection: 'connected' }),
    ...ports,
  };
}
