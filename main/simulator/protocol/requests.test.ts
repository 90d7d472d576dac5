import { describe, expect, it } from 'vitest';
import { DecodeError, decodeRequest } from './decode.ts';
import { instantFrom, zonedText } from './times.ts';

function payload(...fields: readonly (string | number)[]): Buffer {
  return Buffer.from(`${fields.join('\0')}\0`);
}

const contract = [0, 'AAPL', 'STK', '', 0, '', '', 'SMART', '', 'USD', '', ''] as const;
const combo = [0, 'SPY', 'BAG', '', 0, '', '', 'SMART', '', 'USD', '', ''] as const;

describe('requests', () => {
  it('carry the legs of a combination only when it is one', () => {
    const plain = decodeRequest(payload(1, 11, 7, ...contract, 0, '233', 1, 0, ''), 193);
    expect(plain).toMatchObject({
      name: 'marketData',
      values: { reqId: 7, symbol: 'AAPL', legs: [], genericTicks: '233', snapshot: true },
    });
    const legs = [2, 11, 1, 'BUY', 'SMART', 12, 2, 'SELL', 'CBOE'];
    const bag = decodeRequest(payload(1, 11, 8, ...combo, ...legs, 0, '', 0, 0, ''), 193);
    expect(bag.values).toMatchObject({
      legs: [
        { conId: 11, ratio: 1, action: 'BUY', exchange: 'SMART' },
        { conId: 12, ratio: 2, action: 'SELL', exchange: 'CBOE' },
      ],
      deltaNeutral: false,
    });
  });

  it('carry a delta-neutral contract only when they say so', () => {
    const request = decodeRequest(
      payload(1, 11, 9, ...contract, 1, 42, 0.5, 199.25, '', 0, 0, ''),
      193,
    );
    expect(request.values).toMatchObject({
      deltaNeutral: true,
      deltaNeutralConId: 42,
      deltaNeutralDelta: 0.5,
      deltaNeutralPrice: 199.25,
      genericTicks: '',
    });
  });

  it('have a version of their own in front of historical data only before 124', () => {
    const rest = [...contract, 0, '', '1 min', '1 D', 1, 'TRADES', 1];
    const old = decodeRequest(payload(20, 6, 5, ...rest, ''), 123);
    const modern = decodeRequest(payload(20, 5, ...rest, 1, ''), 124);
    expect(old.values).toMatchObject({ reqId: 5, barSize: '1 min', keepUpToDate: false });
    expect(modern.values).toMatchObject({ reqId: 5, barSize: '1 min', keepUpToDate: true });
  });

  it('that cannot be read say what and for which request', () => {
    expect(() => decodeRequest(payload(9, 8, 12, 'x'), 193)).toThrow(
      new DecodeError('contractDetails: conId: unable to parse data. For input string: "x"', 12),
    );
    expect(() => decodeRequest(Buffer.from('49\x001'), 193)).toThrow(/zero byte/);
    expect(() => decodeRequest(payload(62, 1), 193)).toThrow(/ends before reqId/);
  });
});

describe('times', () => {
  it('are written with their zone from 174 on, with two spaces before', () => {
    const at = Date.UTC(2026, 6, 1, 13, 30);
    expect(zonedText(at, 'US/Eastern', 178)).toBe('20260701 09:30:00 US/Eastern');
    expect(zonedText(at, 'US/Eastern', 173)).toBe('20260701  09:30:00');
  });

  it.each([
    ['20260701-13:30:00', Date.UTC(2026, 6, 1, 13, 30)],
    ['20260701 09:30:00 US/Eastern', Date.UTC(2026, 6, 1, 13, 30)],
    ['20260701 09:30:00', Date.UTC(2026, 6, 1, 13, 30)],
    ['20260701  09:30:00', Date.UTC(2026, 6, 1, 13, 30)],
    ['20260115 09:30:00 Europe/Berlin', Date.UTC(2026, 0, 15, 8, 30)],
    ['20260701', Date.UTC(2026, 6, 1, 4)],
    ['20260231-00:00:00', undefined],
    ['20260701 24:61:00', undefined],
    ['20260701 09:30:00 Mars/Olympus', undefined],
    ['last Friday', undefined],
    ['', undefined],
  ])('%s is read as it is meant', (text, instant) => {
    expect(instantFrom(text, 'US/Eastern')).toBe(instant);
  });
});
