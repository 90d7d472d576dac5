import type { Instrument, Market } from '../ports.ts';

/** What an account holds. */
export interface Holding {
  readonly account: string;
  readonly instrument: Instrument;
  readonly position: number;
  readonly averageCost: number;
}

/** A trade of today, so that a request for executions has something to tell. */
export interface Execution {
  readonly execId: string;
  readonly holding: Holding;
  readonly timeMs: number;
  readonly shares: number;
  readonly price: number;
  readonly orderId: number;
  readonly permId: number;
}

export interface AccountValue {
  readonly key: string;
  readonly value: string;
  readonly currency: string;
}

const dayMs = 86_400_000;

/** Accounts that follow from the seed; what they are worth follows the market. */
export class Accounts {
  readonly names: readonly string[];
  readonly #market: Market;
  readonly #holdings: readonly Holding[];
  readonly #startMs: number;

  constructor(market: Market, names: readonly string[], startMs: number) {
    this.#market = market;
    this.names = names;
    this.#startMs = startMs;
    this.#holdings = names.flatMap((account, i) => this.#holdingsOf(account, i));
  }

  holdings(account?: string): readonly Holding[] {
    return account === undefined || account === '' || account === 'All'
      ? this.#holdings
      : this.#holdings.filter((holding) => holding.account === account);
  }

  executions(account: string, nowMs: number): readonly Execution[] {
    return this.holdings(account).flatMap((holding, i) => {
      const session = this.#market
        .sessions(holding.instrument, nowMs - dayMs, nowMs)
        .filter((one) => one.regularStartMs < nowMs)
        .at(-1);
      if (!session) return [];
      const timeMs = session.regularStartMs + 60_000 * (i + 1);
      if (timeMs > nowMs) return [];
      return [
        {
          execId: `0000e0d5.${session.date}.${String(i + 1).padStart(2, '0')}.01`,
          holding,
          timeMs,
          shares: 10,
          price: this.#market.quote(holding.instrument, timeMs).price,
          orderId: 0,
          permId: 100_000 + i,
        },
      ];
    });
  }

  /** What a holding is worth now. */
  valueOf(holding: Holding, nowMs: number): { price: number; value: number; unrealized: number } {
    const { price } = this.#market.quote(holding.instrument, nowMs);
    const size = holding.position * (Number(holding.instrument.multiplier) || 1);
    const value = round(size * price);
    return { price, value, unrealized: round(value - size * holding.averageCost) };
  }

  /** Profit since the close before, and what the holding would make if it were sold now. */
  profit(holding: Holding, nowMs: number): { daily: number; unrealized: number; value: number } {
    const { price, previousClose } = this.#market.quote(holding.instrument, nowMs);
    const size = holding.position * (Number(holding.instrument.multiplier) || 1);
    const { value, unrealized } = this.valueOf(holding, nowMs);
    return { daily: round(size * (price - previousClose)), unrealized, value };
  }

  /** The account's numbers under the names IBKR gives them. */
  values(account: string, nowMs: number): readonly AccountValue[] {
    const holdings = this.holdings(account);
    const stocks = round(
      holdings.reduce((sum, holding) => sum + Math.abs(this.valueOf(holding, nowMs).value), 0),
    );
    const unrealized = round(
      holdings.reduce((sum, holding) => sum + this.valueOf(holding, nowMs).unrealized, 0),
    );
    const cash = 250_000 + 10_000 * this.names.indexOf(account);
    const net = round(cash + stocks);
    const margin = round(stocks * 0.25);
    const money = (key: string, value: number): AccountValue => ({
      key,
      value: value.toFixed(2),
      currency: 'USD',
    });
    const plain = (key: string, value: string): AccountValue => ({ key, value, currency: '' });
    return [
      plain('AccountType', 'INDIVIDUAL'),
      plain('AccountCode', account),
      plain('AccountReady', 'true'),
      plain('Cushion', (1 - margin / net).toFixed(4)),
      plain('DayTradesRemaining', '-1'),
      plain('Leverage', (stocks / net).toFixed(2)),
      money('NetLiquidation', net),
      money('TotalCashValue', cash),
      money('SettledCash', cash),
      money('AccruedCash', 0),
      money('AccruedDividend', 0),
      money('BuyingPower', round((net - margin) * 4)),
      money('EquityWithLoanValue', net),
      money('PreviousEquityWithLoanValue', net),
      money('GrossPositionValue', stocks),
      money('RegTEquity', net),
      money('RegTMargin', round(stocks * 0.5)),
      money('SMA', net),
      money('InitMarginReq', margin),
      money('MaintMarginReq', margin),
      money('AvailableFunds', round(net - margin)),
      money('ExcessLiquidity', round(net - margin)),
      money('FullInitMarginReq', margin),
      money('FullMaintMarginReq', margin),
      money('FullAvailableFunds', round(net - margin)),
      money('FullExcessLiquidity', round(net - margin)),
      money('LookAheadInitMarginReq', margin),
      money('LookAheadMaintMarginReq', margin),
      money('LookAheadAvailableFunds', round(net - margin)),
      money('LookAheadExcessLiquidity', round(net - margin)),
      plain('LookAheadNextChange', '0'),
      plain('HighestSeverity', '0'),
      money('CashBalance', cash),
      money('TotalCashBalance', cash),
      money('StockMarketValue', stocks),
      money('UnrealizedPnL', unrealized),
      money('RealizedPnL', 0),
      { key: 'ExchangeRate', value: '1.00', currency: 'USD' },
      { key: 'Currency', value: 'USD', currency: 'USD' },
    ];
  }

  #holdingsOf(account: string, index: number): Holding[] {
    const { instruments, seed } = this.#market;
    const stocks = instruments.filter((one) => one.secType === 'STK');
    const pool = stocks.length > 0 ? stocks : instruments;
    const wanted = Math.min(3, pool.length);
    const chosen: Holding[] = [];
    for (let i = 0; i < wanted; i++) {
      const instrument = pool[(seed + index * 7 + i * 5) % pool.length];
      if (!instrument || chosen.some((one) => one.instrument === instrument)) continue;
      const bought = this.#startMs - (30 + i) * dayMs;
      chosen.push({
        account,
        instrument,
        position: 100 * (i + 1),
        averageCost: round(this.#market.quote(instrument, bought).price),
      });
    }
    return chosen;
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
