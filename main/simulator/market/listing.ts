import type { ExchangeCalendar } from '../../calendar/exchange-calendar.ts';
import type { Instrument } from '../ports.ts';

/** How an instrument's price and volume behave. */
export interface Character {
  /** Price around which it moves, in its currency. */
  readonly price: number;
  /** Deviation of a year's logarithmic return. */
  readonly volatility: number;
  /** Volume of a usual minute of regular hours; 0 where there is none, as for a currency pair. */
  readonly minuteVolume: number;
  /** Size of a usual trade. */
  readonly tradeSize: number;
  /** Bid and ask stand so many ticks below and above the price. */
  readonly halfSpread: number;
  /** Ticks in one unit of currency: 100 for cents. A whole number, so that prices divide out exactly. */
  readonly ticksPerUnit: number;
  /** Unit of the sizes beside bid and ask. */
  readonly quoteSize: number;
}

/** An instrument with all that the model needs to price it. */
export interface Listing {
  readonly instrument: Instrument;
  readonly character: Character;
  readonly calendar: ExchangeCalendar;
  /** What its noise is drawn from; listings with one key share one price. */
  readonly priceName: string;
  /** The first and last day number on which it trades. */
  readonly firstDay: number;
  readonly lastDay: number;
}
