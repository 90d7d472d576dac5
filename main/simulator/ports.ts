/** Security types the simulated market knows; `CONTFUT` is the continuous future IBKR derives from the front month. */
export type SecType = 'STK' | 'CASH' | 'CONTFUT' | 'FUT';

/** Something that can be traded, in the words of IBKR's contract details. */
export interface Instrument {
  readonly conId: number;
  /** As IBKR spells it: `AAPL`, `BRK B`, `EUR`, `ES`. */
  readonly symbol: string;
  /** `AAPL`, `BRK B`, `EUR.USD`, `ESZ6`. */
  readonly localSymbol: string;
  readonly secType: SecType;
  /** Where an order would be routed: `SMART`, `IDEALPRO`, `CME`. */
  readonly exchange: string;
  /** `NASDAQ`, `NYSE`, `ARCA`; empty for a currency pair. */
  readonly primaryExchange: string;
  readonly currency: string;
  /** `NMS`, `EUR.USD`, `ES`. */
  readonly tradingClass: string;
  readonly marketName: string;
  readonly longName: string;
  /** `COMMON`, `ETF`; empty for what is not a stock. */
  readonly stockType: string;
  readonly industry: string;
  readonly category: string;
  readonly minTick: number;
  /** Contract size of a future, as text; empty otherwise. */
  readonly multiplier: string;
  /** `yyyymmdd` of a future's last trading day; empty otherwise. */
  readonly lastTradeDate: string;
  /** `yyyymm` of a future; empty otherwise. */
  readonly contractMonth: string;
  /** The zone IBKR names for it: `US/Eastern`, `US/Central`. */
  readonly timeZone: string;
}

/** What a request tells of a contract; what it leaves out is empty or zero. */
export interface ContractQuery {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: string;
  /** `yyyymmdd` or `yyyymm`. */
  readonly lastTradeDate: string;
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
  readonly multiplier: string;
  readonly includeExpired: boolean;
}

export type WhatToShow = 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK' | 'ADJUSTED_LAST';

/** One bar with what IBKR adds to the five: weighted average and number of trades. */
export interface MarketBar {
  /** Start in epoch milliseconds; a daily or longer bar's is UTC midnight of the day its (first) session closes. */
  readonly t: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly wap: number;
  readonly count: number;
}

export interface BarsQuery {
  /** 1, 5, 10, 15, 30, 60, … 28800; 86400 a day, 604800 a week, 2592000 a month. */
  readonly barSeconds: number;
  /** Bars that start at or after it … */
  readonly fromMs: number;
  /** … and before it. A bar still being made at `toMs` is cut there: it holds only what traded before `toMs`. */
  readonly toMs: number;
  readonly regularHours: boolean;
  readonly what: WhatToShow;
}

/** One trade and the quote that stood beside it. */
export interface MarketTick {
  readonly t: number;
  readonly price: number;
  readonly size: number;
  readonly bid: number;
  readonly ask: number;
  readonly bidSize: number;
  readonly askSize: number;
  /** Volume of the session up to and including this trade. */
  readonly volume: number;
}

/** The picture of an instrument at one instant: the last trade, quote and the session's numbers so far. */
export interface MarketQuote extends MarketTick {
  /** Of regular hours for a stock, and until they begin of the day before; of the whole session for all else. */
  readonly open: number;
  readonly high: number;
  readonly low: number;
  /** Close of the session before. */
  readonly previousClose: number;
  /** Trades from here on, and before `figuresTo`, may move the high and the low. */
  readonly figuresFrom: number;
  readonly figuresTo: number;
}

/** One trading session. Days without one have none. */
export interface MarketSession {
  /** `yyyymmdd`, the day it closes, in the exchange's zone. */
  readonly date: string;
  /** Extended hours included. */
  readonly startMs: number;
  readonly endMs: number;
  readonly regularStartMs: number;
  readonly regularEndMs: number;
}

/**
 * A seeded market. Every answer is a function of the seed and the arguments alone: the same bar is the same in
 * every overlapping query and equals the aggregate of its finer bars.
 */
export interface Market {
  readonly seed: number;
  readonly instruments: readonly Instrument[];
  /** All that match; none when the contract is unknown. Empty fields match anything, `exchange: 'SMART'` any stock. */
  resolve(query: ContractQuery): readonly Instrument[];
  byConId(conId: number): Instrument | undefined;
  /** For "matching symbols": symbols that begin with the pattern first, then names that contain it. */
  search(pattern: string, limit: number): readonly Instrument[];
  /** Oldest first. Made quickly: a million in well under two seconds. */
  bars(instrument: Instrument, query: BarsQuery): readonly MarketBar[];
  /**
   * Trades with `fromMs <= t < toMs`, about `perSecond` of them while the market is open, none while it is shut.
   * At four a second or more their first, highest, lowest and last price and their sizes make exactly the bars that
   * `bars` tells; fewer are a sample (their prices lie within the bars; `volume` still agrees).
   * Consecutive slices join without loss or repetition.
   */
  ticks(
    instrument: Instrument,
    fromMs: number,
    toMs: number,
    perSecond: number,
  ): readonly MarketTick[];
  /** As of `atMs`; while the market is shut, what stood at its last close. */
  quote(instrument: Instrument, atMs: number): MarketQuote;
  isOpen(instrument: Instrument, atMs: number): boolean;
  /** Sessions that overlap [fromMs, toMs), oldest first. */
  sessions(instrument: Instrument, fromMs: number, toMs: number): readonly MarketSession[];
  /** Start of the oldest bar there is. */
  headTimestamp(instrument: Instrument, regularHours: boolean, what: WhatToShow): number;
}
