import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nyse } from '../../calendar/nyse.ts';
import { formatBar, header } from '../store/format.ts';
import { anyTimes } from '../store/time-rules.ts';
import { ExpectedBook } from './expected-book.ts';
import { findHoles, uncovered } from './holes.ts';
import { scanTimes, timesBuffer } from './scan-times.ts';

const dayMs = 86_400_000;
const friday = Date.UTC(2026, 10, 20);
const expected = new ExpectedBook().within(nyse, '1m', 'regular', friday, friday + 6 * dayMs);

describe('finding holes', () => {
  it('finds exactly the bars that were taken away', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(expected.length - 1), { maxLength: 60 }), (some) => {
        const gone = new Set(some);
        const present = expected.filter((_, nth) => !gone.has(nth));
        const { holes, outside } = findHoles(present, present.length, expected, 60_000);
        const missing = holes.flatMap((hole) =>
          [...expected].filter((t) => t >= hole.from && t <= hole.to),
        );
        expect(missing).toEqual([...gone].sort((a, b) => a - b).map((nth) => expected[nth]));
        expect(holes.reduce((sum, { count }) => sum + count, 0)).toBe(gone.size);
        expect(outside).toBe(0);
      }),
    );
  });

  it('takes the nights and the weekend for what they are', () => {
    expect(expected.length).toBe(4 * 390);
    expect(findHoles(expected, expected.length, expected, 60_000).holes).toEqual([]);
  });

  it('counts bars outside the sessions and is content with bars a few seconds off', () => {
    const shifted = expected.map((t) => t + 5000);
    const night = Float64Array.from([friday + 1000, ...shifted, friday + 6 * dayMs]);
    expect(findHoles(night, night.length, expected, 60_000)).toEqual({ holes: [], outside: 2 });
  });
});

describe('scanning times alone', () => {
  const rows = [0, 1, 2, 1440].map((minute) => ({
    t: friday + minute * 60_000,
    open: 1,
    high: 2,
    low: 1,
    close: 1.25,
    volume: 3,
  }));
  const scan = (text: string, rules = anyTimes) => {
    const into = timesBuffer();
    const bytes = Buffer.from(text);
    const plain = scanTimes(bytes, header.length + 1, bytes.length, rules, into);
    return plain ? [...into.t.subarray(0, into.length)] : plain;
  };

  it('tells the time of every row', () => {
    expect(scan(`${header}\n${rows.map(formatBar).join('')}`)).toEqual(rows.map(({ t }) => t));
  });

  it.each([
    ['an empty field', '2026-11-21 00:00:00+00:00,1.25,,1.25,1.25,300\n'],
    ['an empty last field', '2026-11-21 00:00:00+00:00,1.25,1.25,1.25,1.25,\n'],
    ['a word', '2026-11-21 00:00:00+00:00,1.25,nan,1.25,1.25,300\n'],
    ['a negative', '2026-11-21 00:00:00+00:00,1.25,-1.25,1.25,1.25,300\n'],
    ['another zone', '2026-11-21 00:00:00+01:00,1.25,1.25,1.25,1.25,300\n'],
    ['a date that is none', '2026-02-30 00:00:00+00:00,1.25,1.25,1.25,1.25,300\n'],
    ['a time before the last', '2026-11-19 00:00:00+00:00,1.25,1.25,1.25,1.25,300\n'],
    ['CRLF', '2026-11-21 00:00:00+00:00,1.25,1.25,1.25,1.25,300\r\n'],
    ['a high below its low', '2026-11-21 00:00:00+00:00,1.25,1.2,1.25,1.25,300\n'],
    ['a number with two points', '2026-11-21 00:00:00+00:00,1.2.5,1.25,1.25,1.25,300\n'],
    ['a point alone', '2026-11-21 00:00:00+00:00,1.25,1.25,.,1.25,300\n'],
    ['a row of four fields', '2026-11-21 00:00:00+00:00,1.25,1.25,1.25\n'],
    ['a row of seven fields', '2026-11-21 00:00:00+00:00,1,1,1,1,1,1\n'],
    ['a torn row', '2026-11-21 00:00:00+00:00,1'],
  ])('declines %s', (_, row) => {
    expect(scan(`${header}\n${formatBar(rows[0] as (typeof rows)[0])}${row}`)).toBe(false);
  });
});

describe('what of a span is not covered', () => {
  it('is every moment of it that lies in no other', () => {
    const span = fc
      .tuple(fc.nat(40), fc.nat(12))
      .map(([from, length]) => ({ from, to: from + length }));
    fc.assert(
      fc.property(span, fc.array(span, { maxLength: 6 }), (whole, others) => {
        const sorted = others.toSorted((a, b) => a.from - b.from);
        const moments = ({ from, to }: { from: number; to: number }) =>
          Array.from({ length: to - from + 1 }, (_, nth) => from + nth);
        const wanted = moments(whole).filter(
          (moment) => !others.some(({ from, to }) => moment >= from && moment <= to),
        );
        expect(uncovered(whole, sorted).flatMap(moments)).toEqual(wanted);
      }),
    );
  });
});
