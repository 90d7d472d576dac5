/** A contract as the TWS API wants it, without the library's types. */
export interface Instrument {
  /** The ticker as the watchlist writes it. */
  readonly ticker: string;
  readonly symbol: string;
  readonly secType:
    | 'STK'
    | 'CASH'
    | 'CONTFUT'
    | 'FUT'
    | 'IND'
    | 'CRYPTO'
    | 'CFD'
    | 'CMDTY'
    | 'FUND';
  readonly exchange: string;
  readonly currency: string;
  readonly primaryExchange?: string;
  readonly localSymbol?: string;
  readonly lastTradeDate?: string;
  readonly multiplier?: string;
  readonly tradingClass?: string;
  readonly conId?: number;
  /** The kind of price its bars are made of. */
  readonly whatToShow: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'AGGTRADES';
}

/** One entry of the `contracts:` section: what differs from the rule. */
export type InstrumentOverride = Partial<Omit<Instrument, 'ticker'>>;
export type InstrumentOverrides = Readonly<Record<string, InstrumentOverride>>;

const currencies = new Set(
  (
    'AED AUD BGN BRL CAD CHF CNH CNY CZK DKK EUR GBP HKD HUF ILS INR ISK JPY KRW MXN MYR NOK NZD PHP ' +
    'PLN RON RUB SAR SEK SGD THB TRY TWD USD ZAR'
  ).split(' '),
);

/** Futures whose root is not better known as a stock; all others are named in `contracts:`. */
const futures: Readonly<Record<string, string>> = {
  ES: 'CME',
  NQ: 'CME',
  RTY: 'CME',
  MES: 'CME',
  MNQ: 'CME',
  M2K: 'CME',
  YM: 'CBOT',
  MYM: 'CBOT',
  ZB: 'CBOT',
  ZN: 'CBOT',
  MCL: 'NYMEX',
  MGC: 'COMEX',
};

/** The contract a ticker means: stocks, stocks with a class, currency pairs, continuous futures. */
export function instrumentOf(ticker: string, overrides: InstrumentOverrides = {}): Instrument {
  const base = byRule(ticker);
  const override = Object.hasOwn(overrides, ticker) ? overrides[ticker] : undefined;
  if (!override) return base;
  const merged = { ...base, ...defined(override), ticker };
  // Currency pairs have no trades: asking for them would fail, so the secType decides unless told.
  const whatToShow = override.whatToShow ?? (merged.secType === 'CASH' ? 'MIDPOINT' : 'TRADES');
  return { ...merged, whatToShow };
}

function byRule(ticker: string): Instrument {
  const pair = /^([A-Z]{3})\.([A-Z]{3})$/.exec(ticker);
  const [, from = '', to = ''] = pair ?? [];
  if (currencies.has(from) && currencies.has(to)) {
    return {
      ticker,
      symbol: from,
      secType: 'CASH',
      exchange: 'IDEALPRO',
      currency: to,
      whatToShow: 'MIDPOINT',
    };
  }
  const exchange = Object.hasOwn(futures, ticker) ? futures[ticker] : undefined;
  if (exchange) {
    return {
      ticker,
      symbol: ticker,
      secType: 'CONTFUT',
      exchange,
      currency: 'USD',
      whatToShow: 'TRADES',
    };
  }
  return {
    ticker,
    symbol: ticker.replace(/^([A-Z]+)\.([A-Z])$/, '$1 $2'),
    secType: 'STK',
    exchange: 'SMART',
    currency: 'USD',
    whatToShow: 'TRADES',
  };
}

/** What a person or a program may ask for: no path, no list, no markup. */
export const askedTicker = {
  shape: /^[A-Za-z0-9][A-Za-z0-9.\-_ ]*$/,
  longest: 31,
  examples: 'AAPL, BRK.B, EUR.USD or ES',
} as const;

/** A ticker as it is kept, however it was typed: in capitals, and a class after a dot. */
export function tickerOf(text: string): string {
  const ticker = text.trim().toUpperCase();
  return ticker.replace(/^([A-Z]+) ([A-Z])$/, '$1.$2');
}

/** What may stand in a watchlist: visible ASCII without separators of lists or of paths. */
export function isTicker(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9 .&'+:^=$#@!-]{0,31}$/.test(text) && !text.endsWith(' ');
}

const reservedOnWindows = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A name that any file system takes, from which `tickerOfFileName` gives the ticker back. */
export function fileNameOf(ticker: string): string {
  const escaped = ticker.replace(/[^A-Za-z0-9.-]/g, percent);
  const safeEnd = escaped.replace(/^\.|\.$/g, percent);
  return reservedOnWindows.test(safeEnd)
    ? percent(safeEnd[0] as string) + safeEnd.slice(1)
    : safeEnd;
}

export function tickerOfFileName(name: string): string {
  return name.replace(/%([0-9A-F]{2,6});/g, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}

function percent(character: string): string {
  return `%${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(2, '0')};`;
}

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as Partial<T>;
}
