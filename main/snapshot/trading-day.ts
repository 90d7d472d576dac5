/** The day whose bar a trade changes. */
export interface TradingDay {
  readonly kind: 'open';
  /** UTC midnight of its date. */
  readonly t: number;
  /** When its trading is over; null where nobody knows. */
  readonly closes: number | null;
  /** From when on the broker's figures of the day are this day's; infinity where nobody knows. */
  readonly figuresFrom: number;
}

/** The exchange was shut, and trades next on the day whose UTC midnight this is. */
export interface Shut {
  readonly kind: 'shut';
  readonly next: number;
}

/** The day a moment belongs to for a ticker, as far as anybody knows. */
export type TradingDays = (
  ticker: string,
  tsMs: number,
) => TradingDay | Shut | { readonly kind: 'unknown' };

const quarterHour = 900_000;

/**
 * The date in a time zone, as UTC midnight. Offsets from UTC change only on quarter hours, so one
 * costly look at the zone serves all ticks of that quarter.
 */
export function tradingDayIn(timeZone: string): (tsMs: number) => TradingDay {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  let quarter = Number.NaN;
  let day: TradingDay = { kind: 'open', t: Number.NaN, closes: null, figuresFrom: Infinity };
  return (tsMs) => {
    const wanted = Math.floor(tsMs / quarterHour);
    if (wanted !== quarter) {
      quarter = wanted;
      const t = Date.parse(format.format(wanted * quarterHour));
      day = { kind: 'open', t, closes: null, figuresFrom: Infinity };
    }
    return day;
  };
}

/** The day by those who know the exchange's hours, by `otherwise` where they do not. */
export function knownOrElse(
  days: TradingDays | undefined,
  otherwise: (tsMs: number) => TradingDay,
): (ticker: string, tsMs: number) => TradingDay | Shut {
  if (!days) return (_ticker, tsMs) => otherwise(tsMs);
  return (ticker, tsMs) => {
    const day = days(ticker, tsMs);
    return day.kind === 'unknown' ? otherwise(tsMs) : day;
  };
}
