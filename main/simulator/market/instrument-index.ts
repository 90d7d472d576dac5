import type { ContractQuery, Instrument } from '../ports.ts';

/** Finds instruments as IBKR's contract and symbol requests do. */
export class InstrumentIndex {
  readonly #all: readonly Instrument[];
  readonly #byConId = new Map<number, Instrument>();
  readonly #bySymbol = new Map<string, Instrument[]>();
  readonly #byLocalSymbol = new Map<string, Instrument[]>();

  constructor(instruments: readonly Instrument[]) {
    this.#all = instruments;
    for (const instrument of instruments) {
      this.#byConId.set(instrument.conId, instrument);
      push(this.#bySymbol, instrument.symbol, instrument);
      push(this.#byLocalSymbol, instrument.localSymbol, instrument);
    }
  }

  byConId(conId: number): Instrument | undefined {
    return this.#byConId.get(conId);
  }

  resolve(query: ContractQuery): readonly Instrument[] {
    return this.#candidates(query).filter((instrument) => matches(instrument, query));
  }

  search(pattern: string, limit: number): readonly Instrument[] {
    const wanted = pattern.trim().toUpperCase();
    if (wanted === '' || limit <= 0) return [];
    const first: Instrument[] = [];
    const then: Instrument[] = [];
    for (const instrument of this.#all) {
      // The months of a future are one line of such a list, as the continuous one.
      if (instrument.secType === 'FUT') continue;
      if (instrument.symbol.startsWith(wanted)) first.push(instrument);
      else if (then.length < limit && instrument.longName.toUpperCase().includes(wanted)) {
        then.push(instrument);
      }
    }
    first.sort((a, b) => a.symbol.length - b.symbol.length);
    return [...first, ...then].slice(0, limit);
  }

  /** A contract that names nothing at all is unknown, rather than everything. */
  #candidates(query: ContractQuery): readonly Instrument[] {
    if (query.conId !== 0) {
      const found = this.#byConId.get(query.conId);
      return found ? [found] : [];
    }
    if (query.symbol !== '') return this.#bySymbol.get(query.symbol.toUpperCase()) ?? [];
    if (query.localSymbol !== '') {
      return this.#byLocalSymbol.get(query.localSymbol.toUpperCase()) ?? [];
    }
    if (query.tradingClass !== '') return this.#all;
    return [];
  }
}

function matches(instrument: Instrument, query: ContractQuery): boolean {
  const same = (wanted: string, own: string): boolean =>
    wanted === '' || wanted.toUpperCase() === own.toUpperCase();
  return (
    same(query.symbol, instrument.symbol) &&
    same(query.secType, instrument.secType) &&
    same(query.currency, instrument.currency) &&
    same(query.localSymbol, instrument.localSymbol) &&
    same(query.tradingClass, instrument.tradingClass) &&
    same(query.multiplier, instrument.multiplier) &&
    instrument.lastTradeDate.startsWith(query.lastTradeDate) &&
    onExchange(query.exchange, instrument) &&
    (query.primaryExchange === '' || onExchange(query.primaryExchange, instrument))
  );
}

/** NASDAQ's book is called ISLAND in older contracts, and CME's platform GLOBEX. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['ISLAND', 'NASDAQ'],
  ['GLOBEX', 'CME'],
]);

function onExchange(wanted: string, instrument: Instrument): boolean {
  if (wanted === '') return true;
  const name = wanted.toUpperCase().split('.')[0] as string;
  const exchange = otherNames.get(name) ?? name;
  if (exchange === 'SMART') return instrument.secType === 'STK';
  return exchange === instrument.exchange || exchange === instrument.primaryExchange;
}

function push(map: Map<string, Instrument[]>, key: string, instrument: Instrument): void {
  const list = map.get(key);
  if (list) list.push(instrument);
  else map.set(key, [instrument]);
}
