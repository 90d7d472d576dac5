import { dayMs, minuteMs } from '../../main/calendar/civil.ts';
import { expectedBars } from '../../main/calendar/expected-bars.ts';
import { nyse } from '../../main/calendar/nyse.ts';
import { isOpen } from '../../main/calendar/open-hours.ts';
import { zoneOf } from '../../main/calendar/zone.ts';
import type { Bench } from '../bench.ts';
import { median } from '../bench.ts';

const bench: Bench = {
  topic: 'calendar',
  async figures({ quick }) {
    const conversions = quick ? 10_000 : 1_000_000;
    const intlCalls = quick ? 10 : 500;
    const rounds = quick ? 2 : 9;
    const start = Date.UTC(2025, 10, 21);
    const york = zoneOf('America/New_York');
    let kept = 0;

    const toLocal = perCall(rounds, conversions, (i) => {
      kept += york.toLocal(start + i * minuteMs);
    });
    const toUtc = perCall(rounds, conversions, (i) => {
      kept += york.toUtc(start + i * minuteMs);
    });
    const options = {
      timeZone: 'America/New_York',
      timeStyle: 'medium',
      dateStyle: 'short',
    } as const;
    const freshIntl = perCall(rounds, intlCalls, (i) => {
      kept += new Intl.DateTimeFormat('en-US', options).format(start + i * minuteMs).length;
    });
    const cached = new Intl.DateTimeFormat('en-US', options);
    const cachedIntl = perCall(rounds, intlCalls * 20, (i) => {
      kept += cached.format(start + i * minuteMs).length;
    });
    const open = perCall(rounds, conversions / 10, (i) => {
      if (isOpen(nyse, start + i * minuteMs, 'regular')) kept++;
    });
    const month = perCall(rounds, quick ? 10 : 2000, (i) => {
      const from = start - (i % 300) * dayMs;
      kept += expectedBars(nyse, '1m', from, from + 30 * dayMs, 'regular').length;
    });
    if (!Number.isFinite(kept)) throw new Error('the work was thrown away');
    return [
      {
        name: 'instant to New York wall clock',
        value: toLocal * 1000,
        unit: 'ns',
        peer: { name: 'new Intl formatter', value: freshIntl * 1000, unit: 'ns' },
      },
      {
        name: 'New York wall clock to instant',
        value: toUtc * 1000,
        unit: 'ns',
        peer: { name: 'kept Intl formatter', value: cachedIntl * 1000, unit: 'ns' },
      },
      { name: 'is it open', value: open * 1000, unit: 'ns' },
      { name: 'expected minutes of 30 days', value: month, unit: 'µs' },
    ];
  },
};

/** Median microseconds of one call. */
function perCall(rounds: number, calls: number, call: (i: number) => void): number {
  const took: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    for (let i = 0; i < calls; i++) call(i);
    took.push(((performance.now() - begin) * 1000) / calls);
  }
  return median(took);
}

export default bench;
