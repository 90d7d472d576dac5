import { expect, it } from 'vitest';
import { barSeconds, type Timeframe } from '../../shared/bar.ts';
import { fx } from '../calendar/fx.ts';
import { ExpectedBook } from './scan/expected-book.ts';
import { findHoles } from './scan/holes.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Sunday 17:00 in New York. */
const opened = Date.UTC(2026, 10, 15, 22);
const at = (hour: number, minute: number) => opened + ((hour - 17) * 60 + minute) * minuteMs;

/** The holes of a file that lacks these bars of its Monday and Tuesday, by nothing but the rules. */
function holesWithout(timeframe: Timeframe, ...gone: readonly number[]) {
  const barMs = barSeconds(timeframe) * 1000;
  const expected = new ExpectedBook().within(fx, timeframe, 'all', opened, opened + 2 * dayMs);
  const present = expected.filter((t) => !gone.includes(t));
  return findHoles(present, present.length, expected, barMs).holes.map(({ from }) => from);
}

it.each(['1h', '4h'] as const)('misses the first and the last %s bar of a currency day', (size) => {
  const [first, last] = [at(17 + 24, 0), at(16 + 24, 0)];
  expect(holesWithout(size, first)).toEqual([first]);
  expect(holesWithout(size, last)).toEqual([last]);
});

it.each([
  ['30m', 0],
  ['30m', 15],
  ['1h', 0],
  ['1h', 15],
  ['4h', 0],
  ['4h', 5],
  ['4h', 15],
] as const)('takes a first %s bar stamped 17:%d for the first bar of the day', (size, minute) => {
  const barMs = barSeconds(size) * 1000;
  const expected = new ExpectedBook().within(fx, size, 'all', opened, opened + 2 * dayMs);
  const second = at(17 + 24, 0);
  const present = expected.map((t) => (t === second ? t + minute * minuteMs : t));
  expect(findHoles(present, present.length, expected, barMs)).toEqual({ holes: [], outside: 0 });
});

it.each(['1m', '5m', '15m'] as const)('misses no %s bar of the daily break', (size) => {
  const expected = new ExpectedBook().within(fx, size, 'all', opened, opened + 2 * dayMs);
  const quarter = [at(17 + 24, 0), at(17 + 24, 15)] as const;
  expect([...expected].filter((t) => t >= quarter[0] && t < quarter[1])).toEqual([]);
  expect(holesWithout(size, quarter[1])).toEqual([quarter[1]]);
});
