import path from 'node:path';
import { type InstrumentOverrides, tickerOf } from '../../shared/instrument.ts';
import { Exit, exitCode } from '../config/exit.ts';
import type { Config } from '../config/load.ts';
import { describeOrigin, fixedBy } from '../config/origin.ts';
import { saveSetting } from '../config/settings-file.ts';
import { readWatchlist } from '../history/watchlist.ts';

/**
 * The tickers to keep. It may change while the program runs, and outlives it in settings.yaml, but for a list that is
 * said more strongly elsewhere: that one holds again at the next start.
 */
export class Watchlist {
  readonly #lasts: boolean;
  readonly #file: string;
  readonly #contracts: InstrumentOverrides;
  readonly #listeners = new Set<(symbols: readonly string[]) => void>();
  #symbols: readonly string[];

  constructor(config: Config, otherwise: readonly string[]) {
    this.#file = path.join(config.dataDir, 'settings.yaml');
    this.#contracts = config.values.contracts;
    this.#lasts = fixedBy(config.origins.watchlist) === null;
    const given = read(config);
    this.#symbols = given.length > 0 ? given : otherwise;
  }

  get symbols(): readonly string[] {
    return this.#symbols;
  }

  onChange(listener: (symbols: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** False when it was there already. */
  add(text: string): boolean {
    const symbol = this.#symbol(text);
    if (this.#symbols.includes(symbol)) return false;
    this.#set([...this.#symbols, symbol]);
    return true;
  }

  /** False when it was not there. */
  remove(text: string): boolean {
    const symbol = this.#symbol(text);
    if (!this.#symbols.includes(symbol)) return false;
    this.#set(this.#symbols.filter((known) => known !== symbol));
    return true;
  }

  /** A name that somebody chose, in the list or among the contracts, is taken as it is written. */
  #symbol(text: string): string {
    const chosen = this.#symbols.includes(text) || Object.hasOwn(this.#contracts, text);
    return chosen ? text : tickerOf(text);
  }

  #set(symbols: readonly string[]): void {
    if (this.#lasts) saveSetting(this.#file, 'watchlist', symbols);
    this.#symbols = symbols;
    for (const listener of this.#listeners) listener(symbols);
  }
}

function read({ values, origins }: Config): readonly string[] {
  const symbols = values.watchlist.flatMap((item) => {
    try {
      return readWatchlist(item);
    } catch (error) {
      throw new Exit(
        exitCode.config,
        `watchlist is ${JSON.stringify(values.watchlist)} (from ${describeOrigin(origins.watchlist)}), ` +
          `but its file cannot be read (${(error as Error).message}). Name a file that can be read, or list the tickers.`,
      );
    }
  });
  return [...new Set(symbols)];
}
