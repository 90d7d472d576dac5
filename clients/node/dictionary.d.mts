import type { BarsOptions, DailyRow } from './bars.d.mts';

export interface StockData {
  readonly ticker: string;
  readonly start_date: string;
  readonly cur_date: string;
  readonly end_date: string;
  readonly period: string;
  readonly df: readonly DailyRow[] | null;
}

export declare class Dictionary {
  constructor(name?: string, options?: Pick<BarsOptions, 'budgetMs' | 'native' | 'folder'>);
  listTickers(): string[];
  getStock(ticker: string): StockData;
}
