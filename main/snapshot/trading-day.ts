/** UTC midnight of the date a moment belongs to, for the exchange the ticker trades on. */
export type TradingDay = (tsMs: number) => number;

const quarterHour = 900_000;

/**
 * The date in a time zone, as UTC midnight. Offsets from UTC change only on quarter hours, so one
 * costly look at the zone serves all ticks of that quarter.
 */
export function tradingDayIn(timeZone: string): TradingDay {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  let quarter = Number.NaN;
  let day = Number.NaN;
  return (tsMs) => {
    const wanted = Math.floor(tsMs / quarterHour);
    if (wanted !== quarter) {
      quarter = wanted;
      day = Date.parse(format.format(wanted * quarterHour));
    }
    return day;
  };
}
