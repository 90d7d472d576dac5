import type { Bar, Timeframe } from '../../shared/bar.ts';
import { type BarColumns, barsOf, firstAtOrAfter } from '../kit/bar-columns.ts';
import type { Desk } from './desk.ts';
import { type Series, seriesKey } from './store/file-name.ts';
import { type FileStat, sameState } from './store/file-stat.ts';

export interface BarsQuery {
  readonly ticker: string;
  readonly timeframe: Timeframe;
  /** Epoch milliseconds, both ends included; null is open. */
  readonly from: number | null;
  readonly to: number | null;
  readonly limit: number;
}

export interface BarsPage {
  readonly bars: readonly Bar[];
  /** Where the next page begins, or null after the last. */
  readonly next: number | null;
  /** From here on bars may still change; null when none of the page may. */
  readonly provisionalFrom: number | null;
}

interface Kept {
  readonly stat: FileStat;
  readonly columns: BarColumns;
}

const keptFiles = 16;

/** Answers from the local files, at once and without the broker; the day that is still traded comes from ticks. */
export class BarReader {
  readonly #desk: Desk;
  readonly #kept = new Map<string, Kept>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  async bars(query: BarsQuery): Promise<BarsPage | undefined> {
    const series = { symbol: query.ticker, timeframe: query.timeframe };
    const columns = this.#columns(series);
    const lastStored =
      columns && columns.length > 0 ? (columns.t[columns.length - 1] as number) : -Infinity;
    const live = this.#desk.live.bars(query.ticker, query.timeframe, lastStored);
    if (!columns && live.length === 0) return undefined;
    const from = query.from ?? -Infinity;
    const to = query.to ?? Infinity;
    const limit = Math.max(1, Math.floor(query.limit));
    const begin = columns ? firstAtOrAfter(columns.t, columns.length, from) : 0;
    const bars: Bar[] = [];
    if (columns) {
      const end = Math.min(firstAtOrAfter(columns.t, columns.length, to + 1), begin + limit + 1);
      bars.push(...barsOf(columns, begin, Math.max(begin, end)));
    }
    for (const bar of live) {
      if (bars.length > limit) break;
      if (bar.t >= from && bar.t <= to) bars.push(bar);
    }
    const more = bars.length > limit ? (bars[limit] as Bar).t : null;
    const page = bars.slice(0, limit);
    const firstLive = page.find((bar) => bar.t > lastStored);
    return { bars: page, next: more, provisionalFrom: firstLive?.t ?? null };
  }

  /** Files read lately are kept, so that paging through one does not read it anew for every page. */
  #columns(series: Series): BarColumns | undefined {
    const key = seriesKey(series);
    const stat = this.#desk.store.stat(series);
    if (!stat) {
      this.#kept.delete(key);
      return undefined;
    }
    const kept = this.#kept.get(key);
    if (kept && sameState(kept.stat, stat)) return kept.columns;
    const loaded = this.#desk.store.read(series);
    if (!loaded.ok) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, { stat, columns: loaded.columns });
    if (this.#kept.size > keptFiles) this.#kept.delete(this.#kept.keys().next().value as string);
    return loaded.columns;
  }
}
