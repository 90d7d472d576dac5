import { expect, it } from 'vitest';
import { accountFigures } from './account-figures.ts';

const value = (account: string, tag: string, value: string, currency = 'USD') => ({
  account,
  tag,
  value,
  currency,
});

it('the figures of each account stand together, in words and in one order', () => {
  expect(
    accountFigures([
      value('DU1', 'Cushion', '0.8512', ''),
      value('DU1', 'NetLiquidation', '1000000.5'),
      value('DU2', 'NetLiquidation', '-3', 'EUR'),
      value('DU1', 'AccountType', 'INDIVIDUAL', ''),
    ]),
  ).toEqual([
    {
      account: 'DU1',
      figures: [
        { name: 'Net liquidation value', text: '1,000,000.50 USD' },
        { name: 'Cushion', text: '85.1 %' },
      ],
    },
    { account: 'DU2', figures: [{ name: 'Net liquidation value', text: '-3.00 EUR' }] },
  ]);
});

it('a figure that is no number is shown as it came', () => {
  const [account] = accountFigures([value('DU1', 'BuyingPower', 'unlimited', '')]);
  expect(account?.figures).toEqual([{ name: 'Buying power', text: 'unlimited' }]);
});
