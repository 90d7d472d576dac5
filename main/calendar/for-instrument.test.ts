import { expect, it } from 'vitest';
import { calendarForInstrument, type InstrumentExchange } from './for-instrument.ts';

it('finds the rules by exchange and kind of instrument, and none where none are known', () => {
  const id = (instrument: InstrumentExchange) => calendarForInstrument(instrument)?.id;
  expect(id({ secType: 'STK', exchange: 'SMART', currency: 'USD' })).toBe('NYSE');
  expect(id({ secType: 'STK', exchange: 'SMART', primaryExchange: 'NASDAQ.NMS' })).toBe('NYSE');
  expect(id({ secType: 'STK', exchange: 'SMART', primaryExchange: 'ARCA' })).toBe('NYSE');
  expect(id({ secType: 'STK', exchange: 'LSE', currency: 'GBP' })).toBe('LSE');
  expect(id({ secType: 'STK', exchange: 'SMART', currency: 'GBP' })).toBe('LSE');
  expect(id({ secType: 'CASH', exchange: 'IDEALPRO', symbol: 'EUR' })).toBe('IDEALPRO');
  expect(id({ secType: 'CONTFUT', exchange: 'CME', symbol: 'ES' })).toBe('CME');
  expect(id({ secType: 'FUT', exchange: 'GLOBEX', symbol: 'NQ' })).toBe('CME');
  expect(id({ secType: 'STK', exchange: 'SMART', primaryExchange: 'SBF' })).toBeUndefined();
  expect(id({ secType: 'STK', exchange: 'SMART', currency: 'JPY' })).toBeUndefined();
  expect(id({ secType: 'FUT', exchange: 'NYMEX', symbol: 'CL' })).toBeUndefined();
  expect(id({ secType: 'CRYPTO', exchange: 'PAXOS' })).toBeUndefined();
});
