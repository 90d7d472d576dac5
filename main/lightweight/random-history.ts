import { randomInt } from 'node:crypto';
import type { Bar } from '../../shared/bar.ts';
import { smallSet } from './tickers.ts';

export interface RandomHistory {
  readonly ticker: string;
  readonly startDate: string;
  readonly curDate: string;
  readonly endDate: string;
  readonly bars: readonly Bar[];
}

/** From `min` up to and including `max`. */
export type Draw = (min: number, max: number) => number;

const drawAnew: Draw = (min, max) => randomInt(min, max + 1);

/** One flat bar of today for each ticker: enough to write a client against, different at each start. */
export function randomHistory(now: Date, draw: Draw = drawAnew): readonly RandomHistory[] {
  const today = localDate(now);
  const t = Date.parse(`${today}T00:00:00Z`);
  return smallSet.map((ticker) => {
    const price = draw(1_000, 50_000) / 100;
    const volume = draw(1_000, 100_000);
    const bar = { t, open: price, high: price, low: price, close: price, volume };
    return { ticker, startDate: today, curDate: today, endDate: today, bars: [bar] };
  });
}

/** Its bars within a range, as a reader of history asks for them; nothing where none were drawn. */
export function randomBars(
  history: readonly RandomHistory[],
  query: {
    readonly ticker: string;
    readonly timeframe: string;
    readonly from: number | null;
    readonly to: number | null;
  },
):
  | { readonly bars: readonly Bar[]; readonly next: null; readonly provisionalFrom: null }
  | undefined {
  const found = history.find(({ ticker }) => ticker === query.ticker);
  if (!found || query.timeframe !== '1d') return undefined;
  const { from, to } = query;
  const bars = found.bars.filter(({ t }) => t >= (from ?? t) && t <= (to ?? t));
  return { bars, next: null, provisionalFrom: null };
}

function localDate(now: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
