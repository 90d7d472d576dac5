import type { AccountValue } from '../../../shared/account.ts';

export interface AccountFigures {
  readonly account: string;
  readonly figures: readonly { readonly name: string; readonly text: string }[];
}

/** What a person calls each figure, in the order they are read. */
const names: Readonly<Record<string, string>> = {
  NetLiquidation: 'Net liquidation value',
  TotalCashValue: 'Cash',
  BuyingPower: 'Buying power',
  AvailableFunds: 'Available funds',
  ExcessLiquidity: 'Excess liquidity',
  Cushion: 'Cushion',
};

/** The figures of each account, as a person reads them. */
export function accountFigures(values: readonly AccountValue[]): readonly AccountFigures[] {
  const accounts = [...new Set(values.map(({ account }) => account))];
  return accounts.map((account) => ({
    account,
    figures: Object.entries(names).flatMap(([tag, name]) =>
      values
        .filter((each) => each.account === account && each.tag === tag)
        .map((each) => ({ name, text: written(each) })),
    ),
  }));
}

function written({ tag, value, currency }: AccountValue): string {
  const amount = Number(value);
  if (value.trim() === '' || !Number.isFinite(amount)) return value || 'not told';
  if (tag === 'Cushion') return `${(amount * 100).toFixed(1)} %`;
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `${amount.toLocaleString('en-US', digits)} ${currency}`.trim();
}
