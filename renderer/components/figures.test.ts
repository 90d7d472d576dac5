import { expect, it } from 'vitest';
import { priceText, volumeText } from './figures.ts';

it('a price has at least two digits, and keeps the most it has had', () => {
  expect(priceText('KO', 71)).toBe('71.00');
  expect(priceText('EUR.USD', 1.0359)).toBe('1.0359');
  expect(priceText('EUR.USD', 1.03595)).toBe('1.03595');
  expect(priceText('EUR.USD', 1.0359)).toBe('1.03590');
  expect(priceText('KO', 71.2)).toBe('71.20');
});

it('a price keeps no more digits than can be read, and no noise of a sum', () => {
  expect(priceText('NOISE', 0.1 + 0.2)).toBe('0.30');
  expect(priceText('BOND', 110.015625)).toBe('110.01563');
});

it('where there is no volume, none is shown', () => {
  expect(volumeText(0)).toBe('–');
  expect(volumeText(1_234_567)).toBe('1,234,567');
});
