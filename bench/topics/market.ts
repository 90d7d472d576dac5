import { dayMs } from '../../main/calendar/civil.ts';
import { createMarket } from '../../main/simulator/market/market.ts';
import type { Instrument } from '../../main/simulator/ports.ts';
import type { Bench } from '../bench.ts';
import { median } from '../bench.ts';

const lines = 3200;
const perSecond = 10;
const sliceMs = 100;

const bench: Bench = {
  topic: 'market',
  async figures({ quick }) {
    const rounds = quick ? 1 : 5;
    const market = createMarket({ seed: 7, hours: 'real' });
    const apple = market.instruments[0] as Instrument;
    const bars = (barSeconds: number, fromMs: number): number =>
      market.bars(apple, {
        barSeconds,
        fromMs,
        toMs: Date.UTC(2026, 2, 28),
        regularHours: true,
        what: 'TRADES',
      }).length;
    const tenYears = quick ? Date.UTC(2026, 2, 1) : Date.UTC(2016, 0, 4);
    let made = 0;
    const minutes = timed(rounds, () => {
      made = bars(60, tenYears);
    });
    const days = timed(rounds, () => {
      bars(86_400, tenYears);
    });

    const many = createMarket({ seed: 7, hours: 'always', generated: lines });
    const live = many.instruments.slice(-lines);
    const slices = quick ? 2 : 100;
    let at = Date.UTC(2026, 10, 20, 14, 30);
    let ticks = 0;
    const stream = (): void => {
      for (let i = 0; i < slices; i++, at += sliceMs) {
        for (const one of live) ticks += many.ticks(one, at, at + sliceMs, perSecond).length;
      }
    };
    const first = timed(1, stream);
    ticks = 0;
    const then = timed(rounds, stream);
    const share = (ms: number): number => (ms / (slices * sliceMs)) * 100;
    const quotes = timed(rounds, () => {
      at += dayMs / 1000;
      for (const one of live) many.quote(one, at);
    });
    return [
      {
        name: 'a million one-minute bars',
        value: (minutes / made) * 1_000_000,
        unit: 'ms',
        goal: { atMost: 1500 },
        note: `${made} of one symbol, regular hours`,
      },
      { name: 'daily bars of the same years', value: days, unit: 'ms' },
      {
        name: `one core, ${lines} lines at ${perSecond} ticks a second`,
        value: share(then),
        unit: '%',
        goal: { atMost: 20 },
        note: `${Math.round(ticks / rounds)} ticks in ${(slices * sliceMs) / 1000} s of market time`,
      },
      { name: 'the same in the seconds in which the lines begin', value: share(first), unit: '%' },
      { name: 'a quote', value: (quotes / lines) * 1000, unit: 'µs' },
    ];
  },
};

/** Median milliseconds. */
function timed(rounds: number, run: () => void): number {
  const took: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    run();
    took.push(performance.now() - begin);
  }
  return median(took);
}

export default bench;
