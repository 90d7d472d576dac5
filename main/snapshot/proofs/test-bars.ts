import type { Bar } from '../../../shared/bar.ts';
import type { DailyHistory } from '../daily-bars.ts';

export const dayMs = 86_400_000;
export const firstDay = Date.UTC(2020, 0, 1);

export function someBars(count: number, level = 100): Bar[] {
  return Array.from({ length: count }, (_, i) => ({
    t: firstDay + i * dayMs,
    open: level + i / 8,
    high: level + i / 8 + 1,
    low: level + i / 8 - 1,
    close: level + i / 8 + 0.5,
    volume: 1000 + i,
  }));
}

/** Bars that all say the same number, their times included: whatever is torn shows at a glance. */
export function uniformBars(count: number, value: number): Bar[] {
  return Array.from({ length: count }, (_, i) => ({
    t: i * dayMs + value,
    open: value,
    high: value,
    low: value,
    close: value,
    volume: value,
  }));
}

export function history(ticker: string, bars: readonly Bar[] | null): DailyHistory {
  return { ticker, startDate: '2020-01-01', curDate: '2026-01-05', endDate: '2026-01-05', bars };
}
