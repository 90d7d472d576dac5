/** The timeframes history is kept in, smallest first. */
export const timeframes = ['1m', '5m', '15m', '30m', '1h', '4h', '1d'] as const;
export type Timeframe = (typeof timeframes)[number];

const secondsOf: Readonly<Record<Timeframe, number>> = {
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '30m': 1800,
  '1h': 3600,
  '4h': 14_400,
  '1d': 86_400,
};

export function barSeconds(timeframe: Timeframe): number {
  return secondsOf[timeframe];
}

export function isTimeframe(text: string): text is Timeframe {
  return Object.hasOwn(secondsOf, text);
}

/** One OHLCV row. `t` is the bar's start in epoch milliseconds; a daily bar's is UTC midnight of its date. */
export interface Bar {
  readonly t: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}
