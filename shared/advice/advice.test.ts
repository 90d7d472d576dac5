import { describe, expect, it } from 'vitest';
import { adviceFor, advisedCodes, explain, getErrorTips, historicalErrorOf } from './index.ts';

const promised = [
  100, 101, 102, 162, 165, 166, 200, 320, 321, 322, 326, 354, 366, 420, 502, 504, 507, 1100, 1101,
  1102, 1300, 2103, 2104, 2105, 2106, 2107, 2108, 2109, 2110, 2158, 10089, 10090, 10091, 10167,
  10168, 10182, 10186, 10187, 10197, 10314,
];

describe('error advice', () => {
  it('covers every promised code with a meaning and an effect of its own', () => {
    expect(advisedCodes).toEqual(promised);
    const texts = promised.map((code) => {
      const advice = adviceFor(code);
      expect(advice.meaning).toMatch(/\.$/);
      expect(advice.effect).toMatch(/[.;]$/);
      return advice.meaning;
    });
    // 10168 and 10186 are two numbers for one thing.
    expect(new Set(texts).size).toBe(promised.length - 1);
  });

  it('says what to do for everything that is not mere information', () => {
    for (const code of promised) {
      const advice = adviceFor(code);
      if (advice.severity !== 'info') expect(advice.todo.length, String(code)).toBeGreaterThan(0);
    }
  });

  it('tells the meanings of 162 apart by its text', () => {
    const prefix = 'Historical Market Data Service error message:';
    expect(historicalErrorOf(`${prefix}Historical data request pacing violation`)).toBe('pacing');
    expect(historicalErrorOf(`${prefix}HMDS query returned no data: X@SMART Trades`)).toBe(
      'no-data',
    );
    expect(historicalErrorOf(`${prefix}API historical data query cancelled: 7`)).toBe('cancelled');
    expect(historicalErrorOf(`${prefix}No market data permissions for NYSE STK`)).toBe(
      'no-permission',
    );
    expect(historicalErrorOf(`${prefix}invalid step: 1`)).toBe('other');
    const meanings = [
      'pacing violation',
      'returned no data',
      'query cancelled',
      'farm is disconnected',
      'invalid step',
    ];
    expect(new Set(meanings.map((text) => adviceFor(162, text).meaning)).size).toBe(5);
  });

  it.each([
    'Trading TWS session is connected from a different IP address',
    'HMDS connection attempt failed. HMDS data farm connection is broken:ushmds',
    'HMDS farm is disconnected',
    'HMDS server disconnect occurred. Attempting reconnection',
    'HMDS data farm connection is inactive but should be available upon demand.ushmds',
  ])('does not blame the request when the service is out of reach: %s', (text) => {
    const said = `Historical Market Data Service error message:${text}`;
    expect(historicalErrorOf(said)).toBe('unreachable');
    expect(historicalErrorOf(explain(162, said))).toBe('unreachable');
  });

  it.each(['HMDS query failed', 'Historical data query is too large', 'Time length exceed max.'])(
    'does not blame the service for a request it refuses: %s',
    (text) => {
      const said = `Historical Market Data Service error message:${text}`;
      expect(historicalErrorOf(said)).toBe('other');
      expect(historicalErrorOf(explain(162, said))).toBe('other');
    },
  );

  it('knows which messages leave the request alive', () => {
    for (const code of [10089, 10090, 10091, 10167])
      expect(adviceFor(code).endsRequest).toBe(false);
    for (const code of [354, 200, 10168, 10197]) expect(adviceFor(code).endsRequest).toBe(true);
    for (const code of [2104, 2106, 2158]) expect(adviceFor(code).severity).toBe('info');
  });

  it('says that 1101 lost the data and 1102 kept it', () => {
    expect(adviceFor(1101).meaning).toMatch(/lost/);
    expect(adviceFor(1102).meaning).toMatch(/kept/);
  });

  it('ties a message to what was asked', () => {
    const line = explain(200, 'No security definition has been found for the request', {
      symbol: 'NOSUCH',
      request: 'live quotes',
    });
    expect(line).toMatch(/^Live quotes for NOSUCH: IBKR knows no such security/);
    expect(line).toMatch(/IBKR 200: No security definition/);
    expect(explain(4711, 'Something new')).toMatch(/^Something new/);
  });

  it('takes an unknown warning for a note and an unknown error for an end', () => {
    expect(adviceFor(2176, 'Warning: fractional shares').endsRequest).toBe(false);
    expect(adviceFor(10349, 'Order TIF was set').endsRequest).toBe(true);
  });

  it('gives tips in the form library users know, and nothing for unknown codes', () => {
    for (const code of [502, 504, 1100, 1101, 1102, 200, 10167, 162]) {
      const tips = getErrorTips(code);
      expect(tips).toHaveProperty('description');
      expect((tips.tips as readonly string[]).length, String(code)).toBeGreaterThanOrEqual(2);
    }
    expect(getErrorTips(99_999)).toEqual({});
    expect(getErrorTips(Number.NaN)).toEqual({});
  });
});
